import FoundationEssentials

/// Values that are stored whole, as JSON. Not for rows that messages touch.
enum Document {
  static func text(of value: some Encodable) throws(StoreError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw .damaged(subject: "A \(type(of: value))", reason: "\(error)")
    }
  }

  static func value<Value: Decodable>(
    _ type: Value.Type, from text: String, subject: @autoclosure () -> String
  ) throws(StoreError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw .damaged(subject: subject(), reason: "\(error)")
    }
  }

  static func optional(_ value: (some Encodable)?) throws(StoreError) -> SQLValue {
    guard let value else { return .null }
    return .text(try text(of: value))
  }
}

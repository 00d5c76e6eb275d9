/// A JSON value of its own, for building payloads where speed does not count. Members keep their
/// order; two objects are equal when their members are, in any order.
package indirect enum JSON: Sendable {
  case object([(String, JSON)])
  case array([JSON])
  case string(String)
  case int(Int64)
  case double(Double)
  case bool(Bool)
  case null

  /// A copy of a parsed value. A number written without fraction and exponent that fits 64 bits is
  /// an `int`, every other a `double`.
  package init(_ value: JSONValue) {
    switch value.kind {
    case .object: self = .object(value.members.map { ($0.key, JSON($0.value)) })
    case .array: self = .array(value.elements.map { JSON($0) })
    case .string: self = .string(value.string ?? "")
    case .bool: self = .bool(value.bool ?? false)
    case .null: self = .null
    case .number:
      if let int = Int64(value.text) {
        self = .int(int)
      } else {
        self = .double(value.double ?? .nan)
      }
    }
  }

  /// Parses a text.
  package init(text: String) throws(JSONError) {
    self.init(try JSONDocument(text: text).root)
  }

  package func write(into writer: inout JSONWriter) {
    switch self {
    case .object(let members):
      writer.beginObject()
      for (key, value) in members {
        writer.key(key)
        value.write(into: &writer)
      }
      writer.endObject()
    case .array(let items):
      writer.beginArray()
      for item in items { item.write(into: &writer) }
      writer.endArray()
    case .string(let text): writer.string(text)
    case .int(let number): writer.int(number)
    case .double(let number): writer.double(number)
    case .bool(let flag): writer.bool(flag)
    case .null: writer.null()
    }
  }

  /// The value as JSON text.
  package var text: String {
    var writer = JSONWriter()
    write(into: &writer)
    return writer.text
  }

  /// The member of that name; nil when absent or when this is no object.
  package subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == key }?.1
  }

  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  package var isNull: Bool { if case .null = self { true } else { false } }

  /// The number when it is whole and fits.
  package var int: Int64? {
    switch self {
    case .int(let value): value
    case .double(let value): Self.whole(value)
    default: nil
    }
  }

  /// As `Int64(exactly:)`, which would need the C library's `trunc`.
  private static func whole(_ value: Double) -> Int64? {
    guard value > -0x1p63, value < 0x1p63 else { return nil }
    let int = Int64(value)
    return Double(int) == value ? int : nil
  }

  package var double: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The members whose value is not nil; OCPP 2.x wants an absent field absent, not null
  /// (part 4 §4.1.5).
  package static func compact(_ members: [(String, JSON?)]) -> JSON {
    .object(members.compactMap { key, value in value.map { (key, $0) } })
  }
}

extension JSON: Equatable {
  package static func == (a: JSON, b: JSON) -> Bool {
    switch (a, b) {
    case (.object(let a), .object(let b)):
      a.count == b.count && a.allSatisfy { member in b.contains { $0 == member } }
    case (.array(let a), .array(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.double(let a), .double(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    case (.null, .null): true
    default: false
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .int(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(nilLiteral: ()) { self = .null }
  package init(arrayLiteral items: JSON...) { self = .array(items) }
  package init(dictionaryLiteral members: (String, JSON)...) { self = .object(members) }
}

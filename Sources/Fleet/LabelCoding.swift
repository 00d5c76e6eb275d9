/// Codes a value as the word that people use for it.
enum LabelCoding {
  static func encode(_ label: String, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(label)
  }

  /// - Throws: `DecodingError.dataCorrupted` for a word that none of the values has.
  static func value<Value>(
    from decoder: any Decoder, among values: [Value], _ label: (Value) -> String
  ) throws -> Value {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = values.first(where: { label($0) == text }) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "no value \"\(text)\"")
    }
    return value
  }
}

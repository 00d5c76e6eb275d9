import Fleet

/// A value on its way into a statement.
enum SQLValue: Equatable {
  case null
  case int(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  static func int(_ value: Int) -> Self { .int(Int64(value)) }
  static func bool(_ value: Bool) -> Self { .int(value ? 1 : 0 as Int64) }
  static func at(_ value: Instant) -> Self { .int(value.milliseconds) }
  static func optional(_ value: Int?) -> Self { value.map { .int(Int64($0)) } ?? .null }
  static func optional(_ value: Int64?) -> Self { value.map { .int($0) } ?? .null }
  static func optional(_ value: Double?) -> Self { value.map { .real($0) } ?? .null }
  static func optional(_ value: String?) -> Self { value.map { .text($0) } ?? .null }
  static func optional(_ value: Instant?) -> Self { value.map { .at($0) } ?? .null }
}

/// A moment in milliseconds since 1970-01-01T00:00:00Z. Pure code receives it, never reads it.
package struct Instant: Sendable, Hashable, Comparable, Codable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }
  package init(seconds: Int64) { milliseconds = seconds * 1000 }

  package init(from decoder: any Decoder) throws {
    milliseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }

  package static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }
  package static func + (a: Instant, b: Span) -> Instant {
    Instant(milliseconds: a.milliseconds + b.milliseconds)
  }
  package static func - (a: Instant, b: Instant) -> Span {
    Span(milliseconds: a.milliseconds - b.milliseconds)
  }
}

/// A length of time in milliseconds.
package struct Span: Sendable, Hashable, Comparable, Codable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) { self.milliseconds = milliseconds }
  package static func milliseconds(_ n: Int64) -> Span { Span(milliseconds: n) }
  package static func seconds(_ n: Double) -> Span { Span(milliseconds: Int64(n * 1000)) }
  package static func minutes(_ n: Double) -> Span { .seconds(n * 60) }
  package static func hours(_ n: Double) -> Span { .seconds(n * 3600) }

  package init(from decoder: any Decoder) throws {
    milliseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }

  package var seconds: Double { Double(milliseconds) / 1000 }
  package static func < (a: Span, b: Span) -> Bool { a.milliseconds < b.milliseconds }
}

import Fleet
import OCPP

/// Tolerant reading of single fields, shared by all versions.
enum Reading {
  /// The items of a list that may be missing.
  static func items(_ list: JSONValue?) -> [JSONValue] { list.map { Array($0.elements) } ?? [] }

  /// Dates before this are a clock that was never set (matth-x/MicroOcpp#354): 2015-10-01, the
  /// month in which the oldest protocol spoken here was published.
  static let floor: Int64 = 1_443_657_600_000
  /// Dates further ahead than this are a clock that is wrong altogether; less may be a clock that
  /// keeps local time under another name (steve-community/steve#136).
  private static let ahead = Span.hours(24)

  /// The moment a field names, or the time of receipt when it names none that can be true.
  static func instant(
    _ value: JSONValue?, receivedAt: Instant, _ flaws: inout ClockFlaws
  ) -> Instant {
    guard let parsed = value?.time else {
      flaws.insert(.missing)
      return receivedAt
    }
    if !parsed.zoned { flaws.insert(.noZone) }
    guard parsed.ms >= floor else {
      flaws.insert(.beforeFloor)
      return receivedAt
    }
    let instant = Instant(milliseconds: parsed.ms)
    guard instant < receivedAt + ahead else {
      flaws.insert(.future)
      return receivedAt
    }
    return instant
  }

  /// As `instant`, for what is ordered by it: one report from a clock that runs ahead must not
  /// outweigh all that follow.
  static func past(
    _ value: JSONValue?, receivedAt: Instant, _ flaws: inout ClockFlaws
  ) -> Instant {
    let instant = instant(value, receivedAt: receivedAt, &flaws)
    if instant <= receivedAt { return instant }
    flaws.insert(.ahead)
    return receivedAt
  }

  /// A string, or a number where a string was wanted (mobilityhouse/ocpp#353).
  static func text(_ value: JSONValue?) -> String? {
    guard let value else { return nil }
    return value.string ?? (value.kind == .number ? value.text : nil)
  }

  /// A whole number; fractions are cut (shiv3/ocpp-cp-simulator#83), numerals in strings read.
  static func whole(_ value: JSONValue?) -> Int? {
    guard let value else { return nil }
    if let int = value.int { return Int(exactly: int) }
    if let double = value.double, double.magnitude < 1e15 { return Int(double) }
    return value.string.flatMap { Int($0) }
  }

  /// The same in all versions.
  static func dataTransfer(_ p: JSONValue) -> ChargerEvent {
    .dataTransfer(
      vendor: (text(p["vendorId"]) ?? "").bounded(to: 255),
      message: (text(p["messageId"]) ?? "").bounded(to: 50))
  }
}

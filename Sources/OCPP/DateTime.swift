/// Points in time as milliseconds since 1970-01-01T00:00:00Z, to and from the text of RFC 3339.
package enum DateTime {
  /// Reads what stations send: RFC 3339, and also a blank for the T, a comma for the fraction's
  /// point, offsets as +01 or +0100, and no offset at all, which counts as UTC and makes `zoned`
  /// false (evcc-io/evcc#10399). Fractions below the millisecond are cut off. Nil for anything else,
  /// dates that do not exist included.
  package static func parse(_ text: String) -> (ms: Int64, zoned: Bool)? {
    text.withBytes { parse($0, strict: false) }
  }

  /// As `parse`; when `strict`, exactly RFC 3339 §5.6.
  static func parse(
    _ text: UnsafeBufferPointer<UInt8>, strict: Bool
  ) -> (ms: Int64, zoned: Bool)? {
    var scan = Scan(text: text)
    guard let century = scan.pair(), let yearOfCentury = scan.pair(), scan.take("-"),
      let month = scan.pair(), scan.take("-"),
      let day = scan.pair(), scan.take("T") || scan.take("t") || !strict && scan.take(" "),
      let hour = scan.pair(), scan.take(":"),
      let minute = scan.pair(), scan.take(":"),
      let second = scan.pair()
    else { return nil }
    let year = century * 100 + yearOfCentury
    // A leap second is second 60 (RFC 3339 §5.7); it counts as the first of the next minute.
    guard (1...12).contains(month), day >= 1, day <= days(in: month, of: year), hour < 24,
      minute < 60, second <= 60
    else { return nil }
    var ms = Int64(0)
    if scan.take(".") || !strict && scan.take(",") {
      guard let fraction = scan.fraction() else { return nil }
      ms = fraction
    }
    let isZoned = !scan.isAtEnd
    guard let offset = scan.offset(strict: strict) else { return nil }
    guard scan.isAtEnd, isZoned || !strict else { return nil }
    let minutes = (dayNumber(year, month, day) * 24 + hour) * 60 + minute - offset
    return (Int64(minutes * 60 + second) * 1000 + ms, isZoned)
  }

  /// "2026-11-23T01:02:03Z", with ".004" before the Z unless the milliseconds are zero. Years stay
  /// within 0000 to 9999: a time beyond is written as the nearest that can be.
  package static func format(_ ms: Int64) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    append(ms, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes the time as a JSON string.
  package static func append(_ ms: Int64, to writer: inout JSONWriter) {
    writer.plainString { append(ms, to: &$0) }
  }

  private static let earliest: Int64 = -62_167_219_200_000
  private static let latest: Int64 = 253_402_300_799_999

  private static func append(_ ms: Int64, to bytes: inout [UInt8]) {
    let ms = min(max(ms, earliest), latest)
    let dayMs: Int64 = 86_400_000
    let dayNumber = (ms >= 0 ? ms : ms - dayMs + 1) / dayMs
    let rest = Int(ms - dayNumber * dayMs)
    let (year, month, day) = date(Int(dayNumber))
    digits(year, 4, &bytes)
    bytes.append(UInt8(ascii: "-"))
    digits(month, 2, &bytes)
    bytes.append(UInt8(ascii: "-"))
    digits(day, 2, &bytes)
    bytes.append(UInt8(ascii: "T"))
    digits(rest / 3_600_000, 2, &bytes)
    bytes.append(UInt8(ascii: ":"))
    digits(rest / 60_000 % 60, 2, &bytes)
    bytes.append(UInt8(ascii: ":"))
    digits(rest / 1000 % 60, 2, &bytes)
    if rest % 1000 != 0 {
      bytes.append(UInt8(ascii: "."))
      digits(rest % 1000, 3, &bytes)
    }
    bytes.append(UInt8(ascii: "Z"))
  }

  private static func digits(_ value: Int, _ width: Int, _ bytes: inout [UInt8]) {
    var power = 1
    for _ in 1..<width { power *= 10 }
    while power > 0 {
      bytes.append(UInt8(48 + value / power % 10))
      power /= 10
    }
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  /// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in eras of 400 years that
  /// begin on 1 March, so that the leap day is the last of its year.
  private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The inverse of `dayNumber`.
  private static func date(_ number: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    return (
      yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9,
      dayOfYear - (153 * month + 2) / 5 + 1
    )
  }

  private struct Scan {
    let text: UnsafeBufferPointer<UInt8>
    var at = 0

    var isAtEnd: Bool { at == text.count }

    @inline(__always)
    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard at < text.count, text[at] == UInt8(ascii: character) else { return false }
      at += 1
      return true
    }

    /// The number that two digits make.
    @inline(__always)
    mutating func pair() -> Int? {
      guard at + 2 <= text.count else { return nil }
      let (tens, ones) = (text[at] &- 48, text[at + 1] &- 48)
      guard tens < 10, ones < 10 else { return nil }
      at += 2
      return Int(tens) * 10 + Int(ones)
    }

    /// The milliseconds of the digits after the point; at least one is needed.
    mutating func fraction() -> Int64? {
      let start = at
      var value: Int64 = 0
      while at < text.count, text[at] &- 48 < 10 {
        if at - start < 3 { value = value * 10 + Int64(text[at] - 48) }
        at += 1
      }
      guard at > start else { return nil }
      for _ in 0..<max(0, 3 - (at - start)) { value *= 10 }
      return value
    }

    /// Minutes east of UTC; 0 when nothing follows.
    mutating func offset(strict: Bool) -> Int? {
      if isAtEnd || take("Z") || take("z") { return 0 }
      let isWest = take("-")
      guard isWest || take("+"), let hours = pair(), hours < 24 else { return nil }
      var minutes = 0
      if strict || !isAtEnd {
        guard take(":") || !strict, let written = pair(), written < 60 else { return nil }
        minutes = written
      }
      return (hours * 60 + minutes) * (isWest ? -1 : 1)
    }
  }
}

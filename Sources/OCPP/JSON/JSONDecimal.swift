/// A JSON number taken apart in decimal, so that 16.1 is a multiple of 0.1 (in binary it is not).
struct JSONDecimal: Equatable {
  private(set) var isNegative = false
  /// The digits from the first to the last that is not zero; meaningless unless `isExact`.
  private(set) var mantissa: UInt64 = 0
  /// The place of the last digit that is not zero: 0 for ones, -1 for tenths.
  private(set) var lastPlace = 0
  /// Whether the digits fit 64 bits.
  private(set) var isExact = true
  private(set) var isZero = true

  /// Takes apart a number that the parser has accepted.
  init(_ text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    if let first = text.first, first == UInt8(ascii: "-") {
      isNegative = true
      start = 1
    }
    var end = start
    var point: Int?
    var last: Int?
    var digits: UInt64 = 0
    while end < text.count, text[end] | 32 != UInt8(ascii: "e") {
      if text[end] == UInt8(ascii: ".") {
        point = end
      } else {
        digits = digits &* 10 &+ UInt64(text[end] &- 48)
        if text[end] != UInt8(ascii: "0") { (last, mantissa) = (end, digits) }
      }
      end += 1
    }
    guard let last else { return }
    isZero = false
    // Nineteen digits fit 64 bits whatever they are; of more, some do.
    if last - start >= 19 { take(text[start...last]) }
    let ones = point ?? end
    lastPlace = last < ones ? ones - 1 - last : ones - last
    if end < text.count {
      lastPlace += Self.exponent(UnsafeBufferPointer(rebasing: text[(end + 1)...]))
    }
  }

  /// The digits again, with a look at whether they fit.
  private mutating func take(_ text: Slice<UnsafeBufferPointer<UInt8>>) {
    mantissa = 0
    for byte in text where byte != UInt8(ascii: ".") {
      let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(byte - 48))
      guard !overflow, !carry else {
        isExact = false
        return
      }
      mantissa = sum
    }
  }

  /// The written exponent, capped: beyond a million its size no longer matters.
  private static func exponent(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    var value = 0
    var negative = false
    for byte in text {
      if byte == UInt8(ascii: "-") {
        negative = true
      } else if byte != UInt8(ascii: "+") {
        value = min(value * 10 + Int(byte - 48), 1_000_000)
      }
    }
    return negative ? -value : value
  }

  /// Whether the number is a whole multiple of 10^`place`.
  func isMultiple(ofTenTo place: Int) -> Bool { isZero || lastPlace >= place }

  /// The number when it is whole, however written, and fits.
  var int64: Int64? {
    if isZero { return 0 }
    guard isExact, lastPlace >= 0, lastPlace < 20 else { return nil }
    var value = mantissa
    for _ in 0..<lastPlace {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
    }
    if isNegative {
      return value <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- value) : nil
    }
    return Int64(exactly: value)
  }

  /// The nearest double where one division or product gives it (Clinger's fast path), else nil.
  var double: Double? {
    if isZero { return isNegative ? -0.0 : 0 }
    guard isExact, mantissa < 1 << 53, abs(lastPlace) < Self.powers.count else { return nil }
    let power = Self.powers[abs(lastPlace)]
    let value = lastPlace < 0 ? Double(mantissa) / power : Double(mantissa) * power
    return isNegative ? -value : value
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}

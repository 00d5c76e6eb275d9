/// The numbers in a firmware's version text, for ordering: `AC22-v2.10.1-rc` is 2.10.1.
package struct FirmwareVersion: Sendable, Hashable, Comparable {
  /// Without trailing zeros: 2.4 and 2.4.0 are equal.
  package let numbers: [Int]

  /// Takes the first dotted run of digits that has a dot, else the first run of digits; nil when
  /// there are no digits.
  package init?(_ text: some StringProtocol) {
    var best: [Int] = []
    var run: [Int] = []
    var isInNumber = false
    for byte in text.utf8 {
      if Self.isDigit(byte) {
        let digit = Int(byte - UInt8(ascii: "0"))
        if isInNumber {
          run[run.count - 1] = min(run[run.count - 1], 99_999_999) * 10 + digit
        } else {
          run.append(digit)
          isInNumber = true
        }
        continue
      }
      isInNumber = false
      if byte == UInt8(ascii: ".") { continue }
      if best.isEmpty || run.count > 1 { best = run }
      if best.count > 1 { break }
      run.removeAll(keepingCapacity: true)
    }
    if best.isEmpty || (best.count == 1 && run.count > 1) { best = run }
    guard !best.isEmpty else { return nil }
    while best.count > 1, best.last == 0 { best.removeLast() }
    numbers = best
  }

  package static func < (a: Self, b: Self) -> Bool {
    a.numbers.lexicographicallyPrecedes(b.numbers)
  }

  /// A text whose byte order is the order of versions: each number after a letter for its length.
  package var sortKey: String {
    var key = ""
    for number in numbers {
      let digits = String(number)
      key.unicodeScalars.append(Unicode.Scalar(UInt8(ascii: "a") + UInt8(digits.utf8.count)))
      key += digits
    }
    return key
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

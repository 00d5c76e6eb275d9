/// Rates as people write them.
package enum DataRate {
  private static let units: [(name: String, bytes: Double)] = [
    ("kbit", 125), ("mbit", 125_000), ("gbit", 125_000_000), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9),
    ("b", 1),
  ]

  /// Bytes a second of `500kB`, `20 Mbit/s`, `125000B`; nil when it is none.
  package static func bytes(_ text: String) -> Int? {
    var text = text.lowercased()
    if text.hasSuffix("/s") { text.removeLast(2) }
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(number.count).drop { $0 == " " }
    guard let value = Double(number), let known = units.first(where: { $0.name == unit }),
      value * known.bytes < 1e15
    else { return nil }
    return Int(value * known.bytes)
  }
}

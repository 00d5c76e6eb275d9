/// How fast firmware may go out.
enum BandwidthOptions {
  static let all = [
    OptionInfo(
      "bandwidth", "RATE", "of all firmware downloads together, such as 20MB a second; no limit"),
    OptionInfo(
      "site-bandwidth", "RATE", "of the downloads of each site together, such as 500kB; no limit"),
  ]

  /// Bytes a second.
  static func rate(_ name: String, _ arguments: Arguments) throws -> Int? {
    guard let text = arguments[name] else { return nil }
    guard let rate = bytes(text), (1000...100_000_000_000).contains(rate) else {
      throw UsageError(
        "--\(name) wants a rate a second from 1kB to 100GB, such as 20MB, 500kB, 1.5GB or 100Mbit,"
          + " not \"\(text)\".")
    }
    return rate
  }

  private static let units: [(name: String, bytes: Double)] = [
    ("kbit", 125), ("mbit", 125_000), ("gbit", 125_000_000), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9),
    ("b", 1),
  ]

  private static func bytes(_ text: String) -> Int? {
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

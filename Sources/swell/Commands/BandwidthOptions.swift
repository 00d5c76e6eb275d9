import Fleet

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
    guard let rate = DataRate.bytes(text), (1000...100_000_000_000).contains(rate) else {
      throw UsageError(
        "--\(name) wants a rate a second from 1kB to 100GB, such as 20MB, 500kB, 1.5GB or 100Mbit,"
          + " not \"\(text)\".")
    }
    return rate
  }
}

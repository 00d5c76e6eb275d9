/// Why the bytes of a zone can't be used.
package enum ZoneError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The bytes are no TZif data; what is wrong with them.
  case unreadable(zone: String, reason: String)

  package var description: String {
    switch self {
    case .unreadable(let zone, let reason):
      "The data of the time zone \(zone) can't be read: \(reason). Windows of its sites can't be "
        + "told; reinstall tzdata."
    }
  }
}

extension Zone {
  /// The rule is laid out up to here, so that a question costs a binary search alone.
  private static let laidOutUntil = 2060

  /// Reads TZif data of any version (RFC 8536 §3).
  package init(name: String, tzif bytes: [UInt8]) throws(ZoneError) {
    do throws(Flaw) {
      var reader = TZifReader(bytes: bytes)
      var header = try reader.header()
      var isWide = false
      if header.version >= 2 {
        try reader.skip(header.size(time: 4))
        header = try reader.header()
        isWide = true
      }
      self = try reader.zone(name, header, isWide: isWide, until: Self.laidOutUntil)
    } catch {
      throw .unreadable(zone: name, reason: error.reason)
    }
  }
}

private struct Flaw: Error {
  var reason: String
}

private struct TZifReader {
  let bytes: [UInt8]
  var at = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  struct Header {
    var version: Int
    var utIndicators, standardIndicators, leaps, times, types, letters: Int

    func size(time: Int) -> Int {
      times * (time + 1) + types * 6 + letters + leaps * (time + 4) + standardIndicators
        + utIndicators
    }
  }

  mutating func header() throws(Flaw) -> Header {
    guard at + 44 <= bytes.count, bytes[at..<at + 4].elementsEqual("TZif".utf8) else {
      throw Flaw(reason: "there is no TZif header at byte \(at)")
    }
    let version = bytes[at + 4]
    at += 20
    var counts: [Int] = []
    for _ in 0..<6 { counts.append(Int(try integer(4))) }
    // Files of the wild have some hundreds of changes and a dozen types.
    guard counts.allSatisfy({ (0...100_000).contains($0) }), (1...256).contains(counts[4]) else {
      throw Flaw(reason: "its header names impossible numbers")
    }
    return Header(
      version: version == 0 ? 1 : Int(version) - 0x30, utIndicators: counts[0],
      standardIndicators: counts[1], leaps: counts[2], times: counts[3], types: counts[4],
      letters: counts[5])
  }

  mutating func skip(_ count: Int) throws(Flaw) {
    guard at + count <= bytes.count else { throw Flaw(reason: "it ends too early") }
    at += count
  }

  /// Big-endian, two's complement.
  mutating func integer(_ size: Int) throws(Flaw) -> Int64 {
    let start = at
    try skip(size)
    let bits = bytes[start..<at].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return size == 4 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
  }

  mutating func zone(
    _ name: String, _ header: Header, isWide: Bool, until year: Int
  ) throws(Flaw) -> Zone {
    // Files of "right/" count leap seconds; UTC here does not.
    guard header.leaps == 0 else { throw Flaw(reason: "it counts leap seconds") }
    var starts: [Int64] = []
    for _ in 0..<header.times { starts.append(try integer(isWide ? 8 : 4)) }
    guard zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw Flaw(reason: "its changes are not in order")
    }
    // Some begin at the big bang (2^59 seconds ago), none goes on beyond what anybody plans.
    guard starts.last ?? 0 <= Instant.distantFuture.wholeSeconds, starts.first ?? 0 >= -(1 << 60)
    else { throw Flaw(reason: "a change at an impossible moment") }
    let indexes = at..<at + header.times
    try skip(header.times)
    var types: [Int32] = []
    for _ in 0..<header.types {
      let offset = try integer(4)
      guard abs(offset) <= Zone.farthest else { throw Flaw(reason: "an offset of \(offset) s") }
      types.append(Int32(offset))
      try skip(2)
    }
    var offsets = [types[0]]
    for index in bytes[indexes] {
      guard Int(index) < types.count else { throw Flaw(reason: "a change to no known type") }
      offsets.append(types[Int(index)])
    }
    try skip(header.letters + header.standardIndicators + header.utIndicators)
    let rule = isWide ? try footer() : nil
    if let rule, let saving = rule.saving, let last = starts.last {
      let from = CivilDay(seconds: last).year
      for year in max(from, 1800)..<max(from, year, 1800) {
        for change in rule.changes(in: year, saving).sorted(by: { $0.at < $1.at })
        where change.at > (starts.last ?? .min) {
          starts.append(change.at)
          offsets.append(Int32(change.offset))
        }
      }
    }
    return Zone(name: name, starts: starts, offsets: offsets, rule: rule)
  }

  /// An empty one says nothing of later times.
  private mutating func footer() throws(Flaw) -> ZoneRule? {
    guard at < bytes.count, bytes[at] == 0x0A,
      let end = bytes[(at + 1)...].firstIndex(of: 0x0A)
    else { throw Flaw(reason: "its footer is missing") }
    let text = String(decoding: bytes[at + 1..<end], as: UTF8.self)
    if text.isEmpty { return nil }
    guard let rule = ZoneRule(posix: text) else { throw Flaw(reason: "its rule is \"\(text)\"") }
    return rule
  }
}

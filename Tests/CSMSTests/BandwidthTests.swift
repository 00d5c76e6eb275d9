import Fleet
import Testing

@testable import CSMS

/// How downloads share a bandwidth, in time that the test makes.
struct BandwidthTests {
  /// Milliseconds from one look at the downloads to the next.
  private static let step = 5

  /// A download with a peer that takes about so many bytes a step.
  private struct Download {
    var id: Int64
    var site: SiteID?
    var peer: Int
    var sent = 0
  }

  private static let greedy = 1 << 30

  /// Runs downloads for some milliseconds; what left at each of them, in all and by site.
  private static func run(
    _ limits: Bandwidth.Limits, _ downloads: inout [Download], milliseconds: Int, seed: UInt64
  ) -> (all: [Int], sites: [SiteID: [Int]]) {
    var dice = Dice(seed: seed)
    var bandwidth = Bandwidth(limits)
    let steps = milliseconds / step
    var all = [Int](repeating: 0, count: steps)
    var sites: [SiteID: [Int]] = [:]
    for download in downloads { bandwidth.begin(download.id, site: download.site) }
    for time in 0..<steps {
      for place in downloads.indices.shuffled(using: &dice) {
        let peer = downloads[place].peer
        let room = peer == greedy ? peer : Int.random(in: 0...2 * peer, using: &dice)
        let taken = bandwidth.take(
          downloads[place].id, upTo: max(room, 1), now: UInt64(time * step))
        let left = min(taken, room)
        bandwidth.giveBack(downloads[place].id, taken - left)
        downloads[place].sent += left
        all[time] += left
        if let site = downloads[place].site {
          sites[site, default: [Int](repeating: 0, count: steps)][time] += left
        }
      }
    }
    return (all, sites)
  }

  /// The most that left in any span, beyond what the rate allows in it.
  private static func excess(_ sent: [Int], _ rate: Int) -> Int {
    var most = 0
    var running = 0.0
    for bytes in sent {
      running = max(0, running + Double(bytes) - Double(rate * step) / 1000)
      most = max(most, Int(running))
    }
    return most
  }

  /// A pool, and what came into it since the last tick.
  private static func burst(_ rate: Int) -> Int {
    max(rate / 5, Bandwidth.piece) + rate * Int(Bandwidth.tick) / 1000 + 1
  }

  @Test("no span of time sees more than the rate and a fifth of a second", arguments: 1...12)
  func never(seed: UInt64) {
    var dice = Dice(seed: seed)
    let fleet = Int.random(in: 1000...5_000_000, using: &dice)
    let site = Int.random(in: 1000...2_000_000, using: &dice)
    var downloads = (0..<Int.random(in: 1...60, using: &dice)).map {
      Download(
        id: Int64($0), site: SiteID(rawValue: Int64.random(in: 0...4, using: &dice)),
        peer: Int.random(in: 1...100_000, using: &dice))
    }
    let (all, sites) = Self.run(
      .init(fleet: fleet, site: site), &downloads, milliseconds: 3000, seed: seed)
    #expect(Self.excess(all, fleet) <= Self.burst(fleet))
    for sent in sites.values { #expect(Self.excess(sent, site) <= Self.burst(site)) }
  }

  @Test("equal downloads get equal shares, and all there is is used", arguments: 1...6)
  func fair(seed: UInt64) {
    var dice = Dice(seed: seed)
    let rate = Int.random(in: 100_000...5_000_000, using: &dice)
    let count = Int.random(in: 1...300, using: &dice)
    var downloads = (0..<count).map { Download(id: Int64($0), site: nil, peer: Self.greedy) }
    let (all, _) = Self.run(
      .init(fleet: rate, site: nil), &downloads, milliseconds: 3000, seed: seed)
    let sent = downloads.map(\.sent)
    let spread = (sent.max() ?? 0) - (sent.min() ?? 0)
    #expect(spread <= 3 * Bandwidth.piece + rate / 1000 / count)
    #expect(all.reduce(0, +) >= rate * 28 / 10)
  }

  @Test("a slow peer holds nothing back from the others")
  func slow() {
    var downloads = (0..<40).map { number in
      Download(id: Int64(number), site: nil, peer: number < 30 ? 5 : Self.greedy)
    }
    let (all, _) = Self.run(
      .init(fleet: 1_000_000, site: nil), &downloads, milliseconds: 10_000, seed: 7)
    #expect(all.reduce(0, +) >= 9_500_000)
    // 30 at a byte a millisecond, and the rest for ten.
    for download in downloads.suffix(10) { #expect(download.sent > 900_000) }
  }

  @Test("what a full site can't take, the others get")
  func sites() {
    // Nine at a site with 90 kB a second, one alone at another, all on a line of 200 kB.
    var downloads = (0..<10).map { number in
      Download(id: Int64(number), site: SiteID(rawValue: number == 0 ? 1 : 2), peer: Self.greedy)
    }
    _ = Self.run(.init(fleet: 200_000, site: 90_000), &downloads, milliseconds: 10_000, seed: 3)
    for download in downloads.dropFirst() { #expect((95_000...105_000).contains(download.sent)) }
    #expect((890_000...920_000).contains(downloads[0].sent))
  }

  @Test("hundreds on a trickle all get on, one after the other", arguments: 1...2)
  func trickle(seed: UInt64) {
    var downloads = (0..<400).map { Download(id: Int64($0), site: nil, peer: Self.greedy) }
    _ = Self.run(
      .init(fleet: 10_000, site: nil), &downloads, milliseconds: 50_000, seed: seed)
    // 500 kB are 488 pieces: each has had one, and nobody three.
    #expect(downloads.allSatisfy { (1...2 * Bandwidth.piece).contains($0.sent) })
  }

  @Test("one that comes later waits no longer than a tick, and one that ends leaves its share")
  func comingAndGoing() {
    var bandwidth = Bandwidth(.init(fleet: 1_000_000, site: nil))
    bandwidth.begin(1, site: nil)
    #expect(bandwidth.take(1, upTo: 1 << 30, now: 1000) > 0)
    bandwidth.begin(2, site: nil)
    #expect(bandwidth.take(2, upTo: 1 << 30, now: 1001) == 0)
    #expect(bandwidth.take(2, upTo: 1 << 30, now: 1000 + Bandwidth.tick) == 10_000)
    #expect(bandwidth.take(1, upTo: 1 << 30, now: 1000 + Bandwidth.tick) == 10_000)
    bandwidth.end(2)
    #expect(bandwidth.take(1, upTo: 1 << 30, now: 1000 + 2 * Bandwidth.tick) == 20_000)
    bandwidth.end(1)
    #expect(bandwidth.count == 0)
    #expect(bandwidth.take(1, upTo: 1, now: 5000) == 0)
  }

  @Test("several transfers of one charger share what one gets")
  func several() {
    var bandwidth = Bandwidth(.init(fleet: 1_000_000, site: nil))
    for _ in 0..<9 { bandwidth.begin(1, site: nil) }
    bandwidth.begin(2, site: nil)
    #expect(bandwidth.take(1, upTo: 1 << 30, now: 1000) == 100_000)
    #expect(bandwidth.take(1, upTo: 1 << 30, now: 1000) == 0)
    #expect(bandwidth.take(2, upTo: 1 << 30, now: 1000) == 100_000)
    for _ in 0..<9 { bandwidth.end(1) }
    #expect(bandwidth.count == 1)
  }
}

/// SplitMix64.
struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

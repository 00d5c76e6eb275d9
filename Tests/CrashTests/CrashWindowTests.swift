import CSMS
import Fleet
import Testing

@testable import swell

/// What the windows of a scene come to where the engine reads them.
struct CrashWindowTests {
  @Test(
    "a window written by Foundation's zones opens when the engine's own reader says so",
    arguments: ["Europe/Lisbon", "Asia/Kathmandu", "Australia/Lord_Howe"])
  func opening(zone name: String) throws {
    let seed = UInt64.random(in: 1...1_000_000)
    print("SWELL_SEED=\(seed)")
    var chance = Chance(seed: seed)
    let zone = try #require(SystemZones().zone(name))
    for _ in 0..<50 {
      // Of a year; in the hours around a change of the clocks, local times happen twice or never.
      let now = Instant(milliseconds: 1_790_000_000_000 + Int64(chance.next() % 31_000_000) * 1000)
      let window = CrashWindow(zone: name, opensAfter: Int64(chance.next() % 60), lasts: 14)
      let opening = window.opening(from: now)
      let isChanging = [Int64(-86_400_000), 86_400_000].contains {
        zone.offset(at: Instant(milliseconds: opening.lowerBound + $0)) != zone.offset(at: now)
      }
      if isChanging { continue }
      let file = try CrashWindow.sites(
        [window], fleet: "identity,site,zone\nC1,Here,\(name)\nC2,Here,\(name)\n", now: now)
      let lines = file.split(separator: "\n")
      #expect(lines.count == 2)
      let label = String(lines[1].dropFirst("Here,".count))
      let openings = Openings(
        zone: zone, windows: try Windows(label: label), closed: ClosedDays([]))
      #expect(
        openings.next(after: now)?.start.milliseconds == opening.lowerBound, "\(label) \(now)")
      #expect(
        openings.end(at: Instant(milliseconds: opening.lowerBound))?.milliseconds
          == opening.upperBound, "\(label) \(now)")
    }
  }
}

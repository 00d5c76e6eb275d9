import Fleet
import Testing

@testable import Rehearsal

@Suite("Hours of a site")
struct HoursTests {
  private let span = Stage.beginning..<Stage.beginning + .hours(24 * 14)

  private func hours(_ from: Int, _ until: Int, put by: Int64, atLocal hour: Int64) -> Hours {
    // In the night of the 13th of January 1970, one hour east.
    let day = Int64(12 * 86_400)
    var hours = Hours(from: from * 60, until: until * 60, offset: 3600)
    hours.change = .init(
      at: Instant(milliseconds: (day + hour * 3600 - 3600) * 1000), by: by)
    return hours
  }

  private func lengths(_ hours: Hours) -> [Int64] {
    hours.stretches(around: span).map { ($0.upperBound - $0.lowerBound) / 60_000 }
  }

  @Test("a night in which the clocks are put is an hour shorter or longer, and no other is")
  func nights() {
    for (by, minutes) in [(Int64(3600), Int64(6 * 60)), (-3600, 8 * 60)] {
      let all = lengths(hours(22, 29, put: by, atLocal: by > 0 ? 2 : 3))
      #expect(all.count { $0 == minutes } == 1)
      #expect(all.count { $0 == 7 * 60 } == all.count - 1)
    }
  }

  @Test("a window in the missing hour does not come, one in the doubled hour is two hours long")
  func edges() {
    let spring = lengths(hours(2, 3, put: 3600, atLocal: 2))
    let without = lengths(Hours(from: 120, until: 180, offset: 3600))
    #expect(spring.count == without.count - 1)
    let autumn = lengths(hours(2, 3, put: -3600, atLocal: 3))
    #expect(autumn.count { $0 == 120 } == 1)
    #expect(autumn.count { $0 == 60 } == without.count - 1)
  }

  @Test("what is worked out for the record is what the product's calendar says")
  func agreed() throws {
    var chance = Chance(seed: 7)
    for _ in 0..<200 {
      let hours = Hours.random(&chance, from: Stage.beginning)
      let zone = try #require(hours.zone(named: "Rehearsal/0"))
      let openings = Openings(
        zone: zone, windows: try #require(hours.windows), closed: ClosedDays([]))
      let inside = hours.stretches(around: span).filter {
        $0.lowerBound < span.upperBound.milliseconds && $0.upperBound > span.lowerBound.milliseconds
      }
      #expect(
        openings.openings(in: span).map { $0.start.milliseconds..<$0.end.milliseconds }
          == inside.map {
            max(
              $0.lowerBound, span.lowerBound.milliseconds)..<min(
                $0.upperBound, span.upperBound.milliseconds)
          }, "\(hours)")
    }
  }

  @Test("campaigns begin on the eve of both kinds of nights")
  func scenarios() {
    let all = (1...300 as ClosedRange<UInt64>).flatMap {
      Scenario.random(seed: $0).hours.compactMap { $0 }
    }
    let changes = all.compactMap { hours in
      hours.change.flatMap { change in
        change.at < Stage.beginning + .hours(24)
          && hours.stretches(around: span).contains {
            $0.lowerBound < change.at.milliseconds && change.at.milliseconds < $0.upperBound
          } ? change.by : nil
      }
    }
    #expect(changes.contains { $0 > 0 } && changes.contains { $0 < 0 })
    #expect(all.contains { $0.change == nil })
  }
}

import Foundation
import Testing

@testable import Fleet

/// The zones of this system.
enum TestZones {
  static func read(_ name: String) throws -> Zone {
    let url = URL(filePath: "/usr/share/zoneinfo/\(name)")
    return try Zone(name: name, tzif: Array(try Data(contentsOf: url)))
  }

  static let names = [
    "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns",
    "America/Sao_Paulo", "Australia/Lord_Howe", "Australia/Sydney", "Pacific/Auckland",
    "Pacific/Chatham", "Asia/Kolkata", "Asia/Tokyo", "Africa/Casablanca", "Asia/Gaza", "Etc/UTC",
    "America/Asuncion", "Pacific/Apia", "Antarctica/Troll",
  ]
}

@Suite("Time zones")
struct ZoneTests {
  @Test("offsets are those that another reader of the same data finds", arguments: TestZones.names)
  func offsets(name: String) throws {
    let zone = try TestZones.read(name)
    let other = try #require(TimeZone(identifier: name))
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    // 1971 to 2037: as far as both go by what is recorded.
    for _ in 0..<800 {
      let second = Int64.random(in: 31_536_000..<2_114_380_800, using: &random)
      let expected = other.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
      #expect(
        zone.offset(at: Instant(seconds: second)) == expected, "\(name) at \(second), seed \(seed)")
    }
  }

  @Test("the rule goes on for ever: a year has the changes of the year 400 years before")
  func farFuture() throws {
    for name in ["Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Europe/Dublin"] {
      let zone = try TestZones.read(name)
      // 400 years are a whole number of weeks.
      let cycle: Int64 = 146_097 * 86_400
      for day in stride(from: Int64(2_208_988_800), to: 2_208_988_800 + 800 * 86_400, by: 21_600) {
        #expect(
          zone.offset(at: Instant(seconds: day)) == zone.offset(at: Instant(seconds: day + cycle)),
          "\(name) at \(day)")
      }
    }
  }

  @Test(
    "what is laid out and what the rule says meet without a seam",
    arguments: ["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Asia/Tokyo"])
  func seam(name: String) throws {
    let zone = try TestZones.read(name)
    // 2050 to 2070.
    var at: Int64 = 2_524_608_000
    var changes = 0
    while at < 3_155_760_000 {
      let period = zone.period(at: at)
      #expect(period.start <= at && at < period.end)
      #expect(zone.period(at: period.end - 1) == period)
      guard period.end < 3_155_760_000 else { break }
      #expect(zone.period(at: period.end).start == period.end)
      changes += 1
      at = period.end
    }
    #expect(changes == (name == "Asia/Tokyo" ? 0 : 40))
  }

  @Test(
    "a rule of days of the year is read as one of months",
    arguments: [
      ("EST5EDT,M3.2.0,M11.1.0", true), ("<-03>3", true),
      ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", true),
      ("IST-1GMT0,M10.5.0,M3.5.0/1", true), ("AAA3BBB,J60/-1,J300/167", true),
      ("AAA3BBB,0,365/25:00:01", true),
      ("", false), ("ES5", false), ("EST", false), ("EST5EDT", false),
      ("EST5EDT,M13.1.0,M1.1.0", false),
      ("EST5EDT,M3.2.0", false), ("EST5EDT,M3.2.0,M11.1.0,x", false), ("EST99", false),
      ("<EST5", false), ("EST5EDT,J0,J366", false),
    ])
  func rules(text: String, isRule: Bool) {
    #expect((ZoneRule(posix: text) != nil) == isRule)
  }

  @Test("days of the year count the leap day or do not, as they say")
  func daysOfYear() throws {
    let rule = try #require(ZoneRule(posix: "AAA0BBB,J60/0,60/0"))
    let saving = try #require(rule.saving)
    // J60 is the 1st of March in every year, 60 only in common ones.
    for (year, second) in [(2027, "2027-03-02"), (2028, "2028-03-01")] {
      let changes = rule.changes(in: year, saving)
      #expect(changes[0].at == CivilDay(iso: "\(year)-03-01")?.start.wholeSeconds)
      #expect(changes[1].at == (CivilDay(iso: second)?.start.wholeSeconds ?? 0) - 3600)
    }
  }

  @Test("bytes that are no zone are refused, whatever is wrong with them")
  func damaged() throws {
    let url = URL(filePath: "/usr/share/zoneinfo/Europe/Berlin")
    let good = Array(try Data(contentsOf: url))
    for bytes in [[], Array("TZif".utf8), Array(good.dropFirst()), Array(good[..<200])] {
      #expect(throws: ZoneError.self) { try Zone(name: "x", tzif: bytes) }
    }
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    for _ in 0..<400 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      if Bool.random(using: &random) {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      }
      // Refused, or a zone that answers: never a trap, never without end.
      guard let zone = try? Zone(name: "x", tzif: bytes) else { continue }
      for second in stride(from: Int64(0), to: 4_000_000_000, by: 99_999_999) {
        let first = zone.first(local: second)
        let last = zone.last(local: second)
        #expect(first <= last, "seed \(seed)")
      }
    }
  }

  @Test("a local time of the missing hour is reached when the clock is put on")
  func missing() throws {
    let berlin = try TestZones.read("Europe/Berlin")
    // 2027-03-28 01:00 UTC: 02:00 becomes 03:00.
    let change = try #require(CivilDay(iso: "2027-03-28")).start.wholeSeconds + 3600
    for minute in [120, 150, 180] {
      let local = change - 3600 + Int64(minute) * 60
      #expect(berlin.first(local: local) == change)
      #expect(berlin.last(local: local) == change)
    }
  }

  @Test("a local time of the doubled hour is reached when it comes first, over when it comes last")
  func doubled() throws {
    let berlin = try TestZones.read("Europe/Berlin")
    // 2027-10-31 01:00 UTC: 03:00 becomes 02:00.
    let change = try #require(CivilDay(iso: "2027-10-31")).start.wholeSeconds + 3600
    let local = change + 3600 + 30 * 60
    #expect(berlin.first(local: local) == change - 30 * 60)
    #expect(berlin.last(local: local) == change + 30 * 60)
  }
}

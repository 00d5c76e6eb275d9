import OCPP
import Testing

@Suite struct DateTimeTests {
  @Test(
    "A timestamp is read",
    arguments: [
      ("1970-01-01T00:00:00Z", 0, true), ("2026-11-23T01:02:03Z", 1_795_395_723_000, true),
      ("2026-11-23T01:02:03.4Z", 1_795_395_723_400, true),
      ("2026-11-23T01:02:03.0049999Z", 1_795_395_723_004, true),
      ("2026-11-23T02:02:03+01:00", 1_795_395_723_000, true),
      ("2026-11-22T19:32:03-0530", 1_795_395_723_000, true),
      ("2026-11-23T03:02:03+02", 1_795_395_723_000, true),
      ("2026-11-23t01:02:03z", 1_795_395_723_000, true),
      ("2026-11-23 01:02:03", 1_795_395_723_000, false),
      ("2026-11-23T01:02:03,5", 1_795_395_723_500, false),
      ("2024-02-29T00:00:00Z", 1_709_164_800_000, true),
      ("1969-12-31T23:59:59.999Z", -1, true), ("2016-12-31T23:59:60Z", 1_483_228_800_000, true),
    ] as [(String, Int64, Bool)])
  func parses(text: String, ms: Int64, zoned: Bool) throws {
    let found = try #require(DateTime.parse(text))
    #expect(found.ms == ms)
    #expect(found.zoned == zoned)
  }

  @Test(
    "What is no timestamp is refused",
    arguments: [
      "", "0", "2026-11-23", "2026-11-23T01:02", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
      "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
      "2026-01-01T24:00:00Z",
      "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z",
      "2026-01-01T00:00:00+1", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00Zx",
      "26-01-01T00:00:00Z", "2026-1-1T00:00:00Z", " 2026-01-01T00:00:00Z",
    ])
  func refuses(text: String) { #expect(DateTime.parse(text) == nil) }

  @Test("A time is written in UTC, with milliseconds where it has them")
  func formats() {
    #expect(DateTime.format(1_795_395_723_000) == "2026-11-23T01:02:03Z")
    #expect(DateTime.format(1_795_395_723_004) == "2026-11-23T01:02:03.004Z")
    #expect(DateTime.format(-1) == "1969-12-31T23:59:59.999Z")
    #expect(DateTime.format(.min) == "0000-01-01T00:00:00Z")
    #expect(DateTime.format(.max) == "9999-12-31T23:59:59.999Z")
  }

  @Test("What is written reads back")
  func roundTrips() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix64(seed: seed)
    for _ in 0..<5000 {
      let ms = Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random)
      let back = DateTime.parse(DateTime.format(ms))
      #expect(back?.ms == ms && back?.zoned == true, "seed \(seed)")
    }
  }
}

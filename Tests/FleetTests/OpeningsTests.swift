import Foundation
import Testing

@testable import Fleet

/// Windows judged the slow way: minute by minute, by another reader of time zones.
private struct MinuteClock {
  let base: Int64
  /// The local second that each minute shows.
  let local: [Int64]
  /// The greatest so far, and the least from here on.
  let reached: [Int64]
  let left: [Int64]

  init(zone: TimeZone, base: Int64, minutes: Int) {
    self.base = base
    local = (0..<minutes).map { minute in
      let second = base + Int64(minute) * 60
      return second + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second))))
    }
    var reached = local
    for i in 1..<minutes { reached[i] = max(reached[i], reached[i - 1]) }
    var left = local
    for i in (0..<minutes - 1).reversed() { left[i] = min(left[i], left[i + 1]) }
    (self.reached, self.left) = (reached, left)
  }

  /// The minutes from when `from` is first reached until `until` is over for good.
  func minutes(from: Int64, until: Int64) -> Range<Int> {
    let start = Self.count(reached) { $0 < from }
    let end = Self.count(left) { $0 < until }
    return start..<max(start, end)
  }

  /// How many of the first rising values fulfil what all after them do not.
  private static func count(_ values: [Int64], _ holds: (Int64) -> Bool) -> Int {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(values[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func open(_ windows: [Window], closed: Set<Int>) -> [Bool] {
    var open = [Bool](repeating: windows.isEmpty, count: local.count)
    let days = Int(local[0] / 86_400) - 3...Int(local[local.count - 1] / 86_400) + 3
    for day in days {
      for window in windows
      where window.days.contains(where: { $0.rawValue == (day + 3) % 7 }) {
        let midnight = Int64(day) * 86_400
        for minute in minutes(
          from: midnight + Int64(window.from) * 60, until: midnight + Int64(window.until) * 60)
        { open[minute] = true }
      }
    }
    for day in days where closed.contains(day) {
      for minute in minutes(from: Int64(day) * 86_400, until: Int64(day + 1) * 86_400) {
        open[minute] = false
      }
    }
    return open
  }
}

@Suite("Openings")
struct OpeningsTests {
  private func openings(
    _ zone: String, _ windows: String, _ blackouts: String = ""
  ) throws -> Openings {
    Openings(
      zone: try TestZones.read(zone), windows: try Windows(label: windows),
      closed: ClosedDays(try [Blackout](label: blackouts)))
  }

  private func at(_ text: String) throws -> Instant {
    try Instant(seconds: Int64(Date(text, strategy: .iso8601).timeIntervalSince1970))
  }

  @Test(
    "each moment around a change of clocks is open exactly when minute by minute says so",
    arguments: [
      ("Europe/Berlin", "2027-03-28"), ("Europe/Berlin", "2027-10-31"),
      ("America/New_York", "2027-03-14"), ("America/New_York", "2027-11-07"),
      ("Australia/Lord_Howe", "2027-04-04"), ("Australia/Lord_Howe", "2027-10-03"),
      ("Australia/Sydney", "2027-04-04"), ("Pacific/Auckland", "2027-09-26"),
      ("America/Santiago", "2027-04-04"), ("America/Santiago", "2027-09-05"),
      ("Asia/Kolkata", "2027-06-01"), ("Etc/UTC", "2028-02-29"), ("Antarctica/Troll", "2027-03-28"),
      ("Antarctica/Troll", "2027-10-31"), ("Pacific/Apia", "2011-12-30"),
    ])
  func bruteForce(name: String, day: String) throws {
    let zone = try TestZones.read(name)
    let other = try #require(TimeZone(identifier: name))
    let change = try #require(CivilDay(iso: day)).number
    let (base, minutes) = (Int64(change - 9) * 86_400, 18 * 1440)
    let clock = MinuteClock(zone: other, base: base, minutes: minutes)
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    for round in 0..<10 {
      let windows = try (0..<Int.random(in: 0...4, using: &random)).map { _ in
        try Self.window(&random)
      }
      let closed = Set(
        (0..<Int.random(in: 0...2, using: &random)).map { _ in
          change + Int.random(in: -3...3, using: &random)
        })
      let blackouts = try closed.map {
        try Blackout(label: CivilDay(Instant(seconds: Int64($0) * 86_400)).iso)
      }
      let text =
        "\(windows.map(\.label)) without \(blackouts.map(\.label)), \(name), seed \(seed)"
        + " round \(round)"
      let openings = Openings(
        zone: zone, windows: windows.isEmpty ? .anyTime : .weekly(windows),
        closed: ClosedDays(blackouts))
      let open = clock.open(windows, closed: closed)
      // Two days at each end are beyond what the slow way sees whole.
      let inner = 2880..<minutes - 2880
      let listed = openings.openings(
        in: instant(base, inner.lowerBound)..<instant(base, inner.upperBound))
      #expect(listed == Self.runs(open, inner, base), Comment(rawValue: text))
      for _ in 0..<60 {
        let minute = Int.random(in: inner, using: &random)
        let now =
          instant(base, minute) + .milliseconds(Int64.random(in: 0..<60_000, using: &random))
        #expect(openings.isOpen(at: now) == open[minute], "\(text), minute \(minute)")
        let end = (minute..<inner.upperBound).first { !open[$0] }
        if open[minute], let end {
          #expect(openings.end(at: now) == instant(base, end), "\(text), minute \(minute)")
        }
        let shut = open[minute] ? end : minute
        let begin = shut.flatMap { shut in (shut..<inner.upperBound).first { open[$0] } }
        if let begin {
          #expect(
            openings.next(after: now)?.start == instant(base, begin), "\(text), minute \(minute)")
        }
      }
    }
  }

  private func instant(_ base: Int64, _ minute: Int) -> Instant {
    Instant(seconds: base + Int64(minute) * 60)
  }

  private static func window(_ random: inout Seeded) throws -> Window {
    // Near the hours that clocks are changed at.
    let from =
      Bool.random(using: &random)
      ? Int.random(in: 0...240, using: &random) / 10 * 10 : Int.random(in: 0..<1440, using: &random)
    let until =
      Bool.random(using: &random)
      ? Int.random(in: 1...300, using: &random) / 10 * 10 : Int.random(in: 0...1440, using: &random)
    var days = Set(Weekday.allCases.filter { _ in Bool.random(using: &random) })
    if days.isEmpty { days = [.sunday] }
    return try Window(days: days, from: from, until: until == from ? from + 1 : until)
  }

  private static func runs(_ open: [Bool], _ inner: Range<Int>, _ base: Int64) -> [Opening] {
    var runs: [Opening] = []
    var start: Int?
    for minute in inner {
      if open[minute] { start = start ?? minute }
      if let from = start, !open[minute] || minute + 1 == inner.upperBound {
        let end = open[minute] ? minute + 1 : minute
        runs.append(
          Opening(
            start: Instant(seconds: base + Int64(from) * 60),
            end: Instant(seconds: base + Int64(end) * 60)))
        start = nil
      }
    }
    return runs
  }

  @Test("01:00-05:00 lasts three hours when the clock is put on, five when it is put back")
  func lengths() throws {
    let berlin = try openings("Europe/Berlin", "daily 01:00-05:00")
    #expect(try berlin.opening(at: at("2027-03-28T02:00:00Z"))?.length == .hours(3))
    #expect(try berlin.opening(at: at("2027-10-31T02:00:00Z"))?.length == .hours(5))
    let howe = try openings("Australia/Lord_Howe", "daily 01:00-05:00")
    #expect(try howe.opening(at: at("2027-10-02T16:00:00Z"))?.length == .hours(3.5))
    #expect(try howe.opening(at: at("2027-04-03T16:00:00Z"))?.length == .hours(4.5))
  }

  @Test("a window that begins in the missing hour begins when it is over")
  func missingStart() throws {
    let berlin = try openings("Europe/Berlin", "daily 02:30-04:00")
    let opening = try berlin.next(after: at("2027-03-27T12:00:00Z"))
    #expect(
      try opening == Opening(start: at("2027-03-28T01:00:00Z"), end: at("2027-03-28T02:00:00Z")))
  }

  @Test("a window that lies in the missing hour does not come that day")
  func missingWhole() throws {
    let berlin = try openings("Europe/Berlin", "daily 02:10-02:50")
    let opening = try berlin.next(after: at("2027-03-27T12:00:00Z"))
    #expect(try opening?.start == at("2027-03-29T00:10:00Z"))
  }

  @Test("a window that begins in the doubled hour begins the first time, and ends the last time")
  func doubledEnds() throws {
    let berlin = try openings("Europe/Berlin", "Sun 02:30-03:30; Mon 01:00-02:00")
    #expect(
      try berlin.next(after: at("2027-10-30T12:00:00Z"))
        == Opening(start: at("2027-10-31T00:30:00Z"), end: at("2027-10-31T02:30:00Z")))
    let early = try openings("Europe/Berlin", "Sun 01:00-02:30")
    #expect(try early.opening(at: at("2027-10-31T00:00:00Z"))?.length == .hours(2.5))
  }

  @Test("windows of adjacent days are one opening, and the whole week is always open")
  func merged() throws {
    let night = try openings("Etc/UTC", "Fri 22:00-24:00; Sat 00:00-24:00; Sun 00:00-06:00")
    #expect(
      try night.opening(at: at("2026-11-28T12:00:00Z"))
        == Opening(start: at("2026-11-27T22:00:00Z"), end: at("2026-11-29T06:00:00Z")))
    let whole = try openings(
      "Europe/Berlin", "daily 12:00-12:30; daily 12:30-24:00; daily 00:00-12:00")
    #expect(whole.isAlways)
    #expect(try whole.end(at: at("2026-11-28T12:00:00Z")) == .distantFuture)
  }

  @Test("a blackout closes its local day from midnight to midnight, and cuts what runs into it")
  func blackouts() throws {
    let berlin = try openings(
      "Europe/Berlin", "daily 22:00-05:00", "2026-12-24 Christmas Eve; 12-31..01-01")
    let eve = try berlin.openings(in: at("2026-12-23T12:00:00Z")..<at("2026-12-25T12:00:00Z"))
    #expect(
      try eve == [
        Opening(start: at("2026-12-23T21:00:00Z"), end: at("2026-12-23T23:00:00Z")),
        Opening(start: at("2026-12-24T23:00:00Z"), end: at("2026-12-25T04:00:00Z")),
      ])
    for year in [2026, 2030, 2099] {
      let found = try berlin.next(after: at("\(year)-12-30T22:30:00Z"))
      #expect(try found?.start == at("\(year + 1)-01-01T23:00:00Z"), "\(year)")
    }
  }

  @Test("windows that only the missing hour parts are one opening, however long before it began")
  func chain() throws {
    // Troll puts its clocks on by two hours, from 01:00 to 03:00.
    let troll = try openings(
      "Antarctica/Troll", "Mon-Sat 00:00-24:00; Sun 00:00-01:20; Sun 01:40-24:00")
    #expect(
      try troll.opening(at: at("2027-03-31T12:00:00Z"))
        == Opening(start: at("2027-03-21T01:40:00Z"), end: at("2027-04-03T23:20:00Z")))
  }

  @Test("a blackout of a day that the zone left out closes nothing")
  func skippedDay() throws {
    // Samoa went from the 29th to the 31st of December 2011.
    let apia = try openings("Pacific/Apia", "any", "2011-12-30")
    #expect(
      try apia.opening(at: at("2011-12-30T12:00:00Z"))
        == Opening(start: .distantPast, end: .distantFuture))
  }

  @Test("what is closed for ever has no next opening, and that is found out at once")
  func never() throws {
    #expect(Openings.never.next(after: Instant(seconds: 0)) == nil)
    #expect(Openings.never.openings(in: Instant(seconds: 0)..<Instant(seconds: 1)) == [])
    #expect(Openings.always.isOpen(at: Instant(seconds: 0)))
    let closed = try openings("Etc/UTC", "daily 01:00-02:00", "01-01..12-31")
    let now = try at("2026-12-24T01:00:00Z")
    // Blackouts of every year reach until 2119.
    #expect(try closed.next(after: now)?.start == at("2120-01-01T01:00:00Z"))
  }
}

import Foundation
import Testing

@testable import Fleet

@Suite("Windows and blackouts as text")
struct WindowTests {
  @Test(
    "a window is written as it is read",
    arguments: [
      ("Mon-Fri 22:00-05:00", "Mon-Fri 22:00-05:00"), ("daily 01:00-05:00", "daily 01:00-05:00"),
      ("1:00-5:00", "daily 01:00-05:00"), ("sat,SUN 00:00-24:00", "Sat,Sun 00:00-24:00"),
      ("Fri-Mon 22:00-06:00", "Mon,Fri-Sun 22:00-06:00"), ("monday 00:00-00:30", "Mon 00:00-00:30"),
      ("Mon-Sun 23:59-00:00", "daily 23:59-24:00"),
    ])
  func window(text: String, label: String) throws {
    let window = try Window(label: text)
    #expect(window.label == label)
    #expect(try Window(label: label) == window)
  }

  @Test(
    "what is no window says why",
    arguments: [
      ("Mon 22-05", "time of day"), ("Mon-Fri", "time of day"),
      ("Mun 01:00-02:00", "day of the week"),
      ("Mon 01:00-01:00", "ends when it begins"), ("Mon 25:00-26:00", "time of day"),
      ("Mon 24:00-01:00", "between 00:00 and 24:00"), ("Mon 24:01-01:00", "time of day"),
      ("Mon 1:60-2:00", "time of day"), ("Mon Tue 01:00-02:00", "no window"), ("", "no window"),
      ("Mon-Tue-Wed 01:00-02:00", "no range"), ("Mon, 01:00-02:00", "day of the week"),
    ])
  func refused(text: String, reason: String) {
    #expect { try Window(label: text) } throws: { error in
      (error as? WindowFlaw)?.reason.contains(reason) == true
    }
  }

  @Test("windows are joined by semicolons, and any time is said so")
  func windows() throws {
    #expect(try Windows(label: "any") == .anyTime)
    let two = try Windows(label: "Mon-Fri 22:00-05:00; Sat,Sun 00:00-24:00;")
    #expect(two.label == "Mon-Fri 22:00-05:00; Sat,Sun 00:00-24:00")
    let stored = try JSONEncoder().encode(two)
    #expect(try JSONDecoder().decode(Windows.self, from: stored) == two)
    #expect(throws: WindowFlaw.self) { try Windows(label: " ; ") }
    #expect(throws: WindowFlaw.self) {
      try Windows(label: String(repeating: "daily 01:00-02:00;", count: 65))
    }
  }

  @Test(
    "a blackout is written as it is read",
    arguments: [
      "2026-12-24", "2026-12-24..2027-01-02 Christmas peak", "12-25 Christmas", "12-24..01-01",
      "02-29",
    ])
  func blackout(label: String) throws {
    let blackout = try Blackout(label: label)
    #expect(blackout.label == label)
    let stored = try JSONEncoder().encode(blackout)
    #expect(try JSONDecoder().decode(Blackout.self, from: stored) == blackout)
  }

  @Test(
    "what is no blackout says why",
    arguments: [
      ("2026-02-29", "no day"), ("2026-12-24..12-26", "one side only"),
      ("2026-12-24..2026-12-23", "ends before"), ("13-01", "no day"), ("", "has a day"),
      ("2026-12-24-2026-12-26", "no day"), ("1999-01-01", "2000 to 2119"),
    ])
  func refusedBlackout(text: String, reason: String) {
    #expect { try Blackout(label: text) } throws: { error in
      (error as? WindowFlaw)?.reason.contains(reason) == true
    }
  }

  @Test("the 29th of February comes every fourth year, and closes no other day")
  func leapDay() throws {
    let days = try Blackout(label: "02-29").days
    #expect(days.allSatisfy { $0.count == 1 })
    #expect(days.count == 29)  // 2000 to 2119 without 2100.
    #expect(days.contains { $0.lowerBound == CivilDay(iso: "2028-02-29")?.number })
  }

  @Test(
    "a share is rounded down, and never to nobody",
    arguments: [
      ("25 %", 10, 2), ("25 %", 3, 1), ("25%", 1, 1), ("100 %", 7, 7), ("33.33 %", 300, 99),
      ("10 %", 30, 3), ("0", 30, 0), ("4", 2, 4),
    ])
  func budget(text: String, total: Int, places: Int) throws {
    let budget = try #require(Budget(label: text))
    #expect(budget.places(of: total) == places)
    #expect(Budget(label: budget.label) == budget)
  }

  @Test("what is no budget is none", arguments: ["", "-1", "0 %", "101 %", "x", "1.5", "nan %"])
  func noBudget(text: String) { #expect(Budget(label: text) == nil) }
}

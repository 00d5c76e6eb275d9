import Fleet
import Stock
import Testing

@testable import Simulator

/// Where each habit must end, written by hand from what is known of chargers and not from what the
/// engine does; and what its story, or the reason of its end, has to say.
private let oracle: [(habit: String, ends: String, how: String)] = [
  ("good", "migrated", ""),
  ("slow", "migrated", ""),
  ("busy", "migrated", ""),
  ("too-small", "held", "too small"),
  ("silent", "migrated", "firmware proved"),
  ("double-status", "migrated", ""),
  ("shuffled-status", "migrated", ""),
  ("no-request-id", "migrated", ""),
  ("liar-installed", "quarantined", "boots the old image"),
  ("no-installed", "migrated", ""),
  ("download-retry", "migrated", "download, by its own word"),
  ("stalling-download", "failed", "download stalled"),
  ("failing-install", "quarantined", "install failed"),
  ("boot-loop", "quarantined", "boots again and again"),
  ("bricked", "quarantined", "no boot after install"),
  ("self-updating", "skipped", "planned from"),
  ("power-up", "migrated", ""),
  ("liar-2.0.1", "rolled-back", "new version not proved"),
  ("prober", "migrated", ""),
  ("eager-2.0.1", "migrated", "came up in 2.0.1"),
  ("unreleased-only", "held", "claimed only"),
  ("empty-offer", "migrated", ""),
  ("away", "migrated", ""),
  ("gone", "skipped", "offline for"),
  ("half-open", "migrated", ""),
  ("impatient", "migrated", ""),
  ("bootless", "migrated", ""),
  ("repeats-boot", "migrated", ""),
  ("touchy-boot", "migrated", ""),
  ("reused-ids", "migrated", ""),
  ("slow-answers", "migrated", ""),
  ("deaf", "migrated", "answers nothing"),
  ("short-errors", "migrated", "is not known"),
  ("no-configuration", "migrated", "kept 0 keys"),
  ("empty-configuration", "migrated", "kept 0 keys"),
  ("reboot-required", "migrated", "in effect after the reset"),
  ("no-trigger", "migrated", ""),
  ("forgetful", "migrated", "keys that the new image had lost"),
  ("offline-queue", "migrated", ""),
  ("late-session", "migrated", ""),
  ("double-stop", "migrated", ""),
  ("late-status", "migrated", ""),
  ("whole-station-status", "migrated", ""),
  ("no-zone", "migrated", ""),
  ("1970", "migrated", ""),
]

@Suite("The fleet of habits")
struct FleetOfHabitsTests {
  private struct Row {
    var habit: String
    var cells: [String: String]
  }

  private func rows() throws -> [Row] {
    let csv = CSV.rows(try #require(Stock.file("Inventory/fleets/habits.csv")).text).rows
    let titles = try #require(csv.first).fields
    return csv.dropFirst().map {
      let cells = Dictionary(zip(titles, $0.fields)) { first, _ in first }
      return Row(habit: cells["habit"] ?? "", cells: cells)
    }
  }

  @Test("the oracle knows every habit, and no other")
  func complete() {
    #expect(Set(oracle.map(\.habit)) == Set(Habit.allCases.map(\.rawValue) + [Habit.good]))
    #expect(Set(oracle.map(\.habit)).count == oracle.count)
  }

  @Test("the fleet has a charger of each habit, and expects what the oracle says")
  func expectations() throws {
    let rows = try rows()
    for line in oracle {
      let chargers = rows.filter { $0.habit == line.habit }
      #expect(!chargers.isEmpty, "\(line.habit)")
      for charger in chargers {
        #expect(charger.cells["expect"] == line.ends, "\(line.habit)")
        #expect(charger.cells["how"] == line.how, "\(line.habit)")
      }
    }
  }

  @Test("beside each of them stands a good one of the same model at the same site")
  func company() throws {
    let rows = try rows()
    for row in rows where row.habit != Habit.good {
      let isAccompanied = rows.contains {
        $0.habit == Habit.good && $0.cells["site"] == row.cells["site"]
          && $0.cells["model"] == row.cells["model"]
      }
      #expect(isAccompanied, "\(row.habit)")
    }
  }

  @Test("some chargers have several habits, and end as the worst of them")
  func mixtures() throws {
    let mixed = try rows().filter { $0.habit.contains("+") }
    #expect(mixed.count >= 5)
    for row in mixed {
      let ends = try Habit.set(row.habit).compactMap { habit in
        oracle.first { $0.habit == habit.rawValue }?.ends
      }
      let worst = ends.first { $0 != "migrated" } ?? "migrated"
      #expect(row.cells["expect"] == worst, "\(row.habit)")
    }
  }

  @Test("a simulator takes every row")
  func simulated() throws {
    let csv = try #require(Stock.file("Inventory/fleets/habits.csv")).text
    let read = StationProfile.parse(csv: csv)
    #expect(read.refused.isEmpty)
    #expect(try read.profiles.count == rows().count)
  }
}

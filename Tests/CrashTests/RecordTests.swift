import Foundation
import Testing

@testable import FleetStore
@testable import swell

/// The record of a real campaign before the checker, as it is and as it must not be.
extension CrashTests {
  @Test("what a campaign leaves on record keeps to the rules; what was changed in it does not")
  func record() throws {
    let scene = try CrashScene("record", port: try FreePort.pick(), fleet: try Self.six())
    defer { scene.end() }
    for site in ["Site 0", "Site 1"] {
      try scene.command(["sites", "set", site, "--windows", Self.window])
    }
    try scene.begin()
    try scene.awaitEnd()
    let checker = try CampaignProof(path: scene.database).checker
    #expect(checker.breaches == [])
    let orders = try InventoryRecords(path: scene.database).attempts().count { $0.isDisruptive }
    #expect(checker.checks[8] == orders && orders >= 12)
    #expect(checker.checks[9] >= 6)
    #expect(checker.checks[10] >= 2)
    for change in Self.changes { try hold(change, against: scene) }
  }

  /// Six chargers at two sites in UTC.
  private static func six() throws -> CrashFleet {
    var fleet = try CrashFleet.forty()
    let lines = fleet.csv.split(separator: "\n").prefix(7)
    fleet.csv = lines.joined(separator: "\n").replacing("Europe/Berlin", with: "Etc/UTC") + "\n"
    fleet.expected = fleet.expected.filter { fleet.csv.contains("\($0.key),") }
    fleet.plannable = 6
    return fleet
  }

  /// Open since an hour ago, for three more.
  private static var window: String {
    let minute = Int(Date().timeIntervalSince1970 / 60) % 1440
    func clock(_ minutes: Int) -> String {
      let minutes = (minutes + 1440) % 1440
      return String(format: "%02d:%02d", minutes / 60, minutes % 60)
    }
    return "daily \(clock(minute - 60))-\(clock(minute + 180))"
  }

  private struct Change {
    var what: String
    /// The only invariant that is broken then; nil: none is.
    var breaks: Int?
    var sql: [String]
  }

  /// Other text in the entries of an action; `text` is SQL over what `entry` was.
  private static func rewritten(
    _ action: String, _ text: (_ entry: String) -> String, where condition: String = "TRUE"
  ) -> String {
    """
    UPDATE ledger SET body = CAST(\(text("CAST(body AS TEXT)")) AS BLOB)
      WHERE kind = 16 AND action = '\(action)' AND \(condition)
    """
  }

  /// Everything behind the first tab of an entry's text, in its stead.
  private static func tail(of action: String, _ tail: String) -> String {
    rewritten(action, { "substr(\($0), 1, instr(\($0), char(9)) - 1) || \(tail)" })
  }

  private static func later(_ action: String, _ subject: String) -> String {
    """
    INSERT INTO audit (at, who, action, subject, reason, outcome)
      SELECT max(at) + 1, 'ann', '\(action)', '\(subject)', '', 'done' FROM ledger
    """
  }

  private static let changes = [
    Change(
      what: "orders six hours later, when the windows are shut", breaks: 8,
      sql: ["UPDATE ledger SET at = at + 21600000 WHERE kind = 16 AND action = 'intent'"]),
    Change(
      what: "an engine that knows of no window, and orders that end next day", breaks: 8,
      sql: [
        tail(of: "intent", "char(9) || 'any' || char(9) || (at + 86400000)")
      ]),
    Change(
      what: "orders from before their ends were recorded", breaks: nil,
      sql: [tail(of: "intent", "''")]),
    Change(
      what: "sites that were changed since, and orders of then", breaks: nil,
      sql: [later("set site", "Site 0")]),
    Change(
      what: "sites that were changed since, and orders that the engine says it wrote outside",
      breaks: 8,
      sql: [
        later("set site", "Site 0"),
        tail(of: "intent", "char(9) || 'shut' || char(9) || (at + 1000)"),
      ]),
    Change(
      what: "chargers that ran what the image does not install on", breaks: 9,
      sql: [
        """
        UPDATE ledger SET body = CAST(replace(CAST(body AS TEXT), '"2.3.', '"1.9.') AS BLOB)
          WHERE kind = 1
        """
      ]),
    Change(
      what: "an image that was changed since", breaks: nil,
      sql: [
        "UPDATE firmware SET document = json_set(document, '$.from', json('[\"9.*\"]'))",
        later("change firmware", "AC22 2.4.0"),
      ]),
    Change(
      what: "an image that nobody says was changed", breaks: 9,
      sql: ["UPDATE firmware SET document = json_set(document, '$.from', json('[\"9.*\"]'))"]),
    Change(
      what: "another plan that runs", breaks: 10,
      sql: [
        rewritten(
          "campaign",
          { _ in
            "'1 running 0123456789 ' || (SELECT document ->> '$.author' || char(9) "
              + "|| (document ->> '$.approver') FROM campaigns) || char(9) || '0'"
          }, where: "CAST(body AS TEXT) LIKE '1 running %'")
      ]),
    Change(
      what: "another plan in the rows", breaks: 10,
      sql: ["UPDATE campaigns SET document = json_set(document, '$.planHash', '0123456789')"]),
    Change(
      what: "four eyes that were asked for, and two", breaks: 10,
      sql: [rewritten("campaign", { "substr(\($0), 1, length(\($0)) - 1) || '1'" })]),
    Change(
      what: "four eyes that the audit alone knows of", breaks: 10,
      sql: [
        rewritten("campaign", { "substr(\($0), 1, length(\($0)) - 2)" }),
        """
        INSERT INTO audit (id, at, who, action, subject, reason, outcome)
          VALUES (-1, 0, 'ann', 'four eyes on', 'roles', '', 'done')
        """,
      ]),
  ]

  private func hold(_ change: Change, against scene: CrashScene) throws {
    let copy = scene.directory + "/changed.db"
    for end in ["", "-wal", "-shm"] {
      try? FileManager.default.removeItem(atPath: copy + end)
      guard FileManager.default.fileExists(atPath: scene.database + end), end != "-shm" else {
        continue
      }
      try FileManager.default.copyItem(atPath: scene.database + end, toPath: copy + end)
    }
    do {
      let connection = try Connection(path: copy, mode: .writer)
      for sql in ["DROP TRIGGER ledger_unchanged"] + change.sql { try connection.run(sql) }
    }
    let breaches = try CampaignProof(path: copy).checker.breaches
    let first = breaches.first?.sentence ?? "nothing broken"
    #expect(
      Set(breaches.map(\.invariant)) == Set([change.breaks].compactMap { $0 }),
      "\(change.what): \(first)")
  }
}

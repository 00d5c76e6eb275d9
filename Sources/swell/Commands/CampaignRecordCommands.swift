import Control
import Fleet
import FleetStore
import Rollout

/// What became of a campaign, charger by charger, and whether it kept to the rules.
enum CampaignRecordCommands {
  static let all = ["campaign", "campaigns"].flatMap { word in
    [
      CommandInfo(
        "\(word) report", "NAME", "how each charger of a campaign ended, when and why",
        [Workplace.option, Out.option], run: report),
      CommandInfo(
        "\(word) check", "", "holds the record of all campaigns against the rules of a rollout",
        [Workplace.option, Out.option], run: check),
    ]
  }

  // MARK: Report

  struct Row: Encodable {
    var charger: String
    var end: String
    var at: String
    var why: String
  }

  private static func report(_ arguments: inout Arguments) throws {
    let name = try arguments.word(0, "a campaign")
    try arguments.noMoreWords(than: 1)
    _ = try Workplace(arguments).reader()
    let records = try InventoryRecords(path: Workplace.path(arguments))
    guard let campaign = try records.campaigns().first(where: { $0.name == name }) else {
      throw ControlError.unknownCampaign(name)
    }
    let rows = try records.ends(of: campaign).map { row in
      Row(
        charger: row.charger, end: end(row),
        at: Out.time(Instant(milliseconds: row.at)), why: why(row))
    }
    try Listing.show(rows, arguments, ["CHARGER", "END", "AT", "WHY"]) {
      [$0.charger, $0.end, $0.at, $0.why]
    }
  }

  private static func end(_ row: InventoryRecords.EndRow) -> String {
    guard let phase = row.phase else { return "not taken" }
    return Upgrade.Phase(rawValue: phase)?.label ?? phase
  }

  private static func why(_ row: InventoryRecords.EndRow) -> String {
    if let failure = row.failure {
      return row.detail.map { "\(failure): \($0)" } ?? failure
    }
    if let reason = row.reason { return reason }
    // The first word of a sentence of the story is its heading.
    if let told = row.told {
      return String(told.drop { $0 != " " }.drop { $0 == " " })
    }
    if let deferral = row.deferral { return "waits: \(deferral)" }
    return row.phase == Upgrade.Phase.planned.rawValue ? "not begun" : "under way"
  }

  // MARK: Check

  struct Checked: Encodable {
    var invariant: Int
    var says: String
    var heldAgainst: Int
    var broken: Int
  }

  static let invariants = [
    "no disruptive command while a car charges or a connector is unknown",
    "no more of a site out at once than its budget",
    "no more at risk than the evidence allows",
    "written before it is sent, and sent once",
    "ends stay ends",
    "counters are what the rows say",
    "places survive restarts and end",
    "nothing runs beyond its window",
    "no hop outside the version graph",
    "approved, and by somebody else where that is asked for",
    "no firmware for chargers that were marked",
  ]

  private static func check(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 0)
    _ = try Workplace(arguments).reader()
    let checker = try CampaignProof(path: Workplace.path(arguments)).checker
    let rows = invariants.enumerated().map { index, says in
      Checked(
        invariant: index + 1, says: says, heldAgainst: checker.checks[index + 1],
        broken: checker.breaches.count { $0.invariant == index + 1 })
    }
    try Listing.show(
      rows, arguments, ["INVARIANT", "SAYS", "HELD AGAINST", "BROKEN"], right: [0, 2, 3]
    ) { [String($0.invariant), $0.says, String($0.heldAgainst), String($0.broken)] }
    for breach in checker.breaches.prefix(20) {
      Out.talk("\(breach.invariant): \(breach.sentence)")
    }
    if !checker.breaches.isEmpty {
      throw Failure("\(checker.breaches.count) breaches: the record does not keep to the rules.")
    }
  }
}

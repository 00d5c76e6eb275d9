import Control
import Fleet
import Rollout

/// `swell campaigns diff`: a campaign beside what it would be, made anew.
enum CampaignDiff {
  static let info = CommandInfo(
    "campaigns diff", "NAME [--with PLAYBOOK] [--filter TERMS]",
    "a campaign beside the plan that would be made now; stores nothing",
    [
      Workplace.option, OptionInfo("with", "NAME|FILE", "the playbook; in-place when left out"),
      FilterText.option,
      Out.tableOrJSON,
    ], run: diff)

  /// What differs.
  struct Difference: Encodable {
    var before: String
    var after: String
    /// Chargers of only one of the two, and those in another wave, with both waves.
    var added: [String] = []
    var removed: [String] = []
    var moved: [String] = []
    var waves: [String] = []
    var warnings: [String] = []
  }

  private static func diff(_ arguments: inout Arguments) throws {
    let name = try arguments.word(0, "a campaign")
    try arguments.noMoreWords(than: 1)
    let place = try Workplace(arguments)
    guard case .campaign(let found) = try place.ask(.campaign(name)), let found,
      case .upgrades(let rows) = try place.ask(.upgrades(campaign: name))
    else { throw ControlError.unknownCampaign(name) }
    var request = PlanRequest(
      name: name, playbook: try StockContent.playbook(arguments["with"] ?? "in-place"),
      selection: arguments.has("filter")
        ? try FilterText.checked(arguments["filter"], place) : found.selection, dryRun: true)
    request.lists = true
    // Its own chargers are taken by it, as long as it is not over.
    request.besides = name
    let plan = try place.perform(.plan(request)).plan
    let difference = difference(found, rows, plan)
    if Out.wantsJSON(arguments) { return try Out.json(difference) }
    Out.line(
      "plan \(difference.before.prefix(12)) is stored, \(difference.after.prefix(12)) would be made"
    )
    if difference.before == difference.after { return Out.line("Nothing differs.") }
    for line in difference.waves { Out.line(line) }
    list("added", difference.added)
    list("left out", difference.removed)
    list("in another wave", difference.moved)
    for warning in difference.warnings { Out.line("note: \(warning)") }
    Out.line(
      "A stored plan does not change: make the other under a name of its own, and approve that.")
  }

  private static func list(_ what: String, _ names: [String]) {
    guard !names.isEmpty else { return }
    let more = names.count > 20 ? ", and \(names.count - 20) more" : ""
    Out.line("\(names.count) \(what): \(names.prefix(20).joined(separator: ", "))\(more)")
  }

  static func difference(
    _ before: CampaignDetail, _ rows: [UpgradeRow], _ after: PlanView?
  ) -> Difference {
    var result = Difference(before: before.summary.planHash, after: after?.planHash ?? "")
    let old = Dictionary(rows.map { ($0.identity, $0.wave) }, uniquingKeysWith: { a, _ in a })
    let new = Dictionary(
      (after?.places ?? []).map { ($0.charger, $0.wave) }, uniquingKeysWith: { a, _ in a })
    result.added = new.keys.filter { old[$0] == nil }.sorted()
    result.removed = old.keys.filter { new[$0] == nil }.sorted()
    result.moved = new.keys.sorted().compactMap { charger in
      guard let was = old[charger], let now = new[charger], was != now else { return nil }
      return "\(charger) \(was)>\(now)"
    }
    var sizes: [Int: Int] = [:]
    for wave in new.values { sizes[wave, default: 0] += 1 }
    let sizesBefore = Dictionary(
      before.summary.waves.map { ($0.number, $0.size) }, uniquingKeysWith: { a, _ in a })
    for number in Set(sizes.keys).union(sizesBefore.keys).sorted()
    where sizes[number] != sizesBefore[number] {
      result.waves.append(
        "wave \(number): \(sizesBefore[number] ?? 0) before, \(sizes[number] ?? 0) after")
    }
    result.warnings = after?.warnings ?? []
    return result
  }
}

import Fleet
import Rollout

/// Figures for whoever checks a rollout and believes no prose: where upgrades are, how full a site
/// was when a place was given, what was ordered and what came of it. In the transaction of what they
/// tell; `swell campaigns check` reads them.
extension Core {
  /// Where an upgrade is, when that has changed.
  func record(_ upgrade: Upgrade, since before: Upgrade, now: Instant) throws {
    guard
      upgrade.phase != before.phase || upgrade.holdsLease != before.holdsLease
        || upgrade.countsForGate != before.countsForGate
        || upgrade.failure?.reason != before.failure?.reason
    else { return }
    try note(
      upgrade.charger, .turn, "turn",
      "\(upgrade.id.rawValue) \(upgrade.phase.rawValue) \(upgrade.holdsLease ? 1 : 0) "
        + "\(upgrade.countsForGate ? 1 : 0) \(upgrade.revision) "
        + (upgrade.failure?.reason.rawValue ?? "-"),
      at: now)
  }

  /// A place is about to be given: how many of its site are out without it. Counted anew, not as
  /// whoever gives it has counted.
  func recordPlace(of id: ChargerID, now: Instant) throws {
    guard let upgrade = fleet.upgrade(of: id), let campaign = fleet.campaigns[upgrade.campaign]
    else { return }
    var (down, leased) = (0, 0)
    let neighbours = upgrade.site.flatMap { members[$0] } ?? []
    for other in neighbours where other != id {
      if live[other]?.connection == nil {
        down += 1
      } else if fleet.upgrade(of: other)?.holdsLease == true {
        leased += 1
      }
    }
    let budget = campaign.playbook.budget(of: upgrade.site.flatMap { sites[$0] })
      .places(of: max(1, neighbours.count))
    try note(id, .turn, "place", "\(upgrade.id.rawValue) \(down) \(leased) \(budget)", at: now)
  }

  /// With when the window of its place closes (`any` where none binds, `shut` where it has) and when
  /// 95 of 100 such orders are over (`-` where no window binds them).
  func recordIntent(
    _ attempt: Attempt, of upgrade: Upgrade, _ campaign: Campaign, now: Instant
  ) throws {
    guard attempt.order.isDisruptive else { return }
    var firmware = "-"
    if case .updateFirmware(let id, _, _) = attempt.order { firmware = String(id.rawValue) }
    let window = calendar.window(of: upgrade.site.flatMap { sites[$0] }, campaign, at: now)
    let closes = window.map { $0.closesAt.map { String($0.milliseconds) } ?? "shut" } ?? "any"
    var ends = "-"
    if campaign.strata.indices.contains(upgrade.stratum) {
      let expected = calendar.durations(
        campaign.strata[upgrade.stratum].stratum, campaign.playbook.limits, seen: durations)
      if let takes = expected.span(of: attempt, campaign.playbook) {
        ends = String((now + takes).milliseconds)
      }
    }
    try note(
      upgrade.charger, .turn, "intent",
      "\(attempt.upgrade.rawValue) \(attempt.messageID) \(attempt.number) \(firmware) \(attempt.step)"
        + "\t\(closes)\t\(ends)",
      at: now)
  }

  func recordOutcome(_ attempt: Attempt, of charger: ChargerID, now: Instant) throws {
    try note(
      charger, .turn, "outcome",
      "\(attempt.messageID) \(attempt.state.rawValue) \(attempt.evidence)", at: now)
  }

  /// With whether author and approver must be two people, by what holds at this moment.
  func record(_ campaign: Campaign, now: Instant) throws {
    let isFourEyes = try campaign.playbook.gate.fourEyes || store.rolePolicy().fourEyes
    try note(
      nil, .turn, "campaign",
      "\(campaign.id.rawValue) \(campaign.status.rawValue) \(campaign.planHash) "
        + "\(campaign.author)\t\(campaign.approver ?? "")\t\(isFourEyes ? 1 : 0)", at: now)
  }
}

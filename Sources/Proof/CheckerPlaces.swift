/// Places at sites and room at risk: invariants 2, 3 and 7.
extension Checker {
  mutating func judgeLease(
    _ id: Int64, _ out: Int, _ budget: Int?, _ atRisk: Int, _ allowance: Int?, _ at: Int64
  ) {
    guard let upgrade = upgrades[id] else { return breach(2, at, "a place for no upgrade") }
    upgrades[id]?.isGranted = true
    let policy = policies[upgrade.row.campaign]
    if let site = chargers[upgrade.row.charger]?.site {
      check(2)
      let limit = budget ?? budgets[site] ?? policy?.siteBudget
      let counted = knowsConnections ? outOfService(at: site, besides: upgrade.row.charger) : out
      if let limit, counted + 1 > limit {
        breach(2, at, "upgrade \(id) got a place: \(counted) of \(limit) were out at its site")
      }
      let held = leased(at: site, besides: upgrade.row.charger)
      if held > out {
        breach(2, at, "upgrade \(id): \(out) counted as out at its site, \(held) hold a place")
      }
    }
    // One that waits for its second outage holds its room already.
    guard upgrade.phase == "planned", let policy else { return }
    check(3)
    let seen = evidence(of: upgrade.row)
    let room = RiskBound.allowance(
      harm: policy.acceptedHarm, done: seen.done, failed: seen.failed,
      confidence: policy.confidence)
    if seen.atRisk + 1 > room {
      breach(
        3, at,
        "upgrade \(id) began: \(seen.atRisk) at risk, \(room) allowed after \(seen.failed) of "
          + "\(seen.done) failed")
    }
  }

  /// Chargers of a site that are gone or hold a place.
  private func outOfService(at site: Int64, besides charger: Int64) -> Int {
    (atSite[site] ?? []).count {
      $0 != charger && (chargers[$0]?.isGone == true || holdsPlace($0))
    }
  }

  private func leased(at site: Int64, besides charger: Int64) -> Int {
    (atSite[site] ?? []).count { $0 != charger && holdsPlace($0) }
  }

  private func holdsPlace(_ charger: Int64) -> Bool {
    (ofCharger[charger] ?? []).contains { upgrades[$0]?.holdsLease == true }
  }

  private func evidence(of row: Entry.Row) -> (done: Int, failed: Int, atRisk: Int) {
    var (done, failed, atRisk) = (0, 0, 0)
    let key = StratumKey(campaign: row.campaign, stratum: row.stratum)
    for id in strata[key] ?? [] {
      guard let upgrade = upgrades[id] else { continue }
      let isInnocent = upgrade.failure.map(Phases.innocent.contains) ?? false
      switch upgrade.phase {
      case "planned": break
      case "migrated": done += 1
      case "rollingBack":
        atRisk += 1
        // Without a failure the way back is what its campaign is for.
        if upgrade.failure != nil, !isInnocent {
          done += 1
          failed += 1
        }
      case "rolledBack" where upgrade.failure == nil: done += 1
      case "rolledBack", "quarantined", "failed":
        if upgrade.counts, !isInnocent {
          done += 1
          failed += 1
        }
      case let phase where Phases.ends.contains(phase): break
      default: atRisk += 1
      }
    }
    return (done, failed, atRisk)
  }

  mutating func judgePlace(_ before: UpgradeState, _ turn: Entry.Turn, _ at: Int64) {
    check(7)
    let name = "upgrade \(turn.upgrade)"
    if Phases.outages.contains(turn.phase), !turn.holdsLease {
      breach(7, at, "\(name) is \(turn.phase) without a place at its site")
    }
    if turn.holdsLease, !before.holdsLease, turn.phase != "rollingBack", !before.isGranted {
      breach(2, at, "\(name) took a place that nobody gave it")
    }
  }
}

import Fleet

/// A charger that readiness lets into a campaign.
package struct Candidate: Sendable, Equatable {
  package var charger: ChargerID
  package var identity: String
  package var site: SiteID?
  package var stratum: Stratum
  package var target: FirmwareID
  /// All images of its way in their order, `target` last; empty where that is the only one.
  package var hops: [FirmwareID]
  package init(
    charger: ChargerID, identity: String, site: SiteID?, stratum: Stratum, target: FirmwareID,
    hops: [FirmwareID] = []
  ) {
    self.hops = hops
    self.charger = charger
    self.identity = identity
    self.site = site
    self.stratum = stratum
    self.target = target
  }
}

/// Who moves in which wave, and what a person should know before approving it.
package struct Plan: Sendable, Equatable {
  /// A candidate's place.
  package struct Place: Sendable, Equatable {
    /// Index into `candidates`.
    package var candidate: Int
    package var wave: Int
    /// Index into `strata`.
    package var stratum: Int
  }
  package var playbook: Playbook
  /// By charger, each once; who is in which wave say `upgrades`.
  package var candidates: [Candidate]
  package var waves: [Wave]
  package var strata: [StratumProgress]
  /// In the order of waves, then strata, then the order in which they would begin.
  package var upgrades: [Place]
  package var warnings: [String]

  /// The plan as text that is equal exactly when the plan is: what an approval is bound to. The
  /// caller hashes it with SHA-256.
  package var canonicalText: String {
    var lines = ["swell plan 1", playbook.canonicalLine]
    for (index, progress) in strata.enumerated() {
      let s = progress.stratum
      let names = [s.vendor, s.model, s.hardware, s.fromFirmware, s.toFirmware]
      lines.append("stratum \(index) \(progress.target.rawValue) \(names.map(\.debugDescription))")
    }
    for place in upgrades {
      let c = candidates[place.candidate]
      let site = c.site.map { String($0.rawValue) } ?? "-"
      lines.append(
        "upgrade \(place.wave) \(place.stratum) \(c.charger.rawValue) \(site) \(c.target.rawValue)"
          + " \(c.identity.debugDescription)"
          + (c.hops.count > 1 ? " by \(c.hops.map(\.rawValue))" : ""))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Rows for a campaign made of this plan; the store gives them their ids.
  package func rows(campaign: CampaignID, at now: Instant) -> [Upgrade] {
    upgrades.map {
      let candidate = candidates[$0.candidate]
      var upgrade = Upgrade(
        id: .init(rawValue: 0), campaign: campaign, charger: candidate.charger,
        site: candidate.site, wave: $0.wave, stratum: $0.stratum, target: candidate.target,
        enteredAt: now)
      if candidate.hops.count > 1 { upgrade.hops = candidate.hops }
      return upgrade
    }
  }
}

extension Playbook {
  /// Every figure of the policy, in a fixed order.
  var canonicalLine: String {
    let l = limits
    let spans = [
      l.answer, l.drain, l.quiet, l.download, l.install, l.reboot, l.verify, soak.onFirmware,
      soak.onVersion, l.absence,
    ]
    let figures: [String] = [
      name.debugDescription, title.debugDescription, target.label, "\(waves.growth)",
      "\(waves.canaryAtLeast)", "\(waves.canaryFailures)", gate.canonicalText, "\(siteBudget)",
      "\(provesSession)",
      "\(l.attempts)", "\(l.boots)",
    ]
    return "playbook "
      + (figures + spans.map { String($0.milliseconds) } + windows.canonical + budgets.canonical
      + canonicalRoute + steps.map(\.canonical) + waves.canonical + canonicalRest)
      .joined(separator: " ")
  }

  private var canonicalRest: [String] {
    var rest = requires.map { "requires \($0.rawValue)" }
    if let deadline { rest.append("deadline \(deadline.milliseconds)") }
    return rest
  }
}

/// Lays candidates into waves.
package enum Planner {
  /// The same candidates in any order give the same plan. A charger named twice is planned once.
  package static func plan(
    candidates: [Candidate], sites: [Site], playbook: Playbook,
    uplink: (SiteID) -> String? = { _ in nil }
  ) -> Plan {
    let groups = CandidateGroups(candidates)
    var plan = Plan(
      playbook: playbook, candidates: groups.candidates, waves: [], strata: [], upgrades: [],
      warnings: [])
    let needed = Gate.needed(
      limit: playbook.gate.maxFailureRate, confidence: playbook.gate.confidence,
      failures: playbook.waves.canaryFailures)
    let uplinks = UplinkNumbers(groups.sites, uplink)
    var sizes: [Int] = []
    var shapes: [[Int]] = []
    var orders: [[Int32]] = []
    for group in groups.list {
      plan.strata.append(StratumProgress(stratum: group.stratum, target: group.target))
      let size = group.members.count
      let shape = playbook.waves.sizes(of: size, needed: needed, gate: playbook.gate)
      if let warning = warning(of: shape, of: size, group.stratum, playbook) {
        plan.warnings.append(warning)
      }
      for (wave, count) in shape.enumerated() {
        if sizes.count <= wave { sizes.append(0) }
        sizes[wave] += count
      }
      shapes.append(shape)
      orders.append(Spread.order(group.members, groups.sites, uplinks))
    }
    plan.waves = sizes.enumerated().map { Wave(number: $0.offset + 1, size: $0.element) }
    plan.upgrades.reserveCapacity(plan.candidates.count)
    var next = [Int](repeating: 0, count: orders.count)
    for wave in sizes.indices {
      for index in orders.indices where wave < shapes[index].count {
        for at in next[index]..<next[index] + shapes[index][wave] {
          plan.upgrades.append(
            .init(candidate: Int(orders[index][at]), wave: wave + 1, stratum: index))
        }
        next[index] += shapes[index][wave]
      }
    }
    plan.warnings += siteWarnings(plan.candidates, sites: sites, playbook: playbook)
    return plan
  }

  /// Why a person will be asked whatever happens; nil when the gate behind the first wave can pass.
  /// Nothing waits for a gate behind the last one.
  private static func warning(
    of shape: [Int], of size: Int, _ stratum: Stratum, _ playbook: Playbook
  ) -> String? {
    guard shape.count > 1, let canary = shape.first else { return nil }
    let needed = Gate.needed(playbook.gate, failures: 0, population: size)
    if let needed, needed <= canary { return nil }
    return "\(stratum.label) can't pass by itself: its first wave has \(Phrase.chargers(canary)), "
      + (needed.map { "\($0) of \(size) would be needed" } ?? "no number of \(size) would do")
      + "; a person will decide"
  }

  /// Chargers of the canary of a stratum of `size`.
  package static func canary(of size: Int, _ playbook: Playbook) -> Int {
    let needed = Gate.needed(
      limit: playbook.gate.maxFailureRate, confidence: playbook.gate.confidence,
      failures: playbook.waves.canaryFailures)
    return playbook.waves.sizes(of: size, needed: needed, gate: playbook.gate).first ?? 0
  }

  private static func siteWarnings(
    _ candidates: [Candidate], sites: [Site], playbook: Playbook
  ) -> [String] {
    guard
      playbook.budget(of: nil).allowsNobody
        || sites.contains(where: { playbook.budget(of: $0).allowsNobody })
    else { return [] }
    var counts: [SiteID: Int] = [:]
    var alone = 0
    for candidate in candidates {
      if let site = candidate.site { counts[site, default: 0] += 1 } else { alone += 1 }
    }
    var warnings: [String] = []
    let known = Dictionary(sites.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    for (id, count) in counts.sorted(by: { $0.key < $1.key }) {
      if playbook.budget(of: known[id]).allowsNobody {
        let name = known[id]?.name ?? "site \(id.rawValue)"
        warnings.append(
          "\(name): budget 0 allows nobody; \(Phrase.chargers(count)) will wait")
      }
    }
    if alone > 0, playbook.budget(of: nil).allowsNobody {
      warnings.append(
        "no site: the playbook's budget 0 allows nobody; \(Phrase.chargers(alone)) will wait")
    }
    return warnings
  }
}

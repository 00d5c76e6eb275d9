import Fleet
import OCPP
import Rollout
import Trust

/// The driver: feeds upgrades' machines and carries out what they want.
extension Core {
  /// Feeds an event to the charger's upgrade, behind the one in progress.
  func feed(_ charger: ChargerID, _ event: UpgradeEvent) {
    if fleet.hasUpgrade(of: charger) { followUps.append((charger, event)) }
  }

  func settleFollowUps(now: Instant) throws {
    var next = 0
    while next < followUps.count {
      let (charger, event) = followUps[next]
      next += 1
      try feedNow(charger, event, now: now)
    }
    followUps.removeAll(keepingCapacity: true)
  }

  func feedNow(_ id: ChargerID, _ event: UpgradeEvent, now: Instant) throws {
    guard var upgrade = fleet.upgrade(of: id), let campaign = fleet.campaigns[upgrade.campaign],
      let firmware = catalogue[upgrade.target]
    else { return }
    let hops = upgrade.hops.map { $0.compactMap { catalogue[$0] } } ?? []
    guard hops.count == upgrade.hops?.count ?? 0 else { return }
    let before = upgrade
    let charger = try liveCharger(id)
    var event = event
    if event == .leased, let why = try charger.charger.mark ?? shortage(charger, upgrade) {
      // Marked, or found too small, after it was planned: never sent firmware (invariant 11).
      event = .cancel(reason: why)
    }
    var view = charger.view
    view.isHeld = campaign.status == .held
    // What it said came before this start, whoever has connected meanwhile.
    if event == .restarted { view.online = false }
    if campaign.strata.indices.contains(upgrade.stratum) {
      view.plannedFrom = campaign.strata[upgrade.stratum].stratum.fromFirmware
    }
    addPlace(of: upgrade, campaign, to: &view, now)
    var playbook = campaign.playbook
    if campaign.strata.indices.contains(upgrade.stratum) {
      playbook.limits = learnt.limits(
        of: campaign.strata[upgrade.stratum].stratum, playbook.limits, durations)
    }
    if let patience = charger.quirks.patience {
      playbook.limits.answer = max(playbook.limits.answer, patience)
    }
    let commands = upgrade.reduce(
      event, view: view, playbook: playbook, firmware: firmware, hops: hops, at: now,
      ids: { Self.messageID() }, carry: { [keyMap] in keyMap.plan($0, among: $1) })
    upgrade.observe(since: before, at: now)
    if upgrade != before {
      try store(upgrade, replacing: before, now: now)
      if upgrade.phase != before.phase || upgrade.holdsLease != before.holdsLease {
        dispatchSoon(now)
      }
    }
    for command in commands { try carryOut(command, charger, upgrade, campaign, now) }
  }

  /// Why its memory does not suffice, as far as its firmware is still to come.
  private func shortage(_ charger: LiveCharger, _ upgrade: Upgrade) throws -> String? {
    guard upgrade.phase == .planned,
      fleet.campaigns[upgrade.campaign]?.playbook.route.installs == true
    else { return nil }
    let readiness = try store.readiness(of: charger.charger)
    return readiness.verdict == .tooSmall ? readiness.reason : nil
  }

  func store(
    _ upgrade: Upgrade, replacing before: Upgrade, now: Instant = SystemClock.now
  ) throws {
    var upgrade = upgrade
    upgrade.revision = before.revision + 1
    try store.save(upgrade)
    try record(upgrade, since: before, now: now)
    fleet.put(upgrade)
    if upgrade.observed != before.observed, let campaign = fleet.campaigns[upgrade.campaign],
      campaign.strata.indices.contains(upgrade.stratum)
    {
      durations.add(upgrade, before: before, stratum: campaign.strata[upgrade.stratum].stratum)
    }
    hasNews = true
  }

  /// 128 random bits, as OCPP advises ids to be unique over all connections of an identity.
  private static func messageID() -> String { Hex.encode(Random.bytes(16)) }

  private func carryOut(
    _ command: UpgradeCommand, _ charger: LiveCharger, _ upgrade: Upgrade, _ campaign: Campaign,
    _ now: Instant
  ) throws {
    let id = charger.charger.id
    switch command {
    case .send(let attempt):
      try store.add(attempt)
      try recordIntent(attempt, of: upgrade, campaign, now: now)
      guard let connection = charger.connection else {
        followUps.append((id, .answered(messageID: attempt.messageID, .lost)))
        return
      }
      if case .updateFirmware(let image, _, _) = attempt.order, let flaw = flaw(of: image, now: now)
      {
        // Nothing left this machine: that is evidence that the order had no effect.
        followUps.append(
          (id, .answered(messageID: attempt.messageID, .rejected("not sent: \(flaw)"))))
        return
      }
      var context = context(
        of: attempt.order, upgrade,
        keepClosed: try placeInoperative(of: upgrade, charger, for: attempt.order, now), now)
      if attempt.order == .triggerStatus { context.connectors = knownPlugs(of: charger) }
      out(
        connection,
        .order(
          connection.id, messageID: attempt.messageID, attempt.order, context,
          patience: attempt.order.patience ?? campaign.playbook.limits.answer))
    case .settle(let attempt):
      try store.settle(attempt)
      if attempt.order.isDisruptive {
        try recordOutcome(attempt, of: id, now: now)
        try note(
          id, .attempt, attempt.step,
          "\(attempt.step), attempt \(attempt.number), id \(attempt.messageID): \(attempt.state.label)\(attempt.evidence.isEmpty ? "" : ": \(attempt.evidence)")",
          at: now)
      }
    case .release(let versions):
      charger.charger.released = versions
      // What was taken back on purpose is no regression, and no longer migrated either.
      if let proved = charger.charger.migration?.proved, !versions.contains(VersionSet(proved)) {
        charger.charger.migration = nil
      }
      try saveNow(charger)
    case .recordSigned(let isSupported):
      charger.charger.signedUpdates = isSupported
      try saveNow(charger)
    case .proved(let version):
      charger.charger.migration = MigrationRecord(proved: version, at: now)
      try saveNow(charger)
    case .tell(let text):
      try note(id, .upgrade, campaign.name, text, at: now)
    case .quarantine(let reason):
      charger.charger.quarantine = Quarantine(reason: reason, campaign: campaign.name, at: now)
      try saveNow(charger)
      let identity = charger.charger.identity
      try notify(
        .chargerQuarantined, identity,
        .init(
          "\(identity) needs a technician: \(reason). See swell workorders.",
          campaign: campaign.name, wave: upgrade.wave, charger: identity), at: now)
    case .disconnect:
      guard let connection = charger.connection else { return }
      out(connection, .close(connection.id, reason: "connect again in the released version"))
    }
  }

  /// Connectors in the numbers of the version it speaks, as far as they are known.
  func knownPlugs(of charger: LiveCharger) -> [ConnectorID] {
    let plugs = charger.hasForeignConnectors ? [] : charger.plugs.map(\.id)
    guard plugs.isEmpty, charger.charger.speaks == .ocpp16 else { return plugs }
    return ConnectorPlaces.flat(charger.charger.connectorCount.value ?? 0)
  }

  /// The connectors that stay out of service, as they are numbered now. 1.6 counts them through, 2.x
  /// counts EVSEs and their connectors: where both count as many, the places are the same.
  private func placeInoperative(
    of upgrade: Upgrade, _ charger: LiveCharger, for order: Order, _ now: Instant
  ) throws -> [ConnectorID] {
    guard case .setAvailability(operative: true) = order, !upgrade.wasInoperative.isEmpty,
      let speaks = charger.charger.speaks?.family
    else { return [] }
    // Rows from before it was kept are noted in 1.6, but for a way back.
    let noted = upgrade.memory.inoperativeAs
    let family = noted?.version.family ?? .v16
    if family == speaks { return upgrade.wasInoperative }
    let plugs = charger.hasForeignConnectors ? [] : charger.plugs.map(\.id)
    let before =
      noted?.connectors
      ?? (family == .v16 ? charger.charger.connectorCount.value.map(ConnectorPlaces.flat) : nil)
    if let before,
      let placed = ConnectorPlaces.move(upgrade.wasInoperative, from: before, to: plugs)
    {
      return placed
    }
    try note(
      charger.charger.id, .upgrade, "connectors",
      "\(upgrade.wasInoperative.count) connectors were out of service before, and which they are in \(charger.charger.speaks?.label ?? "?") can't be told (\(before.map { "\($0.count)" } ?? "?") then, \(plugs.count) now): all are given back",
      at: now)
    return []
  }

  /// Stored connectors do not say whose numbers they have. That is kept beside them, while the
  /// charger has not reported any in the version it speaks.
  func noteNumbering(of charger: LiveCharger, _ id: ChargerID) throws {
    guard let before = fleet.upgrade(of: id) else { return }
    let numbering = charger.hasForeignConnectors ? charger.numbering : nil
    guard before.memory.numbering != numbering else { return }
    var upgrade = before
    upgrade.memory.numbering = numbering
    try store(upgrade, replacing: before)
  }

  private func saveNow(_ charger: LiveCharger) throws {
    try store.save(charger.charger)
    charger.isDirty = false
  }

  private func context(
    of order: Order, _ upgrade: Upgrade, keepClosed: [ConnectorID],
    _ now: Instant
  ) -> OrderContext {
    var context = OrderContext(now: now)
    context.signed = order == .triggerFirmwareStatus ? upgrade.asksSigned : upgrade.signed
    if case .setAvailability(operative: true) = order { context.keepClosed = keepClosed }
    guard case .updateFirmware(let image, _, _) = order, let firmware = catalogue[image] else {
      return context
    }
    context.signature = firmware.signature
    context.signingCertificate = firmware.signingCertificate
    switch firmware.location {
    case .external(let url): context.location = url
    case .depot:
      let link = DepotLink(
        firmware: firmware.id, upgrade: upgrade.id, expires: now + settings.linkLifetime,
        site: live[upgrade.charger]?.charger.site)
      context.location =
        "\(depotURL)\(Depot.prefix)\(link.token(key: depotKey))/\(firmware.version).bin"
    }
    return context
  }

  /// Totals: what comes before its upgrade is taken up comes again.
  func served(_ id: UpgradeID, _ bytes: Int64, of total: Int64) {
    guard let charger = fleet.charger(of: id) else { return }
    feed(charger, .served(bytes: bytes, of: total))
  }

  func callDueUpgrades(now: Instant) throws {
    for charger in fleet.due(at: now) { try feedNow(charger, .due, now: now) }
  }

  // MARK: Campaigns

  /// Upgrades that are not over learn that the engine has restarted.
  func takeUpCampaigns(now: Instant) throws {
    if !fleet.campaigns.isEmpty { try note(nil, .turn, "start", "", at: now) }
    for (id, campaign) in fleet.campaigns {
      for upgrade in fleet.upgrades(of: id)
      where !upgrade.phase.isEnd || upgrade.memory.owesConnectors {
        try feedNow(upgrade.charger, .restarted, now: now)
      }
      if campaign.status == .running {
        try note(
          nil, .campaign, campaign.name, "the engine has started and looks before it sends", at: now
        )
      }
    }
    try settleFollowUps(now: now)
  }

  /// A charger whose campaign is over may still be owed its connectors.
  func takeUpDebt(of id: ChargerID) throws {
    guard fleet.upgrade(of: id) == nil, let upgrade = try store.upgrade(of: id),
      upgrade.memory.owesConnectors, let campaign = try store.campaign(upgrade.campaign)
    else { return }
    fleet.take(campaign, [upgrade])
  }

  func reloadCampaigns() throws {
    fleet = CampaignFleet()
    desk = nil
    try readCampaigns()
    recallDurations()
  }

  private func readCampaigns() throws {
    for campaign in try store.campaigns() where campaign.status.isUnderWay {
      fleet.take(campaign, try store.upgrades(of: campaign.id))
    }
    try readSites()
  }

  func readSites() throws {
    if !fleet.campaigns.isEmpty { members = try store.siteMembers() }
    sites = Dictionary(uniqueKeysWithValues: try store.sites().map { ($0.id, $0) })
    calendar.forgetSites()
  }

  func dispatchSoon(_ now: Instant) {
    guard !fleet.campaigns.isEmpty else { return }
    if forecastDue == nil { forecastDue = now + .seconds(5) }
    dispatchDue = min(dispatchDue ?? now + settings.dispatchEvery, now + settings.dispatchEvery)
  }

  func advance(_ id: CampaignID, now: Instant) throws {
    // Each pass may lead to another: a wave that closes opens the next.
    for _ in 0..<16 {
      guard let campaign = fleet.campaigns[id] else { return }
      var (next, steps) = try Director.advance(
        campaign: campaign, upgrades: fleet.upgrades(of: id),
        health: { try health(of: campaign, stratum: $0, at: now) }, at: now)
      if next == campaign, steps.isEmpty { return }
      if next != campaign {
        next.revision = campaign.revision + 1
        try store.save(next)
        if next.status != campaign.status { try record(next, now: now) }
        fleet.put(next)
        try notifyChanges(from: campaign, to: next, at: now)
      }
      for step in steps { try take(step, campaign: next, now: now) }
      try settleFollowUps(now: now)
      if !next.status.isUnderWay {
        log(.info, "campaign \(next.name) is \(next.status.rawValue)")
      }
    }
  }

  private func take(_ step: Director.Step, campaign: Campaign, now: Instant) throws {
    switch step {
    case .tell(let text):
      log(.info, "\(campaign.name): \(text)")
      try note(nil, .wave, campaign.name, text, at: now)
    case .move(let id, let wave):
      try change(id) { upgrade in
        upgrade.move(toWave: wave)
        return []
      }
    case .skip(let id, let reason):
      try change(id) { $0.skip(reason: reason, at: now) }
    case .cancel(let id, let reason):
      guard let charger = fleet.charger(of: id) else { return }
      try feedNow(charger, .cancel(reason: reason), now: now)
    }
  }

  private func change(_ id: UpgradeID, _ body: (inout Upgrade) -> [UpgradeCommand]) throws {
    guard let charger = fleet.charger(of: id), let before = fleet.upgrade(of: charger) else {
      return
    }
    var upgrade = before
    for case .tell(let text) in body(&upgrade) {
      try note(charger, .upgrade, "upgrade", text, at: SystemClock.now)
    }
    if upgrade != before { try store(upgrade, replacing: before) }
  }
}

extension Campaign.Status {
  /// Its upgrades are in memory: it may act, or its ended upgrades may owe something.
  var isUnderWay: Bool {
    switch self {
    case .approved, .running, .held, .aborting: true
    case .draft, .aborted, .finished: false
    }
  }
}

extension Charger {
  /// Why a person wants it left alone; nil when nobody does.
  var mark: String? {
    if let endOfLife { return "marked end-of-life (\(endOfLife.reason.rawValue))" }
    if let pin { return "pinned: \(pin.reason)" }
    return quarantine.map { "quarantined: \($0.reason)" }
  }
}

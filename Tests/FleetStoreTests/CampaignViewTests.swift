import Control
import Fleet
import Rollout
import Testing

@testable import FleetStore

/// Campaigns as the screens see them.
@Suite struct CampaignViewTests {
  let shelf: Shelf
  let store: Store
  let chargers: [Charger]
  let image: Firmware
  static let hour = Span.hours(1)

  init() throws {
    shelf = try Shelf()
    store = try shelf.open()
    image = try store.addFirmware(Shelf.image)
    let store = store
    let site = try store.put(
      Site(id: SiteID(rawValue: 0), name: "Köln-Deutz", zone: "Europe/Berlin", budget: 1))
    chargers = try (1...12).map { n in
      var charger = Charger(id: ChargerID(rawValue: 0), identity: n < 10 ? "CP0\(n)" : "CP\(n)")
      charger.site = n <= 6 ? site.id : nil
      charger.online = n > 2
      charger.lastSeen = Shelf.now
      return try store.add(charger)
    }
  }

  /// Six chargers in the canary of stratum 0, three in its second wave, three of stratum 1.
  private func start(_ change: (inout Playbook) -> Void = { _ in }) throws -> Campaign {
    var playbook = Playbook(name: "p", title: "P", target: .ocpp201)
    change(&playbook)
    func stratum(_ model: String) -> StratumProgress {
      StratumProgress(
        stratum: Stratum(
          vendor: "Volta", model: model, hardware: "", fromFirmware: "2.3.1", toFirmware: "2.4.0"),
        target: image.id)
    }
    let campaign = Campaign(
      id: CampaignID(rawValue: 0), name: "Autumn", playbook: playbook, selection: "", author: "a",
      createdAt: Shelf.now, status: .running, planHash: "h",
      waves: [Wave(number: 1, size: 9), Wave(number: 2, size: 3)],
      strata: [stratum("AC22"), stratum("AC11")])
    try store.append(
      AuditEntry(
        at: Shelf.now, who: "anna", action: "start", subject: "Autumn", reason: "", outcome: "ok"))
    return try store.add(
      campaign,
      upgrades: chargers.enumerated().map { index, charger in
        Upgrade(
          id: UpgradeID(rawValue: 0), campaign: campaign.id, charger: charger.id,
          site: charger.site, wave: (6..<9).contains(index) ? 2 : 1, stratum: index < 9 ? 0 : 1,
          target: image.id, enteredAt: Shelf.now)
      })
  }

  @Test("the report has everybody who was selected, taken or not, in the order of identities")
  func ends() throws {
    var campaign = try start()
    (campaign.name, campaign.status) = ("Winter", .draft)
    let stays = [
      StayingBehind(charger: chargers[4].id, reason: "too small: it is"),
      StayingBehind(charger: chargers[1].id, reason: "in campaign Autumn, which is not over"),
    ]
    let upgrade = Upgrade(
      id: UpgradeID(rawValue: 0), campaign: campaign.id, charger: chargers[2].id, site: nil,
      wave: 1, stratum: 0, target: image.id, enteredAt: Shelf.now)
    let winter = try store.add(campaign, upgrades: [upgrade], staying: stays)
    let ends = try InventoryRecords(path: shelf.path).ends(of: winter)
    #expect(ends.map(\.charger) == ["CP02", "CP03", "CP05"])
    #expect(ends.map(\.phase) == [nil, "planned", nil])
    #expect(ends.map(\.reason) == [stays[1].reason, nil, stays[0].reason])
    guard case .campaigns(let summaries) = try shelf.reader().answer(.campaigns, at: Shelf.now)
    else {
      Issue.record("no campaigns")
      return
    }
    #expect(summaries.map(\.name).sorted() == ["Autumn", "Winter"])
    #expect(summaries.first { $0.name == "Winter" }?.staying == 2)
    #expect(summaries.first { $0.name == "Winter" }?.total == 1)
  }

  private func change(_ number: Int, _ body: (inout Upgrade) -> Void) throws {
    var upgrade = try #require(try store.upgrade(of: chargers[number - 1].id))
    body(&upgrade)
    upgrade.revision += 1
    try store.save(upgrade)
  }

  private func save(_ campaign: inout Campaign, _ body: (inout Campaign) -> Void) throws {
    body(&campaign)
    campaign.revision += 1
    try store.save(campaign)
  }

  private func summary(at now: Instant) throws -> CampaignSummary {
    guard case .campaigns(let all) = try shelf.reader().answer(.campaigns, at: now),
      let first = all.first
    else { throw ControlError.failed("another reply") }
    return first
  }

  private func attention(at now: Instant) throws -> [Dashboard.Attention] {
    guard case .dashboard(let board) = try shelf.reader().answer(.dashboard, at: now) else {
      throw ControlError.failed("another reply")
    }
    return board.needsYou
  }

  private func wave(_ number: Int, of name: String = "Autumn") throws -> WaveDetail? {
    guard
      case .wave(let wave) = try shelf.reader().answer(
        .wave(campaign: name, number: number), at: Shelf.now)
    else { throw ControlError.failed("another reply") }
    return wave
  }

  @Test("A wave tells how far each charger is, who failed, who is unknown and who waits")
  func wave() throws {
    _ = try start()
    try change(1) { $0.defer(.offline, at: Shelf.now + Self.hour) }
    try change(2) { $0.defer(.busy, at: Shelf.now + Self.hour) }
    try change(3) {
      $0.phase = .downloading
      $0.countsForGate = true
      $0.isUnknown = true
    }
    try change(4) { $0.phase = .soaking }
    try change(5) {
      $0.phase = .quarantined
      $0.countsForGate = true
      $0.enteredAt = Shelf.now + Self.hour
      $0.failure = .init(phase: .rebooting, reason: .noBoot, detail: "3 h")
    }
    try change(10) { $0.phase = .skipped }
    let wave = try #require(try wave(1))
    #expect(wave.size == 9 && wave.number == 1)
    #expect(
      wave.funnel.map { "\($0.label) \($0.count)" } == [
        "waiting 5", "draining 0", "downloading 1", "installing 0", "on 1.6, soak 0", "switching 0",
        "verifying 0", "soaking 1", "migrated 0", "quarantined 1", "skipped 1",
      ])
    #expect(wave.funnel.reduce(0) { $0 + $1.count } == wave.size)
    #expect(wave.failed.map(\.identity) == ["CP05"])
    #expect(wave.failed[0].detail == "no boot after install: 3 h")
    #expect(wave.unknown.map(\.identity) == ["CP03"])
    #expect(wave.deferred.map(\.identity) == ["CP01", "CP02"])
    #expect(wave.deferred.map(\.detail) == ["offline", "charging"])
    // The absent one was away before anybody asked.
    #expect(wave.deferred.map(\.since) == [Shelf.now, Shelf.now + Self.hour])
    #expect([wave.failedCount, wave.unknownCount, wave.deferredCount] == [1, 1, 2])
    #expect(wave.gates.map(\.stratum).count == 2)
    #expect(try self.wave(2)?.gates.count == 1)
    #expect(try self.wave(3) == nil)
    #expect(try self.wave(1, of: "Spring") == nil)
  }

  @Test("A gate's numbers are those of its upgrades, whatever they came to")
  func evidence() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    let campaign = try start()
    for round in 0..<20 {
      for number in 1...12 {
        try change(number) {
          $0.wave = Int.random(in: 1...2, using: &random)
          $0.phase = Upgrade.Phase.allCases.randomElement(using: &random) ?? .planned
          $0.countsForGate = Bool.random(using: &random)
          $0.failure = Upgrade.Failure.Class.allCases.randomElement(using: &random).map {
            .init(phase: .switching, reason: $0, detail: "")
          }
          if Int.random(in: 0..<4, using: &random) == 0 { $0.failure = nil }
        }
      }
      let upgrades = try store.upgrades(of: campaign.id)
      let recount = try store.connection.int(
        """
        SELECT count(*) FROM (
          SELECT campaign, wave, stratum, phase, ifnull(failure, ''), counts_for_gate, count(*)
            FROM upgrades GROUP BY 1, 2, 3, 4, 5, 6
          EXCEPT SELECT * FROM upgrade_tallies)
        """)
      let total = try store.connection.int("SELECT sum(n) FROM upgrade_tallies")
      #expect(recount == 0 && total == 12, "seed \(seed), round \(round)")
      guard
        case .gates(let gates) = try shelf.reader().answer(
          .gates(campaign: "Autumn"), at: Shelf.now)
      else { return }
      for (index, gate) in gates.enumerated() {
        let expected = Gate.explanation(
          campaign: campaign, stratum: index, evidence: Evidence(stratum: index, of: upgrades),
          health: try store.health(
            of: campaign.id, stratum: index, policy: campaign.playbook.gate.health, at: Shelf.now))
        #expect(gate.explanation == expected, "seed \(seed), round \(round)")
      }
    }
    #expect(throws: ControlError.unknownCampaign("Spring")) {
      _ = try shelf.reader().answer(.gates(campaign: "Spring"), at: Shelf.now)
    }
  }

  @Test("A campaign that waits for its windows goes on as planned, and nobody is called")
  func betweenWindows() throws {
    _ = try start()
    for number in [1, 2, 3, 4, 5, 6, 10, 11, 12] {
      try change(number) { $0.defer(.window, at: Shelf.now) }
    }
    #expect(try summary(at: Shelf.now + Self.hour).stalled == nil)
    #expect(try attention(at: Shelf.now + Self.hour).isEmpty)
    // One of them can't begin for another reason as well.
    try change(1) { $0.defer(.offline, at: Shelf.now) }
    #expect(try summary(at: Shelf.now + Self.hour).stalled != nil)
  }

  @Test("A draft waits for its approval and an approved campaign for its start: both need somebody")
  func unbegun() throws {
    var campaign = try start()
    try save(&campaign) { $0.status = .draft }
    let draft = try #require(try attention(at: Shelf.now + Self.hour).first)
    #expect(draft.kind == .awaitsApproval && draft.since == Shelf.now)
    #expect(draft.text == "Autumn waits for its approval (12 chargers)")
    #expect(draft.place == .campaign("Autumn"))
    let approval = Shelf.now + .minutes(7)
    for (at, outcome) in [(approval, "ok"), (approval + .minutes(1), "refused: it is approved")] {
      try store.append(
        AuditEntry(
          at: at, who: "ben", action: "approve", subject: "Autumn", reason: "", outcome: outcome))
    }
    try save(&campaign) { $0.status = .approved }
    let approved = try #require(try attention(at: Shelf.now + Self.hour).first)
    #expect(approved.kind == .awaitsStart && approved.since == approval)
    #expect(approved.text == "Autumn waits for its start (12 chargers)")
    try save(&campaign) { $0.status = .running }
    #expect(try attention(at: Shelf.now + Self.hour).isEmpty)
  }

  @Test("A wave that a person let go on says who, one that passed and was opened does not")
  func overridden() throws {
    var campaign = try start()
    try save(&campaign) { campaign in
      campaign.strata[0].decisions = [
        Decision(by: "ann", reason: "seen to", at: Shelf.now, wave: 1, word: .fail)
      ]
      campaign.strata[1].decisions = [
        Decision(by: "ben", reason: "", at: Shelf.now, wave: 2, word: .pass)
      ]
    }
    #expect(try summary(at: Shelf.now).waves.map(\.overriddenBy) == ["ann", nil])
    guard
      case .campaign(let detail?) = try shelf.reader().answer(.campaign("Autumn"), at: Shelf.now)
    else { throw ControlError.failed("another reply") }
    #expect(detail.strata.map { $0.decisions.map(\.by) } == [["ann"], ["ben"]])
  }

  @Test("A campaign that is over says when the last of its chargers came to its end")
  func end() throws {
    var campaign = try start()
    #expect(try summary(at: Shelf.now).endedAt == nil)
    for number in 1...12 {
      try change(number) {
        $0.phase = number == 4 ? .failed : .migrated
        $0.enteredAt = Shelf.now + .minutes(Double(number))
      }
    }
    #expect(try summary(at: Shelf.now + Self.hour).endedAt == nil)
    for status in [Campaign.Status.finished, .aborted] {
      try save(&campaign) { $0.status = status }
      #expect(try summary(at: Shelf.now + Self.hour).endedAt == Shelf.now + .minutes(12))
    }
  }

  @Test("A campaign that is held says by whom and why")
  func held() throws {
    var campaign = try start()
    for (at, who, action, subject, reason, outcome) in [
      (1.0, "kim", "hold", "Autumn", "trial", "Campaign Autumn is held."),
      (2.0, "anna", "hold everything", "everything", "grid works", "Held: Autumn."),
      (3.0, "ben", "hold", "Autumn", "me too", "refused: it is held"),
    ] {
      try store.append(
        AuditEntry(
          at: Shelf.now + .minutes(at), who: who, action: action, subject: subject, reason: reason,
          outcome: outcome))
    }
    try save(&campaign) { $0.status = .held }
    let item = try #require(try attention(at: Shelf.now + Self.hour).first)
    #expect(item.kind == .blocked && item.text == "Autumn is held by anna: grid works")
    #expect(item.since == Shelf.now + .minutes(2) && item.place == .campaign("Autumn"))
    let summary = try summary(at: Shelf.now + Self.hour)
    #expect(summary.stalled == "held by anna: grid works")
    #expect(
      summary.forecast == Forecast(done: nil, basis: "nothing begins: held by anna: grid works"))
    #expect(summary.startedAt == Shelf.now)
  }

  @Test("A campaign in which nobody can begin says why; one that was not looked at yet does not")
  func standstill() throws {
    var campaign = try start()
    #expect(try summary(at: Shelf.now).stalled == nil)
    for number in [1, 2, 3, 4, 5, 6, 10, 11, 12] {
      try change(number) {
        $0.defer(number <= 6 ? .budget : .offline, at: Shelf.now + .minutes(Double(number)))
      }
    }
    let text = "Köln-Deutz: 2 of its chargers are offline and 1 may be out at once"
    #expect(try summary(at: Shelf.now).stalled == text)
    let item = try #require(try attention(at: Shelf.now).first)
    #expect(item.text == "Autumn stands still: \(text)" && item.since == Shelf.now + .minutes(1))
    for number in 1...6 { try change(number) { $0.defer(.offline, at: Shelf.now) } }
    #expect(try summary(at: Shelf.now).stalled == "all 9 that could begin are offline")
    // One that moves is enough.
    try change(3) { $0.phase = .downloading }
    #expect(try summary(at: Shelf.now).stalled == nil)
    try change(3) { $0.phase = .migrated }
    // A gate that stands in the way is told as a gate.
    let verdict = GateVerdict(
      word: .inconclusive, done: 3, failed: 0, upperBound: 0.6, limit: 0.1, confidence: 0.95,
      sentence: "3 done.")
    try save(&campaign) { campaign in
      for index in campaign.strata.indices {
        campaign.strata[index].state = .waiting(wave: 1, verdict)
      }
    }
    #expect(try summary(at: Shelf.now).stalled == nil)
    #expect(
      try attention(at: Shelf.now).map(\.text) == [
        "gate undecided: Autumn wave 1, Volta AC11 2.3.1→2.4.0 (3 done, too few to tell)",
        "gate undecided: Autumn wave 1, Volta AC22 2.3.1→2.4.0 (3 done, too few to tell)",
      ])
    #expect(try summary(at: Shelf.now).forecast?.basis == "a person must decide on wave 1 first")
    #expect(try wave(1)?.deferred.first?.detail == "its gate waits for a decision")
  }

  @Test("What was forecast while a person had to decide counts no more once that is done")
  func decidedForecast() throws {
    var campaign = try start()
    var outlook = CampaignOutlook(madeAt: Shelf.now)
    (outlook.replays, outlook.likely) = (200, Shelf.now + .hours(25))
    outlook.waiting = 1
    try save(&campaign) { $0.outlook = outlook }
    let soon = Shelf.now + .minutes(1)
    #expect(
      try summary(at: soon).forecast?.basis == "no charger has migrated yet: no pace to go by")
    outlook.waiting = 0
    try save(&campaign) { $0.outlook = outlook }
    #expect(try summary(at: soon).forecast?.done == Shelf.now + .hours(25))
    // As older releases wrote it.
    outlook.waiting = nil
    try save(&campaign) { $0.outlook = outlook }
    #expect(try summary(at: soon).forecast?.done == Shelf.now + .hours(25))
  }

  @Test("The forecast goes by the pace so far, and never before the soaks that are left")
  func forecast() throws {
    _ = try start {
      $0.soak.onFirmware = .minutes(20)
      $0.soak.onVersion = .minutes(40)
    }
    try change(12) { $0.phase = .soaking }
    let soon = Shelf.now + Self.hour
    #expect(
      try summary(at: soon).forecast
        == Forecast(done: nil, basis: "no charger has migrated yet: no pace to go by"))
    for number in 1...2 {
      try change(number) {
        $0.phase = .migrated
        $0.enteredAt = Shelf.now + .minutes(30)
      }
    }
    // Ten are left at two an hour; the soaks of two waves take two hours.
    #expect(
      try summary(at: soon).forecast
        == Forecast(done: soon + .hours(5), basis: "2 in the 60 min so far"))
    // The same, asked again, is the same.
    #expect(try summary(at: soon).forecast == summary(at: soon).forecast)
    for number in 3...6 {
      try change(number) {
        $0.phase = .migrated
        $0.enteredAt = Shelf.now + .minutes(30)
      }
    }
    for number in 10...11 {
      try change(number) {
        $0.phase = .migrated
        $0.enteredAt = Shelf.now + .minutes(30)
      }
    }
    // Four are left at eight an hour, but a wave has yet to begin.
    #expect(
      try summary(at: soon).forecast
        == Forecast(
          done: soon + Self.hour, basis: "1 wave has yet to begin and soaks 60 min"))
    // Of those of the day before nothing counts any more.
    let later = Shelf.now + .hours(48)
    #expect(
      try summary(at: later).forecast?.basis == "no charger has migrated in the last 24 h")
    for number in 7...12 { try change(number) { $0.phase = .migrated } }
    #expect(try summary(at: soon).forecast == nil)
  }
}

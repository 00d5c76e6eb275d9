import Control
import Fleet
import Rollout
import Testing

@testable import FleetStore

/// One charger as its screen sees it.
@Suite struct ChargerViewTests {
  let shelf: Shelf
  let store: Store

  init() throws {
    shelf = try Shelf()
    store = try shelf.open()
  }

  private func add(_ identity: String) throws -> Charger {
    try store.add(Charger(id: ChargerID(rawValue: 0), identity: identity))
  }

  private func detail(_ identity: String) throws -> ChargerDetail {
    guard
      case .charger(let found?) = try shelf.reader().answer(
        .charger(identity), at: Shelf.now + .hours(2))
    else { throw ControlError.unknownCharger(identity) }
    return found
  }

  private func receive(
    _ charger: Charger?, _ action: String, _ body: String, at: Instant = Shelf.now,
    version: ProtocolVersion? = .ocpp16
  ) throws {
    _ = try store.append(
      LedgerEntry(
        charger: charger?.id, at: at, kind: version == nil ? .note : .status, version: version,
        action: action, body: Array(body.utf8)))
  }

  @Test("What was let pass is shown with the most frequent first, and survives another opening")
  func tolerations() throws {
    let charger = try add("CP-1")
    func kind(_ path: String) -> Toleration.Kind {
      Toleration.Kind(
        version: .ocpp16, action: "BootNotification", path: path, what: "too long", quirk: "q")
    }
    func toleration(_ path: String, _ count: Int) -> Toleration {
      Toleration(
        kind: kind(path), count: count, first: Shelf.now, last: Shelf.now + .hours(1))
    }
    try store.transaction {
      try store.save([toleration("imsi", 3), toleration("iccid", 7)], of: charger.id)
      try store.save([toleration("imsi", 4)], of: charger.id)
    }
    let shown = try detail("CP-1").tolerations
    #expect(shown.map(\.path) == ["iccid", "imsi"])
    #expect(shown.map(\.count) == [7, 4])
    #expect(
      shown.first
        == TolerationRow(
          version: .ocpp16, action: "BootNotification", path: "iccid", what: "too long",
          quirk: "q", count: 7, first: Shelf.now, last: Shelf.now + .hours(1)))
    #expect(try store.tolerations(of: charger.id).map(\.count) == [7, 4])
  }

  @Test("The newest sessions come first, with their energy where both registers are known")
  func sessions() throws {
    let charger = try add("CP1")
    for n in 0..<25 {
      var session = try store.add(
        Session(
          id: SessionID(rawValue: 0), charger: charger.id, key: "k\(n)", version: .ocpp16,
          connector: .init(evse: 1, connector: 1), token: "T\(n)",
          startedAt: Shelf.now + .minutes(Double(n)), meterStart: n == 23 ? nil : 100))
      if n == 24 { continue }
      session.meterLast = 150
      session.meterStop = n == 22 ? nil : 18_500
      session.stoppedAt = session.startedAt + .minutes(1)
      session.stopReason = "Local"
      try store.save(session)
    }
    let found = try detail("CP1")
    #expect(found.sessions.count == 20)
    #expect(found.sessions.prefix(4).map(\.token) == ["T24", "T23", "T22", "T21"])
    #expect(found.sessions.prefix(4).map(\.energy) == [nil, nil, 50, 18_400])
    #expect(found.sessions[0].stoppedAt == nil && found.sessions[3].stopReason == "Local")
    #expect(found.openSessions == 1)
  }

  @Test("Its last messages are there, with what was sent and what became of it")
  func messages() throws {
    var charger = try add("CP1")
    let other = try add("CP2")
    charger.online = true
    try store.save(charger)
    for n in 0..<40 {
      try receive(
        charger, "StatusNotification", #"{"connectorId":\#(n),"status":"Charging, \"now\""}"#,
        at: Shelf.now + .seconds(Double(n)))
      try receive(other, "Heartbeat", "{}", at: Shelf.now + .seconds(Double(n)))
    }
    try receive(charger, "connected", "speaks 1.6", version: nil)
    let campaign = try store.add(
      Campaign(
        id: CampaignID(rawValue: 0), name: "Autumn",
        playbook: Playbook(name: "p", title: "P", target: .ocpp201), selection: "", author: "a",
        createdAt: Shelf.now, status: .running, planHash: "h", waves: [Wave(number: 1, size: 1)],
        strata: [
          StratumProgress(
            stratum: Stratum(
              vendor: "V", model: "M", hardware: "", fromFirmware: "1", toFirmware: "2"),
            target: try store.addFirmware(Shelf.image).id)
        ]),
      upgrades: [
        Upgrade(
          id: UpgradeID(rawValue: 0), campaign: CampaignID(rawValue: 0), charger: charger.id,
          site: nil, wave: 1, stratum: 0, target: FirmwareID(rawValue: 1), enteredAt: Shelf.now)
      ])
    let upgrade = try #require(try store.upgrade(of: charger.id))
    var attempt = Attempt(
      upgrade: upgrade.id, step: "switch reset", number: 1, messageID: "m1", order: .reset,
      writtenAt: Shelf.now + .minutes(5))
    try store.add(attempt)
    (attempt.state, attempt.evidence) = (.tookEffect, "it booted")
    try store.settle(attempt)
    let found = try detail("CP1")
    #expect(found.messages.count == 30)
    #expect(
      found.messages[0]
        == MessageRow(
          at: Shelf.now + .minutes(5), isInbound: false, version: nil, action: "switch reset",
          gist: "took effect: it booted"))
    #expect(
      found.messages[1]
        == MessageRow(
          at: Shelf.now + .seconds(39), isInbound: true, version: .ocpp16,
          action: "StatusNotification", gist: #"connectorId 39, status Charging, "now""#))
    #expect(found.upgrade?.campaign == campaign.name)
    #expect(found.upgrade?.attempts == [attempt])
    guard
      case .upgrade(let alone?) = try shelf.reader().answer(
        .upgrade(charger: "cp1"), at: Shelf.now + .hours(2)),
      case .upgrade(let none) = try shelf.reader().answer(
        .upgrade(charger: "CP2"), at: Shelf.now)
    else {
      Issue.record("no upgrade")
      return
    }
    #expect(alone == found.upgrade && none == nil)
    #expect(
      alone.explanation
        == upgrade.explanation(
          campaign: campaign, online: true, at: Shelf.now + .hours(2)))
  }

  @Test("The last messages of an absent charger are found where it was last heard")
  func absent() throws {
    var charger = try add("CP1")
    try store.transaction {
      for n in 0..<120_000 {
        try receive(
          n == 9_000 ? charger : nil, n == 9_000 ? "BootNotification" : "Heartbeat", "{}",
          at: Shelf.now + .seconds(Double(n)))
      }
    }
    // Online, it has been silent for longer than anybody looks back.
    charger.online = true
    charger.lastSeen = Shelf.now + .seconds(9_000)
    try store.save(charger)
    #expect(try detail("CP1").messages == [])
    charger.online = false
    try store.save(charger)
    #expect(try detail("CP1").messages.map(\.action) == ["BootNotification"])
  }

  @Test("A payload is told in one line, cut when it is long")
  func gist() {
    #expect(Gist.of(Array("{\n  \"a\": [1, {\"b\": null}]}".utf8)) == "a 1, b null")
    #expect(Gist.of([]) == "" && Gist.of(Array("{}".utf8)) == "")
    let long = Gist.of(Array("{\"data\":\"\(String(repeating: "ä", count: 900))\"}".utf8))
    #expect(long.count == 161 && long.hasSuffix("…"))
    // Cut in the middle of a letter, or no JSON at all.
    #expect(Gist.of([0x7B, 0x22, 0x61, 0xC3]) == "a\u{FFFD}")
  }

  @Test("Quarantine and notes are told, and a site's filter finds its chargers")
  func quarantine() throws {
    let site = try store.put(
      Site(id: SiteID(rawValue: 0), name: "Halle \"Ost\", Tor 3", zone: "Etc/UTC", budget: 1))
    for n in 1...2 {
      var charger = try add("CP\(n)")
      charger.site = site.id
      charger.quarantine = Quarantine(
        reason: n == 1 ? "install failed" : "no boot after install", campaign: "Autumn",
        at: Shelf.now + .minutes(Double(n)))
      charger.notes = "key at the kiosk"
      try store.save(charger)
    }
    let found = try detail("CP1")
    #expect(found.quarantine?.reason == "install failed" && found.notes == "key at the kiosk")
    let reader = try shelf.reader()
    guard case .dashboard(let board) = try reader.answer(.dashboard, at: Shelf.now) else { return }
    let item = try #require(board.needsYou.first)
    #expect(
      item.text == "2 chargers are quarantined at Halle \"Ost\", Tor 3, several reasons: "
        + "a technician is needed")
    #expect(item.since == Shelf.now + .minutes(1) && item.campaign == "Autumn")
    guard case .fleet(let filter) = item.place,
      case .fleet(let page) = try reader.answer(.fleet(FleetQuery(filter: filter)), at: Shelf.now)
    else {
      Issue.record("\(item.place)")
      return
    }
    #expect(page.rows.map(\.identity) == ["CP1", "CP2"])
  }

  @Test("One that came unannounced waits for a person, and is opened by name")
  func pending() throws {
    var charger = try add("NEW1")
    charger.admission = .pending
    charger.lastSeen = Shelf.now
    try store.save(charger)
    let reader = try shelf.reader()
    guard case .dashboard(let board) = try reader.answer(.dashboard, at: Shelf.now) else { return }
    #expect(board.needsYou.map(\.place) == [.charger("NEW1")])
    #expect(
      board.needsYou.map(\.text) == ["NEW1 came unannounced and waits to be accepted"])
  }
}

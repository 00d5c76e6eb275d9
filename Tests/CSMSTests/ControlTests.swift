import Control
import Fleet
import Glibc
import Rollout
import Testing

@testable import CSMS

/// People's commands, and what they must not bring about.
struct ControlTests {
  @Test("a role that does not suffice is refused, and nothing happens")
  func roles() throws {
    let campaign = try Campaigning()
    let bench = campaign.bench
    for (command, role) in [
      (Command.approve(campaign: "move", planHash: nil), Role.planner),
      (.start(campaign: "move"), .technician),
      (.setPassword(charger: "CP1", password: nil), .approver),
      (.markEndOfLife(charger: "CP1", .damaged, evidence: "", replacement: ""), .viewer),
      (.holdEverything(reason: "x"), .viewer),
    ] {
      #expect(
        throws: ControlError.forbidden(
          needs: command.role, has: role, action: command.word, whoMay: [])
      ) {
        try bench.perform(command, as: role)
      }
    }
    #expect(try bench.look { try $0.store.campaigns().map(\.status) } == [.draft])
    #expect(try bench.stored("CP1").endOfLife == nil)
  }

  @Test("a campaign is planned, approved, started, held, resumed and aborted in that order only")
  func order() throws {
    let campaign = try Campaigning()
    let bench = campaign.bench
    func refused(_ command: Command) throws {
      #expect { try bench.perform(command) } throws: { error in
        if case ControlError.refused = error { true } else { false }
      }
    }
    let hash = try #require(try bench.look { try $0.store.campaigns().first?.planHash })
    try refused(.start(campaign: "move"))
    try refused(.resume(campaign: "move", reason: "x"))
    try refused(.approve(campaign: "move", planHash: String(repeating: "0", count: 64)))
    try refused(.approve(campaign: "move", planHash: String(hash.prefix(4))))
    try bench.perform(.approve(campaign: "move", planHash: String(hash.prefix(12))))
    try refused(.approve(campaign: "move", planHash: nil))
    try refused(.hold(campaign: "move", reason: "x"))
    try bench.perform(.start(campaign: "move"))
    try refused(.start(campaign: "move"))
    try bench.perform(.hold(campaign: "move", reason: "x"))
    try refused(.hold(campaign: "move", reason: "x"))
    try bench.perform(.resume(campaign: "move", reason: "x"))
    #expect(throws: ControlError.unknownCampaign("none")) {
      try bench.perform(.hold(campaign: "none", reason: "x"))
    }
    #expect { try bench.perform(.abort(campaign: "move", reason: "")) } throws: { error in
      if case ControlError.invalid = error { true } else { false }
    }
    try bench.perform(.abort(campaign: "move", reason: "x"))
    #expect(
      try eventually {
        try bench.look { try $0.store.campaigns().map(\.status) } == [.aborted]
      })
    #expect(try campaign.phase() == .cancelled)
    try refused(.resume(campaign: "move", reason: "x"))
  }

  @Test("a refused command does not lose what chargers have just said")
  func refusalKeeps() throws {
    let bench = try Workbench("identity\nCP1\n") { $0.flushEvery = .hours(1) }
    let station = try Station("CP1", port: bench.port)
    try station.boot("2.3.1")
    station.hangUp()
    #expect(try eventually { try !bench.charger("CP1").online })
    #expect(throws: ControlError.self) {
      try bench.perform(
        .plan(
          PlanRequest(
            name: "none", playbook: Playbook(name: "p", title: "p", target: .ocpp201),
            selection: "site:nowhere")))
    }
    try bench.perform(.pin(charger: "CP1", reason: "x"))
    try bench.restart()
    #expect(try bench.stored("CP1").firmware.observed?.value == "2.3.1")
    #expect(try bench.stored("CP1").pin?.reason == "x")
  }

  @Test("a charger that nobody has accepted is not planned")
  func stranger() throws {
    let bench = try Workbench { $0.admit = .pending }
    try bench.stock(DepotTests.image)
    let station = try Station("NEW", port: bench.port)
    try station.boot()
    try bench.look { core in
      for charger in core.live.values {
        charger.charger.flashFree.observed = .init(400, source: "test", at: SystemClock.now)
        charger.charger.ramFree.observed = .init(128, source: "test", at: SystemClock.now)
        charger.isDirty = true
      }
    }
    let request = PlanRequest(
      name: "p", playbook: Playbook(name: "p", title: "p", target: .ocpp201), selection: "")
    #expect(throws: ControlError.self) { try bench.perform(.plan(request)) }
    let imported = try bench.perform(
      .importChargers(csv: "identity,modl\nNEW,AC22\n", source: "x.csv", dryRun: false))
    #expect(imported.unread == ["column \"modl\" is not read; did you mean \"model\"?"])
    #expect(try bench.perform(.plan(request)).plan?.chargers == 1)
  }

  @Test(
    "a name in a command that a text tells people to type is one word of a shell",
    arguments: ["Autumn", "Late One", "it's $HOME", "", "`x`; \"y\" \\ *", "Köln-2_a"])
  func shellWord(_ name: String) throws {
    let pipe = try #require(popen("printf '[%s]' \(name.shellWord)", "r"))
    defer { pclose(pipe) }
    var heard = [CChar](repeating: 0, count: 200)
    try #require(fgets(&heard, 200, pipe) != nil)
    let text = String(
      decoding: heard.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    #expect(text == "[\(name)]")
  }

  @Test("nothing begins while a campaign is held")
  func held() throws {
    let campaign = try Campaigning()
    try campaign.start()
    try campaign.bench.perform(.holdEverything(reason: "a storm"))
    let station = try campaign.station()
    #expect(try campaign.staysQuiet(station))
    #expect(try campaign.phase() == .planned)
    try campaign.bench.perform(.resume(campaign: "move", reason: "over"))
    _ = try campaign.serve(station, until: "UpdateFirmware")
  }

  @Test("a charger that drains when its campaign is held is sent nothing until it goes on")
  func heldWhileDraining() throws {
    let campaign = try Campaigning()
    let station = try campaign.station()
    try station.status("Preparing")
    try campaign.start()
    #expect(try campaign.staysQuiet(station))
    #expect(try campaign.phase() == .draining)
    try campaign.bench.perform(.hold(campaign: "move", reason: "x"))
    try station.status("Available")
    #expect(try campaign.staysQuiet(station))
    try campaign.bench.perform(.resume(campaign: "move", reason: "x"))
    _ = try campaign.serve(station, until: "UpdateFirmware")
  }

  enum Mark: CaseIterable, Sendable { case endOfLife, pin }

  private func put(_ mark: Mark, on bench: Workbench) throws {
    switch mark {
    case .endOfLife:
      try bench.perform(
        .markEndOfLife(charger: "CP1", .memoryTooSmall, evidence: "", replacement: ""),
        as: .technician)
    case .pin: try bench.perform(.pin(charger: "CP1", reason: "a test stand"), as: .technician)
    }
  }

  @Test(
    "a charger marked while its campaign is a draft is never sent firmware",
    arguments: Mark.allCases)
  func markedDraft(mark: Mark) throws {
    let campaign = try Campaigning()
    let station = try campaign.station()
    try put(mark, on: campaign.bench)
    try campaign.start()
    #expect(try campaign.reaches(.cancelled))
    #expect(try campaign.staysQuiet(station))
    #expect(try campaign.bench.attempts("CP1").isEmpty)
    #expect(
      try eventually {
        try campaign.bench.look { try $0.store.campaigns().map(\.status) } == [.finished]
      })
  }

  @Test(
    "a charger marked after its campaign was approved is never sent firmware",
    arguments: Mark.allCases)
  func markedApproved(mark: Mark) throws {
    let campaign = try Campaigning()
    try campaign.bench.perform(.approve(campaign: "move", planHash: nil))
    try put(mark, on: campaign.bench)
    try campaign.bench.perform(.start(campaign: "move"))
    let station = try campaign.station()
    #expect(try campaign.reaches(.cancelled))
    #expect(try campaign.staysQuiet(station))
  }

  @Test("a charger marked while it drains gets its connectors back", arguments: Mark.allCases)
  func markedDraining(mark: Mark) throws {
    let campaign = try Campaigning()
    let station = try campaign.station()
    try station.status("Preparing")
    try campaign.start()
    #expect(try campaign.staysQuiet(station))
    #expect(try campaign.phase() == .draining)
    try put(mark, on: campaign.bench)
    try campaign.restored(station)
    #expect(try campaign.reaches(.cancelled))
    try station.status("Available")
    #expect(try campaign.staysQuiet(station))
  }

  @Test(
    "a charger marked while it refuses the signed form is not sent the other",
    arguments: Mark.allCases)
  func markedOrdering(mark: Mark) throws {
    let campaign = try Campaigning(isSigned: true)
    try campaign.start()
    let station = try campaign.station()
    let order = try campaign.serve(station, until: "SignedUpdateFirmware")
    try put(mark, on: campaign.bench)
    station.refuse(order, "NotSupported")
    try campaign.restored(station)
    #expect(try campaign.staysQuiet(station))
    #expect(try campaign.phase().isEnd)
  }

  @Test("a charger marked while it updates ends on 1.6 after that outage", arguments: Mark.allCases)
  func markedUpdating(mark: Mark) throws {
    let campaign = try Campaigning()
    try campaign.start()
    let old = try campaign.station()
    let order = try campaign.serve(old, until: "UpdateFirmware")
    old.answer(order, "{}")
    try campaign.fetch(order, by: old)
    try put(mark, on: campaign.bench)
    #expect(try !campaign.phase().isEnd)
    old.hangUp()
    let new = try campaign.station(firmware: "2.4.0")
    try campaign.restored(new)
    #expect(try campaign.reaches(.heldOn16))
    #expect(try campaign.staysQuiet(new))
    #expect(try campaign.bench.stored("CP1").released == .ocpp16)
  }

  @Test("a charger marked while no engine ran is never sent firmware")
  func markedOffline() throws {
    let campaign = try Campaigning()
    try campaign.start()
    try campaign.bench.look { core in
      try core.store.transaction {
        guard var charger = try core.store.charger(identity: "CP1") else { return }
        charger.pin = Pin(reason: "x", by: "x", at: SystemClock.now)
        try core.store.save(charger)
      }
    }
    try campaign.bench.restart()
    let station = try campaign.station()
    #expect(try campaign.reaches(.cancelled))
    #expect(try campaign.staysQuiet(station))
  }

  @Test("a second campaign of the same site keeps the whole budget, though the first is over")
  func budgetAfterCampaign() throws {
    let campaign = try Campaigning(["CP1", "CP2"]) { $0.waves.canaryAtLeast = 2 }
    let bench = campaign.bench
    try bench.perform(
      .importChargers(
        csv: "identity,site,budget\nCP1,Hof,2\nCP2,Hof,2\n", source: "sites.csv", dryRun: false))
    try campaign.start()
    try bench.perform(.abort(campaign: "move", reason: "again with sites"))
    #expect(
      try eventually { try bench.look { try $0.store.campaigns().map(\.status) } == [.aborted] })
    let first = try campaign.station("CP1")
    var playbook = Playbook(name: "p", title: "p", target: .ocpp201)
    playbook.limits.quiet = .milliseconds(0)
    try bench.perform(.plan(PlanRequest(name: "again", playbook: playbook, selection: "")))
    try bench.perform(.approve(campaign: "again", planHash: nil))
    try bench.perform(.start(campaign: "again"))
    _ = try campaign.serve(first, until: "UpdateFirmware")
    // Comes later, when the first holds its place.
    _ = try campaign.serve(try campaign.station("CP2"), until: "UpdateFirmware")
    #expect(try ["CP1", "CP2"].allSatisfy { try bench.upgrade($0).holdsLease })
  }
}

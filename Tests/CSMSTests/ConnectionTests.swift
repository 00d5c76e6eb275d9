import Control
import Fleet
import Foundation
import OCPP
import Testing

@testable import CSMS

/// What chargers do to their connections, and what becomes of them.
struct ConnectionTests {
  private static func send(_ bench: Workbench, _ action: String) throws -> AnswerSlot {
    let slot = AnswerSlot()
    try bench.look { core in
      try core.send(
        .send(charger: "CP1", action: action, payload: "{}", override: nil),
        by: Caller(name: "admin", role: .admin), into: slot, now: SystemClock.now)
    }
    return slot
  }

  @Test("a charger that answers no calls while its heartbeats go on is made to connect anew")
  func deaf() throws {
    let bench = try Workbench("identity\nCP1\n") { $0.answerWithin = .milliseconds(200) }
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    _ = try Self.send(bench, "GetConfiguration")
    _ = try Self.send(bench, "GetConfiguration")
    // The second is sent when nobody waits for the first any more.
    let end = Date().addingTimeInterval(10)
    while station.waiting.count < 2, Date() < end { try station.call("Heartbeat", "{}") }
    #expect(station.end() == 1001)
    #expect(
      try bench.ledger("deaf").map { String(decoding: $0.body, as: UTF8.self) } == [
        "answers nothing: 2 calls in a row; connection closed so that it comes anew"
      ])
    #expect(try bench.ledger("deaf").map(\.kind) == [.upgrade])
    // It recovers when it comes again.
    let again = try Station("CP1", port: bench.port)
    try again.boot()
    let slot = try Self.send(bench, "GetConfiguration")
    again.answer(try again.expectCall("GetConfiguration"), "{}")
    #expect(try slot.wait() == "{}")
  }

  @Test("a station that sends hundreds of calls without waiting gets every answer, in turn")
  func pipelining() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    let payload = #"{"connectorId":1,"errorCode":"NoError","status":"Available"}"#
    for number in 0..<500 { station.say(#"[2,"p\#(number)","StatusNotification",\#(payload)]"#) }
    for number in 0..<500 {
      #expect(try station.hear() == .text(#"[3,"p\#(number)",{}]"#))
    }
  }

  @Test("a station that sends on and on what gets no answer is read no faster than it is stored")
  func sending() throws {
    let bench = try Workbench("identity,versions\nCP1,2.1\n")
    let station = try Station("CP1", port: bench.port, offers: "ocpp2.1")
    try station.boot()
    let value = String(repeating: "x", count: 2000)
    let data = Array(repeating: #"{"t":0.1,"v":"\#(value)"}"#, count: 25).joined(separator: ",")
    let text =
      #"[6,"s","NotifyPeriodicEventStream",{"id":1,"pending":0,"basetime":"#
      + #""2026-01-01T00:00:00Z","data":[\#(data)]}]"#
    let frame =
      [0x81, 0xFE, UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 255), 0, 0, 0, 0]
      + Array(text.utf8)
    // While the core is busy with something else.
    let (began, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    Foundation.Thread.detachNewThread { [core = bench.engine.core] in
      try? core.wait { _ in
        began.signal()
        done.wait()
      }
    }
    began.wait()
    var taken = 0
    // Until nobody has read any more of it for a while.
    while taken < 64 << 20, station.socket.takesMore(within: 2000) {
      taken += station.socket.offer(frame[(taken % frame.count)...])
    }
    done.signal()
    // What the kernel's buffers hold, and some frames.
    #expect(taken < 32 << 20)
    station.socket.say(Array(frame[(taken % frame.count)...]))
    let sent = taken / frame.count + 1
    #expect(try eventually { try bench.ledger("NotifyPeriodicEventStream").count == sent })
    try station.status()
  }

  @Test("one that breaks rules without end is told for a while")
  func endlessFaults() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    for _ in 0..<50 {
      station.say("x")
      station.say(#"[3,"nobody","asked"]"#)
      station.say(#"[3,"nobody",{}]"#)
    }
    try station.status()
    let lines = bench.log.all.filter {
      $0.contains("no valid frame") || $0.contains("nobody asked")
    }
    #expect(lines.count == 150)
    #expect(lines.count { !$0.contains("level=debug") } == 10)
  }

  @Test("who is not let in yet fills no log")
  func doorLines() throws {
    let bench = try Workbench("identity\nCP1\n")
    for _ in 0..<20 {
      #expect(try Station.status("CP1", port: bench.port, prefix: "/other/") == 404)
      #expect(try http("/firmware/x/y.bin", port: bench.port).status == 404)
    }
    let long = String(repeating: "z", count: 15_000)
    #expect(try Station.status(long, port: bench.port) == 400)
    let lines = bench.log.all.filter { $0.contains("refused") }
    #expect(lines.count == 3)
    #expect(lines.allSatisfy { $0.utf8.count < 500 && $0.contains("127.0.0.1") })
  }

  @Test("one that answers nothing in its upgrade is closed by it, and goes on when it is back")
  func deafInUpgrade() throws {
    let campaign = try Campaigning { $0.limits.answer = .milliseconds(200) }
    try campaign.start()
    let station = try campaign.station()
    #expect(station.end() == 1001)
    #expect(try campaign.bench.ledger("deaf").isEmpty)
    let story = try campaign.bench.ledger("move").map { String(decoding: $0.body, as: UTF8.self) }
    #expect(story.contains { $0.contains("answers nothing") }, "\(story)")
    _ = try campaign.serve(try campaign.station(), until: "UpdateFirmware")
  }

  @Test("an answer that is late but comes is no silence, and ends nothing else")
  func late() throws {
    let campaign = try Campaigning { $0.limits.answer = .milliseconds(200) }
    try campaign.start()
    let station = try campaign.station()
    for number in 0..<3 {
      let call = try station.nextCall()
      // A station that takes longer than the limit: its slowness is what is tested.
      if number == 0 { usleep(300_000) }
      if call.action == "UpdateFirmware" { break }
      try campaign.answer(call, of: station)
    }
    #expect(campaign.bench.log.contains("late"))
    #expect(try campaign.bench.ledger("deaf").isEmpty)
    #expect(try campaign.bench.charger("CP1").online)
  }

  @Test("a dead connection is given up after three heartbeat intervals, one that speaks is not")
  func halfOpen() throws {
    let bench = try Workbench("identity\nCP1\nCP2\n") { $0.heartbeatInterval = 1 }
    // Neither answers pings (lbbrhzn/ocpp#553).
    let dead = try Station("CP1", port: bench.port)
    try dead.boot()
    let alive = try Station("CP2", port: bench.port)
    try alive.boot()
    let start = Date()
    while try bench.charger("CP1").online, Date().timeIntervalSince(start) < 15 {
      try alive.call("Heartbeat", "{}")
      // The pace of its heartbeats.
      usleep(700_000)
    }
    let took = Date().timeIntervalSince(start)
    #expect(took > 2.5 && took < 8, "\(took) s")
    #expect(try bench.charger("CP2").online)
    // And the next connection is taken as if nothing had been.
    let again = try Station("CP1", port: bench.port)
    try again.boot()
    #expect(try eventually { try bench.charger("CP1").online })
  }

  @Test(
    "the silence that is waited for follows the heartbeat interval", arguments: [1, 300, 86_400])
  func silence(interval: Int) {
    var settings = EngineSettings()
    settings.heartbeatInterval = interval
    let keepAlive = settings.keepAlive
    let silence = keepAlive.idle * (UInt64(keepAlive.pings) + 1)
    #expect(silence >= UInt64(interval) * 2980 && silence <= UInt64(interval) * 3010)
    #expect(keepAlive.idle <= max(60_000, UInt64(interval) * 12))
  }

  @Test("a charger of which nobody knows what it is is asked to boot, once")
  func bootless() throws {
    let bench = try Workbench("identity\nCP1\n") { $0.bootWithin = .milliseconds(100) }
    let station = try Station("CP1", port: bench.port)
    let call = try station.expectCall("TriggerMessage")
    #expect(call.payload["requestedMessage"] == "BootNotification")
    station.answer(call, #"{"status":"Accepted"}"#)
    try station.boot()
    #expect(try bench.charger("CP1").firmware.observed?.value == "2.3.1")
    #expect(!station.socket.hasInput(within: 300))
    station.hangUp()
    // Known by now: a connection without a boot is legal (OCPP-J 1.6 §5.4).
    let again = try Station("CP1", port: bench.port)
    #expect(!again.socket.hasInput(within: 300))
  }

  @Test("a charger that boots in time is not asked to")
  func booted() throws {
    let bench = try Workbench("identity\nCP1\n") { $0.bootWithin = .milliseconds(200) }
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    #expect(!station.socket.hasInput(within: 500))
  }

  @Test("nothing is sent before the boot is answered and for a moment after, for a person neither")
  func touchy() throws {
    let bench = try Workbench("identity\nCP1\n") {
      $0.quietAfterConnect = .milliseconds(600)
      $0.quietAfterBoot = .milliseconds(600)
    }
    let station = try Station("CP1", port: bench.port)
    let slot = try Self.send(bench, "GetConfiguration")
    #expect(!station.socket.hasInput(within: 200))
    try station.boot()
    #expect(station.waiting.isEmpty)
    let booted = Date()
    let call = try station.expectCall("GetConfiguration")
    #expect(Date().timeIntervalSince(booted) > 0.5)
    station.answer(call, #"{"configurationKey":[]}"#)
    #expect(try slot.wait() == #"{"configurationKey":[]}"#)
  }

  @Test("an error of four elements ends its call")
  func shortErrors() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    let slot = try Self.send(bench, "GetConfiguration")
    let call = try station.expectCall("GetConfiguration")
    station.say(#"[4,"\#(call.id)","FormationViolation","no keys here"]"#)
    #expect {
      try slot.wait()
    } throws: { error in
      (error as? ControlError)?.message.contains("FormationViolation no keys here") == true
    }
  }

  @Test("an offer with empty items is read without them")
  func emptyOffer() throws {
    let bench = try Workbench("identity,versions\nCP1,1.6\n")
    let station = try Station("CP1", port: bench.port, offers: ",ocpp2.0.1,,ocpp1.6")
    #expect(station.version == .v16)
    #expect(try bench.charger("CP1").versions.observed?.value == [.ocpp16, .ocpp201])
  }

  @Test("one that offers only an unreleased version is taken, and told once")
  func unreleasedOnly() throws {
    let bench = try Workbench("identity,versions\nCP1,1.6\n")
    for _ in 0..<3 {
      let station = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
      #expect(station.version == .v201)
      try station.boot()
      station.hangUp()
      #expect(try eventually { try !bench.charger("CP1").online })
    }
    try bench.restart()
    _ = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
    let told = try bench.ledger("unreleased version")
    #expect(told.count == 1)
    #expect(told.first?.kind == .upgrade)
    #expect(try bench.stored("CP1").released == .ocpp16)
    let readiness = try bench.look { core in
      try core.store.charger(identity: "CP1").map { try core.store.readiness(of: $0).verdict }
    }
    #expect(readiness == .claimedOnly)
  }

  @Test("a short probe in the old version is no regression, staying there is")
  func prober() throws {
    let bench = try Workbench("identity\nCP1\n") { $0.probeLasts = .milliseconds(300) }
    try bench.look { core in
      guard var charger = try core.store.charger(identity: "CP1") else { return }
      charger.released = [.ocpp16, .ocpp201]
      charger.speaks = .ocpp201
      charger.migration = MigrationRecord(proved: .ocpp201, at: SystemClock.now)
      try core.store.save(charger)
    }
    let probe = try Station("CP1", port: bench.port, offers: "ocpp1.6")
    try probe.boot()
    probe.hangUp()
    let real = try Station("CP1", port: bench.port, offers: Campaigning.both)
    #expect(real.version == .v201)
    try real.boot()
    // Longer than a probe lasts: what it left behind would be seen by now.
    usleep(400_000)
    try real.status()
    #expect(try bench.charger("CP1").migration?.regressedAt == nil)
    real.hangUp()
    let back = try Station("CP1", port: bench.port, offers: "ocpp1.6")
    try back.boot()
    #expect(
      try eventually {
        try back.status()
        return try bench.charger("CP1").migration?.regressedAt != nil
      })
    back.hangUp()
    _ = try Station("CP1", port: bench.port, offers: Campaigning.both)
    #expect(try bench.charger("CP1").migration?.regressedAt == nil)
  }

  @Test("a short probe does not change the versions observed, and what it leaves out is no news")
  func probeObserved() throws {
    let bench = try Workbench("identity\nCP1\n") { $0.probeLasts = .milliseconds(300) }
    try bench.look { core in
      guard var charger = try core.store.charger(identity: "CP1") else { return }
      charger.released = [.ocpp16, .ocpp201]
      try core.store.save(charger)
    }
    func offers(_ versions: String, staying microseconds: UInt32 = 0) throws {
      let station = try Station("CP1", port: bench.port, offers: versions)
      try station.boot()
      // How long the connection lasts decides whether it is a probe.
      usleep(microseconds)
      try station.status()
      station.hangUp()
    }
    func observed() throws -> VersionSet? { try bench.charger("CP1").versions.observed?.value }
    try offers(Campaigning.both)
    try offers("ocpp1.6")
    #expect(try observed() == [.ocpp16, .ocpp201])
    try offers(Campaigning.both)
    #expect(try bench.ledger("new version offered").isEmpty)
    // One that stays without it has lost it.
    try offers("ocpp1.6", staying: 400_000)
    #expect(try observed() == .ocpp16)
    // What is released for it already is taken, not waited for.
    try offers(Campaigning.both)
    #expect(try observed() == [.ocpp16, .ocpp201])
    #expect(try bench.ledger("new version offered").isEmpty)
    try offers("ocpp2.1, ocpp2.0.1, ocpp1.6")
    let told = try bench.ledger("new version offered")
    #expect(
      told.map { String(decoding: $0.body, as: UTF8.self) } == [
        "now offers 2.1 too; stays on 2.0.1 until it is released"
      ])
  }

  @Test("states survive a probe in the other version")
  func probeKeepsConnectors() throws {
    let bench = try Workbench("identity\nCP1\n")
    try bench.look { core in
      guard var charger = try core.store.charger(identity: "CP1") else { return }
      charger.released = [.ocpp16, .ocpp201]
      try core.store.save(charger)
    }
    let first = try Station("CP1", port: bench.port, offers: Campaigning.both)
    try first.boot()
    try first.status(connector: 1)
    try first.status("Occupied", connector: 2)
    first.hangUp()
    let probe = try Station("CP1", port: bench.port, offers: "ocpp1.6")
    try probe.boot()
    probe.hangUp()
    // It takes its time, and what is known of it is written back meanwhile.
    let id = try bench.charger("CP1").id
    #expect(try eventually { try bench.look { core in core.live[id]?.connection == nil } })
    try bench.look { core in try core.store.transaction { try core.flush() } }
    // Without a boot it reports only what changes.
    let again = try Station("CP1", port: bench.port, offers: Campaigning.both)
    try again.status("Faulted", connector: 1)
    let states = try bench.look { core in core.live[id]?.plugs.map(\.state) }
    #expect(states == [.faulted, .occupied])
  }
}

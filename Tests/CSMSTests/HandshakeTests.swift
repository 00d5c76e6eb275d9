import Control
import Fleet
import OCPP
import Testing
import Trust

@testable import CSMS

/// Who is let in, and in which version.
struct HandshakeTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var wire: String
    var name: String
    var offers: String
    /// 101, or the status of the refusal.
    var status: Int
    var testDescription: String { "\(wire) offering \(offers): \(status)" }
    init(_ wire: String, _ name: String, _ offers: String = "ocpp1.6", _ status: Int = 101) {
      (self.wire, self.name, self.offers, self.status) = (wire, name, offers, status)
    }
  }

  private static let fleet = """
    identity,versions
    CS001,1.6
    RDAM 123,1.6
    RDAM|123,1.6
    +49*861*0125*0013,1.6
    +49*1,1.6
    CP:1,1.6
    CP1,1.6
    \(String(repeating: "a", count: 48)),1.6
    \(String(repeating: "b", count: 49)),1.6
    Â-1,1.6
    TWO,2.0.1
    """

  @Test(
    "an identity on the wire is the charger it names, or is refused with its status",
    arguments: [
      Row("CS001", "CS001"), Row("RDAM%20123", "RDAM 123"),
      Row("RDAM%20123", "RDAM 123", "ocpp2.0.1", 400),
      Row("RDAM%7C123", "RDAM|123"), Row("RDAM%7C123", "RDAM|123", "ocpp2.0.1"),
      Row("+49*861*0125*0013", "+49*861*0125*0013"), Row("%2B49*1", "+49*1"),
      Row("CP:1", "CP:1"), Row("CP:1", "CP:1", "ocpp2.0.1", 400),
      Row("CP1/", "CP1"), Row("CP1/CP1", "CP1"), Row("%43%50%31", "CP1"), Row("cp1", "CP1"),
      Row(String(repeating: "a", count: 48), String(repeating: "a", count: 48)),
      Row(String(repeating: "a", count: 48), String(repeating: "a", count: 48), "ocpp2.0.1"),
      Row(String(repeating: "b", count: 49), String(repeating: "b", count: 49)),
      Row(String(repeating: "b", count: 49), String(repeating: "b", count: 49), "ocpp2.0.1", 400),
      Row("", "", "ocpp1.6", 404), Row("..", "", "ocpp1.6", 400),
      Row("%2e%2e", "", "ocpp1.6", 400), Row("a%2Fb", "", "ocpp1.6", 400),
      Row("%C3%82-1", "Â-1"), Row("%C3%82-1", "Â-1", "ocpp2.0.1", 400),
      Row("A%CC%82-1", "Â-1"), Row("%FF", "", "ocpp1.6", 400), Row("CP%", "", "ocpp1.6", 400),
      Row("CP1?token=x", "CP1"), Row("%00CP1", "", "ocpp1.6", 400),
      Row("%2541", "", "ocpp1.6", 404), Row("nobody", "", "ocpp1.6", 404),
      Row(String(repeating: "c", count: 256), "", "ocpp1.6", 400),
      Row("/CP1", "CP1"), Row("CP1/CS001", "", "ocpp1.6", 404),
    ])
  func identities(row: Row) throws {
    let bench = try Workbench(Self.fleet)
    #expect(
      try Station.status(row.wire, port: bench.port, offers: row.offers) == row.status)
    if row.status == 101 {
      let station = try Station(row.wire, port: bench.port, offers: row.offers)
      try station.boot()
      #expect(try bench.charger(row.name).online)
      let name = row.name
      #expect(
        try bench.look { core in
          core.live.values.filter { $0.connection != nil }.map(\.charger.identity) == [name]
        })
    }
  }

  @Test("a path outside the prefix is not found, and none at all is named by the user")
  func paths() throws {
    let bench = try Workbench("identity,password\nCP1,correct-horse-battery\n")
    #expect(try Station.status("CP1", port: bench.port, prefix: "/other/") == 404)
    #expect(try Station.status("", port: bench.port, prefix: "/") == 404)
    #expect(
      try Station.status(
        "", port: bench.port, user: "CP1", password: "correct-horse-battery", prefix: "/") == 101)
    #expect(
      try Station.status("", port: bench.port, user: "CP1", password: "wrong", prefix: "/") == 401)
  }

  @Test(
    "compression is agreed to in 2.x, which wants it of a CSMS, and never in 1.6",
    arguments: [("ocpp1.6", false), ("ocpp2.0.1", true), ("ocpp2.1", true)])
  func compression(offers: String, isAgreed: Bool) throws {
    let bench = try Workbench("identity,versions\nCP1,1.6\n")
    let socket = try RawSocket(port: bench.port)
    socket.say(
      "GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
        + "Sec-WebSocket-Protocol: \(offers)\r\n\r\n")
    let answer = try socket.response()
    #expect(answer.status == 101)
    let agreed = answer.fields["sec-websocket-extensions"]
    #expect(
      agreed?.hasPrefix("permessage-deflate; server_no_context_takeover") ?? false == isAgreed)
    #expect((agreed != nil) == isAgreed)
  }

  struct Offer: Sendable, CustomTestStringConvertible {
    var offers: String?
    var released: VersionSet
    var chosen: String?
    var testDescription: String {
      "\(offers ?? "nothing"), released \(released.label): \(chosen ?? "refused")"
    }
    init(_ offers: String?, _ released: VersionSet, _ chosen: String?) {
      (self.offers, self.released, self.chosen) = (offers, released, chosen)
    }
  }

  @Test(
    "the newest released version that a charger offers is taken",
    arguments: [
      Offer("ocpp2.1, ocpp2.0.1, ocpp1.6", .ocpp16, "ocpp1.6"),
      Offer("ocpp2.1, ocpp2.0.1, ocpp1.6", [.ocpp16, .ocpp201], "ocpp2.0.1"),
      Offer("ocpp1.6,ocpp2.0.1", [.ocpp16, .ocpp201], "ocpp2.0.1"),
      Offer("ocpp2.1, ocpp2.0.1, ocpp1.6", .all, "ocpp2.1"),
      Offer("ocpp1.6", .all, "ocpp1.6"), Offer("ocpp2.0.1", .all, "ocpp2.0.1"),
      Offer("ocpp2.1", .all, "ocpp2.1"),
      // Never locked out, though nothing of it is released.
      Offer("ocpp2.1, ocpp2.0.1", .ocpp16, "ocpp2.1"),
      Offer("ocpp2.0.1", .ocpp16, "ocpp2.0.1"), Offer("ocpp1.6", .ocpp201, "ocpp1.6"),
      // As dallmann-consulting/OCPP.Core#91: empty items.
      Offer(",ocpp2.0.1,, ocpp1.6 ,", .ocpp16, "ocpp1.6"),
      Offer("ocpp0.1,ocpp1.6", .ocpp16, "ocpp1.6"),
      Offer("ocpp0.1", .ocpp16, nil), Offer("ocpp2.0", .all, nil), Offer("ocpp1.5", .all, nil),
      Offer("ocpp2.0, ocpp1.6", .all, "ocpp1.6"), Offer("ocpp2.0.1.1", .all, nil),
      Offer(nil, .ocpp16, nil), Offer(",", .ocpp16, nil),
    ])
  func versions(offer: Offer) throws {
    let bench = try Workbench("identity,versions\nCP1,1.6\n")
    try bench.look { core in
      try core.store.transaction {
        guard var charger = try core.store.charger(identity: "CP1") else { return }
        charger.released = offer.released
        try core.store.save(charger)
      }
    }
    guard let chosen = offer.chosen else {
      #expect(try Station.status("CP1", port: bench.port, offers: offer.offers) == 400)
      #expect(try !bench.charger("CP1").online)
      return
    }
    let station = try Station("CP1", port: bench.port, offers: offer.offers)
    #expect(station.chosen == chosen)
    try station.boot()
    #expect(try bench.charger("CP1").speaks?.wire == station.version)
    let isReleased = offer.released.contains(VersionSet(ProtocolVersion(station.version)))
    #expect(try bench.ledger("unreleased version").count == (isReleased ? 0 : 1))
    // Offering more does not release it.
    #expect(try bench.charger("CP1").released == offer.released)
  }

  @Test("what is released decides at the next connection, and taking it back too")
  func release() throws {
    let bench = try Workbench("identity,versions\nCP1,1.6\n")
    let offers = "ocpp2.1, ocpp2.0.1, ocpp1.6"
    func release(_ versions: VersionSet) throws {
      try bench.look { core in
        guard let charger = core.live.values.first(where: { $0.charger.identity == "CP1" }) else {
          return
        }
        charger.charger.released = versions
        try core.store.transaction { try core.store.save(charger.charger) }
      }
    }
    let old = try Station("CP1", port: bench.port, offers: offers)
    #expect(old.chosen == "ocpp1.6")
    try release([.ocpp16, .ocpp201])
    let new = try Station("CP1", port: bench.port, offers: offers)
    #expect(new.chosen == "ocpp2.0.1")
    try release(.ocpp16)
    let back = try Station("CP1", port: bench.port, offers: offers)
    #expect(back.chosen == "ocpp1.6")
    try back.boot()
  }

  @Test("all versions are served on one port at once")
  func allVersions() throws {
    let bench = try Workbench("identity,versions\nA,1.6\nB,2.0.1\nC,2.1\n")
    let offers = ["A": "ocpp1.6", "B": "ocpp2.0.1", "C": "ocpp2.1"]
    let stations = try offers.map { try Station($0.key, port: bench.port, offers: $0.value) }
    for station in stations { #expect(try station.boot()["status"] == "Accepted") }
    // As long as they stay.
    withExtendedLifetime(stations) { #expect(bench.engine.info.connections == 3) }
  }

  @Test(
    "a charger that is not in the inventory is treated by policy",
    arguments: EngineSettings.Admit.allCases)
  func unknown(admit: EngineSettings.Admit) throws {
    let bench = try Workbench { $0.admit = admit }
    guard admit != .known else {
      #expect(try Station.status("NEW", port: bench.port) == 404)
      #expect(try bench.look { try $0.store.charger(identity: "NEW") } == nil)
      // Whoever looks for it finds it once, however often it comes.
      #expect(try Station.status("NEW", port: bench.port) == 404)
      let refused = try bench.ledger("connection refused")
        .map { String(decoding: $0.body, as: UTF8.self) }
      #expect(refused.count == 1)
      #expect(refused.first?.hasPrefix("NEW is not in the inventory") == true)
      return
    }
    // One that can't be served leaves nothing behind.
    #expect(try Station.status("NEW", port: bench.port, offers: "ocpp0.1") == 400)
    #expect(try Station.status("NEW%201", port: bench.port, offers: "ocpp2.0.1") == 400)
    #expect(try bench.look { try $0.store.charger(identity: "NEW") } == nil)
    #expect(try bench.look { try $0.store.charger(identity: "NEW 1") } == nil)
    let station = try Station("NEW", port: bench.port, offers: "ocpp1.6, ocpp2.0.1")
    #expect(station.chosen == "ocpp2.0.1")
    #expect(try station.boot()["status"] == (admit == .pending ? "Pending" : "Accepted"))
    #expect(try bench.stored("NEW").admission == (admit == .pending ? .pending : .known))
    guard admit == .pending else { return }
    // An import is a person's word that it belongs here.
    try bench.perform(
      .importChargers(csv: "identity\nNEW\n", source: "later.csv", dryRun: false))
    #expect(try station.boot()["status"] == "Accepted")
  }

  static let password = "correct-horse-battery"

  @Test("a password is asked for where one is set", arguments: ["keyed", "scrypt"])
  func passwords(kind: String) throws {
    let bench = try Workbench(
      kind == "keyed"
        ? "identity,password\nCP1,\(Self.password)\nFREE,\n" : "identity\nCP1\nFREE\n")
    if kind == "scrypt" {
      try bench.perform(.setPassword(charger: "CP1", password: Self.password))
    }
    let text = try #require(try bench.stored("CP1").passwordHash)
    #expect(text.hasPrefix(kind == "keyed" ? "hmac$" : "scrypt$"))
    func status(_ user: String?, _ password: String?, at identity: String = "CP1") throws -> Int {
      try Station.status(identity, port: bench.port, user: user, password: password)
    }
    #expect(try status(nil, nil) == 401)
    #expect(try status("CP1", "wrong") == 401)
    #expect(try status("CP1", "") == 401)
    #expect(try status("FREE", Self.password) == 401)
    #expect(try status("CP1", Self.password) == 101)
    // Twice, for the second is remembered; and in another spelling of the same identity.
    #expect(try status("CP1", Self.password) == 101)
    #expect(try status("cp1", Self.password, at: "cp1") == 101)
    #expect(try status("CP1", Self.password + "x") == 401)
    #expect(try status(nil, nil, at: "FREE") == 101)
    // Each reason once, however often it comes again.
    #expect(try bench.ledger("connection refused").count == 3)
    // The old password is right until the charger comes with the new one, remembered or not.
    try bench.perform(.setPassword(charger: "CP1", password: "another-horse-battery"))
    #expect(try status("CP1", Self.password) == 101)
    #expect(try status("CP1", "another-horse-battery") == 101)
    #expect(try status("CP1", Self.password) == 401)
    #expect(try bench.stored("CP1").nextPasswordHash == nil)
    #expect(try status("CP1", "another-horse-battery") == 101)
    // Unless it was to end at once.
    try bench.perform(
      .setPassword(charger: "CP1", password: Self.password, endsOldAtOnce: true))
    #expect(try status("CP1", "another-horse-battery") == 401)
    #expect(try status("CP1", Self.password) == 101)
    try bench.perform(.setPassword(charger: "CP1", password: nil))
    #expect(try status(nil, nil) == 101)
  }

  @Test("a password never stands in log or ledger")
  func secrets() throws {
    let bench = try Workbench("identity,password\nCP1,\(Self.password)\n")
    _ = try Station.status("CP1", port: bench.port, password: "hunter2hunter2hunter2")
    _ = try Station("CP1", port: bench.port, password: Self.password)
    for secret in [Self.password, "hunter2hunter2hunter2"] {
      #expect(!bench.log.contains(secret))
      #expect(!bench.log.contains(Base64.encode(Array("CP1:\(secret)".utf8))))
      #expect(
        try !bench.ledger.contains { String(decoding: $0.body, as: UTF8.self).contains(secret) })
    }
  }

  @Test("the newest connection of a charger wins, and a late end of the old one changes nothing")
  func newestWins() throws {
    let bench = try Workbench("identity\nCP1\n")
    let old = try Station("CP1", port: bench.port)
    try old.boot()
    let new = try Station("CP1", port: bench.port)
    try new.boot()
    #expect(old.end() == 1001)
    #expect(eventually { bench.engine.info.connections == 1 })
    try new.status()
    #expect(try bench.charger("CP1").online)
    try bench.look { $0.tick(now: SystemClock.now) }
    #expect(try bench.charger("CP1").online)
    new.hangUp()
    #expect(try eventually { try !bench.stored("CP1").online })
  }

  @Test("the newest connection wins whatever loop it is on")
  func newestOfLoops() throws {
    let bench = try Workbench("identity\nCP1\n") { $0.loops = 4 }
    let stations = try (0..<12).map { _ in try Station("CP1", port: bench.port) }
    for station in stations.dropLast() { #expect(station.end() == 1001) }
    try #require(stations.last).boot()
    #expect(eventually { bench.engine.info.connections == 1 })
    #expect(try bench.charger("CP1").online)
    // The last one stays as long as it is counted.
    withExtendedLifetime(stations) {}
  }

  @Test("who takes a connection over from elsewhere without a proof is on record, once a day")
  func takeover() throws {
    let bench = try Workbench("identity,password\nCP1,\nCP2,correct-horse-battery\n")
    let first = try Station("CP1", port: bench.port)
    let again = try Station("CP1", port: bench.port)
    #expect(try bench.ledger("connection taken over").isEmpty)
    let other = try Station("CP1", port: bench.port, from: 2)
    let third = try Station("CP1", port: bench.port, from: 3)
    let notes = try bench.ledger("connection taken over")
    #expect(notes.count == 1)
    let text = String(decoding: try #require(notes.first).body, as: UTF8.self)
    #expect(text.contains("was connected from 127.0.0.1, now from 127.0.0.2"))
    let word = "correct-horse-battery"
    let proved = try Station("CP2", port: bench.port, password: word)
    let moved = try Station("CP2", port: bench.port, password: word, from: 2)
    #expect(try bench.ledger("connection taken over").count == 1)
    withExtendedLifetime([first, again, other, third, proved, moved]) {}
  }

  @Test("a refused second connection leaves the first alone")
  func refusedSecond() throws {
    let bench = try Workbench("identity,password\nCP1,\(Self.password)\n")
    let station = try Station("CP1", port: bench.port, password: Self.password)
    #expect(try Station.status("CP1", port: bench.port, password: "wrong") == 401)
    try station.boot()
    #expect(try bench.charger("CP1").online)
  }
}

import Control
import Fleet
import Glibc
import OCPP
import Rollout
import Testing
import Transport

@testable import CSMS

/// Chargers that differ from the specification, and what the quirk table changes for them.
struct QuirkTests {
  /// Sends a message as a person does; its answer comes into the slot.
  private func ask(
    _ bench: Workbench, _ action: String, _ payload: String = "{}", of charger: String = "CP1",
    override: String? = nil
  ) throws -> AnswerSlot {
    let slot = AnswerSlot()
    try bench.look { core in
      try core.send(
        .send(charger: charger, action: action, payload: payload, override: override),
        by: Caller(name: "anna", role: .admin), into: slot, now: SystemClock.now)
    }
    return slot
  }

  // MARK: The door

  /// The response to a handshake that offers no sub-protocol.
  private func bareHandshake(
    _ port: UInt16
  ) throws -> (status: Int, fields: [String: String], socket: RawSocket) {
    let socket = try RawSocket(port: port)
    socket.say(
      "GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
    let answer = try socket.response()
    return (answer.status, answer.fields, socket)
  }

  @Test("one that offers no sub-protocol is refused, and the log says which row would let it in")
  func noSubprotocol() throws {
    let bench = try Workbench.with(quirks: [])
    #expect(try bareHandshake(bench.port).status == 400)
    let row = ",no-subprotocol,Volta,AC22,*,assume-version,1.6,"
    #expect(bench.log.contains(row))
    // The row that is advised is one that can be read, and does it.
    let advised = QuirkTable(
      try QuirkTable.read(
        csv: QuirkTable.columns.joined(separator: ",") + "\n\(row)\n", file: "advice"))
    let quirks = advised.quirks(of: QuirkSubject(vendor: "Volta", model: "AC22"))
    #expect(quirks.assumedVersion == .ocpp16)
  }

  @Test("a kind that is known to offer none is answered without one and spoken to in its version")
  func assumedVersion() throws {
    let bench = try Workbench.with(quirks: ["no-subprotocol,Volta,assume-version,1.6"])
    let answer = try bareHandshake(bench.port)
    #expect(answer.status == 101)
    #expect(answer.fields["sec-websocket-protocol"] == nil)
    #expect(try bench.charger("CP1").speaks == .ocpp16)
    #expect(try bench.charger("CP1").online)
    // One that does offer is answered as ever.
    #expect(try Station("CP1", port: bench.port).chosen == "ocpp1.6")
    #expect(try Station.status("CP1", port: bench.port, offers: "ocpp0.9") == 400)
  }

  struct Password: Sendable, CustomTestStringConvertible {
    var said: String
    var rows: [String]
    var status: Int
    var testDescription: String { "\(said) with \(rows): \(status)" }
    init(_ said: String, _ rows: [String], _ status: Int) {
      (self.said, self.rows, self.status) = (said, rows, status)
    }
  }

  private static let key = "volta-secret-001"
  private static let keyInHex = "766f6c74612d7365637265742d303031"

  @Test(
    "a password may come as hexadecimal text only from kinds that are known for it",
    arguments: [
      Password(key, [], 101), Password(keyInHex, [], 401),
      Password(key, ["hex,Volta,hex-password,"], 101),
      Password(keyInHex, ["hex,Volta,hex-password,"], 101),
      Password(keyInHex.uppercased(), ["hex,Volta,hex-password,"], 101),
      Password(keyInHex, ["hex,Watt,hex-password,"], 401),
      Password(keyInHex + "ff", ["hex,Volta,hex-password,"], 401),
      Password("wrong", ["hex,Volta,hex-password,"], 401),
    ])
  func hexPasswords(password: Password) throws {
    let fleet = "identity,vendor,password\nCP1,Volta,\(Self.key)\n"
    let bench = try Workbench.with(quirks: password.rows, fleet: fleet)
    #expect(
      try Station.status("CP1", port: bench.port, password: password.said) == password.status)
    // A password that a person set is checked elsewhere.
    try bench.perform(.setPassword(charger: "CP1", password: Self.key))
    #expect(
      try Station.status("CP1", port: bench.port, password: password.said) == password.status)
  }

  @Test("another user name is let in only where a row names it, and never without the password")
  func userNames() throws {
    let fleet = "identity,vendor,serial,password\nCP1,Volta,S77,\(Self.key)\n"
    let bench = try Workbench.with(quirks: ["alias,Volta,user-name,V-{serial}"], fleet: fleet)
    func status(_ user: String, _ password: String = Self.key) throws -> Int {
      try Station.status("CP1", port: bench.port, user: user, password: password)
    }
    #expect(try status("CP1") == 101)
    #expect(try status("V-S77") == 101)
    #expect(try status("V-S78") == 401)
    #expect(try status("V-S77", "wrong") == 401)
  }

  // MARK: Pace

  @Test("an answer that is late for others is waited for where answers are known to be slow")
  func slowAnswers() throws {
    let bench = try Workbench.with(
      quirks: ["slow,Volta,answer-within,30"], fleet: "identity,vendor\nCP1,Volta\nCP2,Watt\n"
    ) { $0.answerWithin = .milliseconds(200) }
    let slow = try Station("CP1", port: bench.port)
    let other = try Station("CP2", port: bench.port)
    let asked = try ask(bench, "ClearCache")
    let call = try slow.expectCall("ClearCache")
    // Asked later, and given up by now: the time that others have is over.
    let given = try ask(bench, "ClearCache", of: "CP2")
    _ = try other.expectCall("ClearCache")
    #expect(throws: ControlError.self) { try given.wait() }
    slow.answer(call, #"{"status":"Accepted"}"#)
    #expect(try asked.wait() == #"{"status":"Accepted"}"#)
  }

  @Test("nothing is asked for as long after a boot as a row says")
  func quiet() throws {
    let bench = try Workbench.with(quirks: ["touchy,Volta,quiet,0.5"])
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    let booted = SystemClock.now
    let asked = try ask(bench, "ClearCache")
    let call = try station.expectCall("ClearCache")
    #expect(SystemClock.now - booted >= .milliseconds(450))
    station.answer(call, #"{"status":"Accepted"}"#)
    _ = try asked.wait()
  }

  @Test("what a boot says of the charger decides at once which rows apply")
  func learntAtBoot() throws {
    let bench = try Workbench.with(quirks: ["touchy,Volta,quiet,0.5"], fleet: "identity\nCP1\n")
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    let booted = SystemClock.now
    let asked = try ask(bench, "ClearCache")
    let call = try station.expectCall("ClearCache")
    #expect(SystemClock.now - booted >= .milliseconds(450))
    station.answer(call, #"{"status":"Accepted"}"#)
    _ = try asked.wait()
  }

  @Test("writes are spaced where many of them make a charger restart")
  func spacedWrites() throws {
    let bench = try Workbench.with(quirks: ["spaced,Volta,space-writes,0.5"])
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    let write = try ask(
      bench, "ChangeConfiguration", #"{"key":"HeartbeatInterval","value":"60"}"#)
    let call = try station.expectCall("ChangeConfiguration")
    station.answer(call, #"{"status":"Accepted"}"#)
    _ = try write.wait()
    let written = SystemClock.now
    let next = try ask(bench, "ClearCache")
    station.answer(try station.expectCall("ClearCache"), #"{"status":"Accepted"}"#)
    #expect(SystemClock.now - written >= .milliseconds(450))
    _ = try next.wait()
  }

  @Test("pings stop for kinds that answer none")
  func pings() throws {
    for (rows, isPinged) in [([], true), (["mute,Volta,no-pings,"], false)] {
      let bench = try Workbench.with(quirks: rows) { $0.heartbeatInterval = 1 }
      let station = try Station("CP1", port: bench.port)
      // Silence for three heartbeats ends the connection in either case.
      var opcodes: Set<UInt8> = []
      while let head = try? station.socket.take(2) {
        opcodes.insert(head[0] & 0x0F)
        _ = try station.socket.take(Int(head[1] & 0x7F))
      }
      #expect(opcodes.contains(9) == isPinged)
      #expect(try eventually { try !bench.charger("CP1").online })
    }
  }

  // MARK: What is sent

  struct Refusal: Sendable, CustomTestStringConvertible {
    var row: String
    var action: String
    var payload: String
    var isRefused: Bool
    var testDescription: String { "\(row): \(action) \(payload)" }
    init(_ row: String, _ action: String, _ payload: String, _ isRefused: Bool) {
      (self.row, self.action, self.payload, self.isRefused) = (row, action, payload, isRefused)
    }
  }

  private static let ban = "abb,Volta,never-send,GetConfiguration key=MeterValuesS*"

  @Test(
    "what a kind of charger must not be sent needs a reason",
    arguments: [
      Refusal(ban, "GetConfiguration", #"{"key":["MeterValuesSampledData"]}"#, true),
      Refusal(ban, "GetConfiguration", #"{"key":["HeartbeatInterval"]}"#, false),
      Refusal(ban, "GetConfiguration", "{}", false),
      Refusal(
        ban, "GetConfiguration", #"{"key":["HeartbeatInterval","metervaluessampleddata"]}"#, true),
      Refusal("keys,Volta,no-keys,", "GetConfiguration", #"{"key":["HeartbeatInterval"]}"#, true),
      Refusal("keys,Volta,no-keys,", "GetConfiguration", "{}", false),
      Refusal("clear,Volta,never-send,ClearCache", "ClearCache", "{}", true),
      Refusal("clear,Watt,never-send,ClearCache", "ClearCache", "{}", false),
      Refusal("hex,Volta,hex-tokens,", "RemoteStartTransaction", #"{"idTag":"EVC_0123"}"#, true),
      Refusal("hex,Volta,hex-tokens,", "RemoteStartTransaction", #"{"idTag":"04AB12CD"}"#, false),
    ])
  func bans(refusal: Refusal) throws {
    let bench = try Workbench.with(quirks: [refusal.row])
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    if refusal.isRefused {
      let error = try #require(throws: ControlError.self) {
        try ask(bench, refusal.action, refusal.payload)
      }
      let name = refusal.row.prefix { $0 != "," }
      #expect(error.message.contains("quirk \(name)"), "\(error.message)")
      #expect(error.message.contains("--override"))
    }
    let asked = try ask(
      bench, refusal.action, refusal.payload, override: refusal.isRefused ? "it must be" : nil)
    let call = try station.expectCall(refusal.action)
    station.answer(
      call, refusal.action == "GetConfiguration" ? "{}" : #"{"status":"Accepted"}"#)
    _ = try asked.wait()
  }

  @Test("a remote start that is answered with an error goes out again without its profile, once")
  func retriedStart() throws {
    let payload = """
      {"idTag":"T1","connectorId":1,"chargingProfile":{"chargingProfileId":1,"stackLevel":0,\
      "chargingProfilePurpose":"TxProfile","chargingProfileKind":"Relative","chargingSchedule":\
      {"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":6}]}}}
      """
    let bench = try Workbench.with(quirks: ["start,Volta,retry-without-profile,"])
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    for accepts in [true, false] {
      let asked = try ask(bench, "RemoteStartTransaction", payload)
      let first = try station.expectCall("RemoteStartTransaction")
      #expect(first.payload["chargingProfile"] != nil)
      station.refuse(first, "ProtocolError")
      let second = try station.expectCall("RemoteStartTransaction")
      #expect(second.id != first.id)
      #expect(second.payload == ["idTag": "T1", "connectorId": 1])
      if accepts {
        station.answer(second, #"{"status":"Accepted"}"#)
        #expect(try asked.wait() == #"{"status":"Accepted"}"#)
      } else {
        station.refuse(second, "ProtocolError")
        #expect(throws: ControlError.self) { try asked.wait() }
      }
    }
  }

  private func table(_ rows: String) throws -> QuirkTable {
    QuirkTable(
      try QuirkTable.read(csv: "name,vendor,does,value\n\(rows)\n", file: "test", isOwn: true))
  }

  @Test("an upgrade goes on without what must not be sent, and says why")
  func bannedOrder() throws {
    let campaign = try Campaigning(
      quirks: try table("fragile,Volta,never-send,GetConfiguration"))
    try campaign.start()
    let station = try campaign.station()
    while true {
      let call = try station.nextCall()
      try #require(call.action != "GetConfiguration")
      if call.action == "UpdateFirmware" { break }
      try campaign.answer(call, of: station)
    }
    let read = try #require(
      try campaign.bench.attempts("CP1").first { $0.step == "read configuration" })
    #expect(read.state == .notSupported)
    #expect(read.evidence.contains("quirk fragile"), "\(read.evidence)")
  }

  @Test("states that a charger refuses to send all at once are asked for one by one")
  func triggersByConnector() throws {
    let bench = try Workbench.with(quirks: [], fleet: "identity,vendor,connectors\nCP1,Volta,2\n")
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    try bench.look { core in
      let charger = try core.named("CP1")
      let connection = try #require(charger.connection)
      var context = OrderContext(now: SystemClock.now)
      context.connectors = core.knownPlugs(of: charger)
      core.out(
        connection,
        .order(
          connection.id, messageID: "t1", .triggerStatus, context, patience: .seconds(10)))
      core.send(now: SystemClock.now)
    }
    let all = try station.expectCall("TriggerMessage")
    #expect(all.payload == ["requestedMessage": "StatusNotification"])
    station.answer(all, #"{"status":"Rejected"}"#)
    for number in 1...2 {
      let one = try station.expectCall("TriggerMessage")
      #expect(
        one.payload
          == ["requestedMessage": "StatusNotification", "connectorId": .int(Int64(number))])
      // A refusal changes no count.
      station.answer(one, #"{"status":"Rejected"}"#)
    }
    #expect(try bench.charger("CP1").connectorCount.value == 2)
  }

  // MARK: The end

  @Test("an engine that stops says so to every charger")
  func goodbye() throws {
    let bench = try Workbench.with(quirks: [])
    let station = try Station("CP1", port: bench.port)
    try station.boot()
    bench.stop()
    #expect(station.end() == 1001)
  }
}

import Fleet
import OCPP
import Testing

@testable import CSMS

/// What firmware does to its sessions against the specification: none of them is lost, none of
/// them takes what is another's.
struct SessionDefectTests {
  private static func bench(_ chargers: String = "identity\nCP1\n") throws -> Workbench {
    try Workbench(chargers) { $0.authorize = .any }
  }

  private static func event(
    _ type: String, _ sequence: Int?, id: String = "T1", minute: Int = 0, meter: Int? = nil,
    more: String = ""
  ) -> String {
    let time = "2026-11-23T01:\(minute < 10 ? "0" : "")\(minute):00Z"
    let number = sequence.map { #","seqNo":\#($0)"# } ?? ""
    let values = meter.map {
      #","meterValue":[{"timestamp":"\#(time)","sampledValue":[{"value":\#($0)}]}]"#
    }
    return
      #"{"eventType":"\#(type)","timestamp":"\#(time)","triggerReason":"Trigger"\#(number),"transactionInfo":{"transactionId":"\#(id)"},"evse":{"id":1,"connectorId":1}\#(values ?? "")\#(more)}"#
  }

  private static func values(_ number: String, _ meter: Int) -> String {
    #"{"connectorId":1,"transactionId":\#(number),"meterValue":[{"timestamp":"2026-11-23T01:30:00Z","sampledValue":[{"value":"\#(meter)"}]}]}"#
  }

  private static func stop(_ number: String, _ hour: Int, _ meter: Int) -> String {
    #"{"transactionId":\#(number),"timestamp":"2026-11-23T0\#(hour):00:00Z","meterStop":\#(meter)}"#
  }

  private static let start =
    #"{"connectorId":1,"idTag":"A","meterStart":100,"timestamp":"2026-11-23T01:00:00Z"}"#

  private static func open(_ bench: Workbench) throws -> Int {
    let id = try bench.charger("CP1").id
    return try bench.look { $0.live[id]?.openSessions.count ?? 0 }
  }

  @Test(
    "a charger that names a new session in each message has some open, and the others ended",
    arguments: ["Started", "Updated"])
  func tooMany(type: String) throws {
    let bench = try Self.bench()
    let station = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
    let beyond = 6
    for n in 1...(LiveCharger.openLimit + beyond) {
      try station.call("TransactionEvent", Self.event(type, 0, id: "T\(n)", meter: 100))
    }
    #expect(try Self.open(bench) == LiveCharger.openLimit)
    let sessions = try bench.sessions()
    #expect(sessions.count == LiveCharger.openLimit + beyond)
    #expect(sessions.filter { !$0.isOpen }.map(\.key) == (1...beyond).map { "T\($0)" })
    #expect(sessions.prefix(beyond).allSatisfy { $0.flaws.contains(.endEstimated) })
    // What the charger still says of one of them counts.
    try station.call("TransactionEvent", Self.event("Ended", 1, minute: 30, meter: 5000))
    let first = try #require(try bench.sessions().first)
    #expect(first.meterStop == 5000 && !first.flaws.contains(.endEstimated))
    #expect(first.stopReason == "Local")
  }

  @Test(
    "a start behind its update is taken, with no number of its own too",
    arguments: [nil, 0, 3])
  func lateStart(sequence: Int?) throws {
    let bench = try Self.bench()
    let station = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
    try station.call("TransactionEvent", Self.event("Updated", 3, minute: 5, meter: 900))
    #expect(try bench.sessions().map(\.flaws) == [.startUnknown])
    let start = Self.event(
      "Started", sequence, meter: 100, more: #","idToken":{"idToken":"A","type":"ISO14443"}"#)
    for _ in 0..<2 { try station.call("TransactionEvent", start) }
    let session = try #require(try bench.sessions().first)
    #expect(session.meterStart == 100 && session.token == "A" && session.flaws == [])
    #expect(session.isOpen)
    #expect(DateTime.format(session.startedAt.milliseconds) == "2026-11-23T01:00:00Z")
    #expect(try bench.sessions().count == 1)
    #expect(try bench.ledger("TransactionEvent").count == 2)
  }

  @Test("an end whose number was seen ends its session, once")
  func constantSequence() throws {
    let bench = try Self.bench()
    let station = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
    try station.call("TransactionEvent", Self.event("Started", 0, meter: 100))
    let end = Self.event("Ended", 0, minute: 30, meter: 5000)
    try station.call("TransactionEvent", end)
    try station.call("TransactionEvent", end)
    try station.call("TransactionEvent", Self.event("Ended", 0, minute: 40, meter: 7000))
    let session = try #require(try bench.sessions().first)
    #expect(!session.isOpen && session.meterStop == 5000)
    #expect(try Self.open(bench) == 0)
    #expect(try bench.ledger("TransactionEvent").count == 2)
  }

  @Test("a charger with one number for every car has a record of each")
  func oneNumber() throws {
    let bench = try Self.bench()
    var station = try Station("CP1", port: bench.port)
    try station.status("Charging")
    for car in 1...3 {
      let meter = car * 10_000
      try station.call("MeterValues", Self.values("4711", meter + 1000))
      try station.call("MeterValues", Self.values("4711", meter + 2000))
      let stop = Self.stop("4711", car + 1, meter + 3000)
      for _ in 0..<2 { try station.call("StopTransaction", stop) }
      // What trails behind is of the same car.
      try station.call("MeterValues", Self.values("4711", meter + 3000))
      try bench.restart()
      station = try Station("CP1", port: bench.port)
      try station.call("StopTransaction", stop)
    }
    let sessions = try bench.sessions()
    #expect(sessions.map(\.meterStop) == [13_000, 23_000, 33_000])
    #expect(sessions.map(\.meterLast) == [13_000, 23_000, 33_000])
    #expect(sessions.map(\.entries.ids.count) == [4, 4, 4])
    #expect(sessions.allSatisfy { !$0.isOpen })
    #expect(try bench.ledger("StopTransaction").count == 3)
  }

  @Test("a stop with the number of an earlier car is a record of its own, and repeats none")
  func stopOfSameNumber() throws {
    let bench = try Self.bench()
    let station = try Station("CP1", port: bench.port)
    try station.status("Charging")
    try station.call("MeterValues", Self.values("4711", 1000))
    let first = Self.stop("4711", 2, 3000)
    let second = Self.stop("4711", 3, 9000)
    for stop in [first, second, first, second] { try station.call("StopTransaction", stop) }
    #expect(try bench.sessions().map(\.meterStop) == [3000, 9000])
    // The first stop once more, while the third car charges.
    try station.call("MeterValues", Self.values("4711", 9500))
    try station.call("StopTransaction", first)
    #expect(try bench.sessions().map(\.isOpen) == [false, false, true])
    #expect(try bench.ledger("StopTransaction").count == 2)
  }

  @Test("a number as text is the number")
  func numberAsText() throws {
    let bench = try Self.bench()
    let station = try Station("CP1", port: bench.port)
    let number = try #require(
      try station.call("StartTransaction", Self.start)["transactionId"]?.int)
    // A second place is busy too: a stop without a number would fit neither.
    try station.call(
      "StartTransaction",
      #"{"connectorId":2,"idTag":"A","meterStart":7,"timestamp":"2026-11-23T01:00:00Z"}"#)
    try station.call("MeterValues", Self.values("\"\(number)\"", 900))
    let id = try bench.charger("CP1").id
    let last = try bench.look { $0.live[id]?.openSessions.map(\.meterLast) }
    #expect(last == [900, 7])
    try station.call("StopTransaction", Self.stop("\"\(number)\"", 2, 5000))
    let sessions = try bench.sessions()
    #expect(sessions.count == 2)
    #expect(sessions.map(\.isOpen) == [false, true] && sessions.first?.meterStop == 5000)
  }

  @Test("a number of 1.6 never means a session of 2.x", arguments: ["1", "0", "-1"])
  func otherVersion(number: String) throws {
    let bench = try Self.bench()
    let new = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
    try new.call("TransactionEvent", Self.event("Started", 0, meter: 100))
    new.hangUp()
    let old = try Station("CP1", port: bench.port)
    try old.call("MeterValues", Self.values(number, 7000))
    try old.call("StopTransaction", Self.stop(number, 2, 9000))
    let sessions = try bench.sessions()
    #expect(sessions.map(\.version) == [.ocpp201, .ocpp16])
    #expect(sessions.map(\.isOpen) == [true, false])
    #expect(sessions.map(\.meterLast) == [100, nil] && sessions.last?.meterStop == 9000)
  }

  @Test("texts are cut by scalars: a character may hold any number of them")
  func scalars() throws {
    let bench = try Self.bench("identity\nCP1\nCP2\n")
    let long = "e" + String(repeating: "\u{301}", count: 2000)
    let old = try Station("CP1", port: bench.port)
    let number = try #require(
      try old.call(
        "StartTransaction",
        #"{"connectorId":1,"idTag":"\#(long)","meterStart":"\#(long)","timestamp":"\#(long)"}"#)[
          "transactionId"]?.int)
    try old.call(
      "StopTransaction",
      #"{"transactionId":\#(number),"timestamp":"2026-11-23T02:00:00Z","meterStop":1,"reason":"\#(long)"}"#
    )
    let new = try Station("CP2", port: bench.port, offers: "ocpp2.0.1")
    try new.call(
      "TransactionEvent",
      Self.event("Started", 0, more: #","idToken":{"idToken":"\#(long)","type":"\#(long)"}"#))
    let sessions = try bench.sessions()
    try #require(sessions.count == 2)
    #expect(sessions.allSatisfy { $0.token.unicodeScalars.count == 255 })
    #expect(sessions[0].key.unicodeScalars.count <= 64 + 64 + 255 + 13)
    #expect(sessions[0].stopReason?.unicodeScalars.count == 50)
    #expect(sessions[1].terms.tokenType?.unicodeScalars.count == 20)
  }
}

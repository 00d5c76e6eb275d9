import Fleet
import OCPP
import Rollout
import Testing

@testable import CSMS

/// Chargers that speak other than they negotiated, number other than they did, or run what nobody
/// gave them.
struct VersionHabitTests {
  private static let released = "identity,versions\nCP1,2.0.1\n"

  @Test("1.6 on a connection of 2.0.1 is no boot; what sessions are made of is taken")
  func liar() throws {
    let bench = try Workbench(Self.released) { $0.authorize = .any }
    let station = try Station("CP1", port: bench.port, offers: "ocpp2.0.1")
    for _ in 0..<3 {
      let boot = try #require(
        try station.ask(
          "BootNotification",
          #"{"chargePointVendor":"Volta","chargePointModel":"AC22","firmwareVersion":"2.4.0"}"#
        ).array)
      #expect(boot[0].int == 4)
      #expect(boot[2].string == "ProtocolError")
    }
    let status = try #require(
      try station.ask(
        "StatusNotification", #"{"connectorId":1,"errorCode":"NoError","status":"Available"}"#
      ).array)
    #expect(status[0].int == 4)
    #expect(try bench.charger("CP1").firmware.observed == nil)
    // Acknowledged in the words it was said in.
    let start = try station.call(
      "StartTransaction",
      #"{"connectorId":1,"idTag":"A","meterStart":100,"timestamp":"2026-03-01T10:00:00Z"}"#)
    let number = try #require(start["transactionId"]?.int)
    #expect(try Messages.violation(response: start, to: "StartTransaction", in: .v16) == nil)
    try station.call(
      "MeterValues",
      #"{"connectorId":1,"transactionId":\#(number),"meterValue":[{"timestamp":"2026-03-01T10:30:00Z","sampledValue":[{"value":"4000"}]}]}"#
    )
    try station.call(
      "StopTransaction",
      #"{"transactionId":\#(number),"meterStop":9000,"timestamp":"2026-03-01T11:00:00Z"}"#)
    let sessions = try bench.sessions()
    #expect(sessions.map(\.version) == [.ocpp16])
    #expect(sessions.map(\.meterLast) == [4000])
    #expect(sessions.map(\.meterStop) == [9000])
    let told = try bench.ledger("wrong version")
    #expect(told.map(\.kind) == [.upgrade])
    station.hangUp()
    #expect(eventually { bench.log.contains("7 messages broke a rule") })
  }

  @Test("firmware that nobody here installed is recorded and told")
  func selfUpdating() throws {
    let bench = try Workbench("identity\nCP1\n")
    for version in ["2.3.1", "2.3.1", "9.9.9"] {
      let station = try Station("CP1", port: bench.port)
      try station.boot(version)
      station.hangUp()
      #expect(try eventually { try !bench.charger("CP1").online })
    }
    #expect(try eventually { try bench.stored("CP1").firmware.observed?.value == "9.9.9" })
    #expect(
      try bench.ledger("firmware").map { String(decoding: $0.body, as: UTF8.self) } == [
        "runs 9.9.9 now, ran 2.3.1: not by an upgrade here"
      ])
  }

  @Test("message ids that begin again after a reboot are other messages")
  func reusedIDs() throws {
    let bench = try Workbench("identity\nCP1\n") { $0.authorize = .any }
    var numbers: Set<Int64> = []
    for hour in 10..<13 {
      let station = try Station("CP1", port: bench.port)
      _ = try station.call(
        "BootNotification",
        #"{"chargePointVendor":"V","chargePointModel":"M","firmwareVersion":"\#(hour)"}"#, id: "1")
      let start = try station.call(
        "StartTransaction",
        #"{"connectorId":1,"idTag":"A","meterStart":\#(hour),"timestamp":"2026-03-01T\#(hour):00:00Z"}"#,
        id: "2")
      let number = try #require(start["transactionId"]?.int)
      numbers.insert(number)
      try station.call(
        "StopTransaction",
        #"{"transactionId":\#(number),"meterStop":99,"timestamp":"2026-03-01T\#(hour):30:00Z"}"#,
        id: "3")
      station.hangUp()
    }
    #expect(numbers.count == 3)
    #expect(try bench.sessions().count == 3)
    #expect(try bench.ledger("BootNotification").count == 3)
    #expect(try eventually { try bench.stored("CP1").firmware.observed?.value == "12" })
  }

  @Test("sessions held back while it was offline are one record each, however often they come")
  func offlineQueue() throws {
    let bench = try Workbench("identity\nCP1\n") { $0.authorize = .any }
    var station = try Station("CP1", port: bench.port)
    try station.boot()
    for round in 0..<2 {
      for hour in 10..<14 {
        let start = try station.call(
          "StartTransaction",
          #"{"connectorId":1,"idTag":"A","meterStart":\#(hour)00,"timestamp":"2026-03-01T\#(hour):00:00Z"}"#
        )
        let number = try #require(start["transactionId"]?.int)
        try station.call(
          "MeterValues",
          #"{"connectorId":1,"transactionId":\#(number),"meterValue":[{"timestamp":"2026-03-01T\#(hour):10:00Z","sampledValue":[{"value":"\#(hour)50"}]}]}"#
        )
        for _ in 0..<2 {
          try station.call(
            "StopTransaction",
            #"{"transactionId":\#(number),"meterStop":\#(hour)90,"timestamp":"2026-03-01T\#(hour):30:00Z"}"#
          )
        }
      }
      // It lost its power before it could forget them.
      if round == 0 {
        station.hangUp()
        station = try Station("CP1", port: bench.port)
        try station.boot()
      }
    }
    let sessions = try bench.sessions()
    #expect(sessions.map(\.meterStart) == [1000, 1100, 1200, 1300])
    #expect(sessions.map(\.meterStop) == [1090, 1190, 1290, 1390])
    #expect(sessions.allSatisfy { !$0.isOpen })
  }

  @Test("the whole charger is not taken for a connector, nor unsays what its connectors are")
  func wholeStation() throws {
    let bench = try Workbench("identity\nCP1\n")
    let old = try Station("CP1", port: bench.port)
    try old.status(connector: 1)
    try old.status("Unavailable", connector: 2)
    old.hangUp()
    try bench.look { core in
      for charger in core.live.values { charger.charger.released = [.ocpp16, .ocpp201] }
    }
    let new = try Station("CP1", port: bench.port, offers: Campaigning.both)
    #expect(new.version == .v201)
    try new.boot()
    let id = try bench.charger("CP1").id
    func plugs() throws -> [ConnectorID]? {
      try bench.look { core in core.live[id]?.plugs.map(\.id) }
    }
    try new.call(
      "StatusNotification",
      #"{"timestamp":"2026-03-01T10:00:00Z","connectorStatus":"Available","evseId":0,"connectorId":0}"#
    )
    #expect(try plugs()?.count == 2)
    for connector in 1...2 {
      try new.call(
        "StatusNotification",
        #"{"timestamp":"2026-03-01T10:00:00Z","connectorStatus":"Available","evseId":1,"connectorId":\#(connector)}"#
      )
    }
    let both = [ConnectorID(evse: 1, connector: 1), ConnectorID(evse: 1, connector: 2)]
    #expect(try plugs() == both)
  }

  @Test("the n-th connector of one version is the n-th of the other, if there are as many")
  func places() {
    let flat = ConnectorPlaces.flat(3)
    let nested = [(1, 1), (1, 2), (2, 1)].map { ConnectorID(evse: $0.0, connector: $0.1) }
    #expect(ConnectorPlaces.move([flat[1]], from: flat, to: nested) == [nested[1]])
    #expect(ConnectorPlaces.move([nested[2]], from: nested, to: flat) == [flat[2]])
    #expect(ConnectorPlaces.move([flat[0]], from: flat, to: Array(nested.prefix(2))) == nil)
    #expect(ConnectorPlaces.move([flat[2]], from: ConnectorPlaces.flat(2), to: flat) == nil)
  }
}

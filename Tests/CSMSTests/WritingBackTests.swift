import Fleet
import Testing

@testable import CSMS

/// Rows that follow the ledger, and how they catch up.
struct WritingBackTests {
  private static let chargers = "identity\nCP-1\n"

  private static func start(_ station: Station) throws {
    _ = try station.ask(
      "TransactionEvent",
      """
      {"eventType":"Started","timestamp":"2026-03-01T10:00:00Z","triggerReason":"Authorized",
      "seqNo":0,"transactionInfo":{"transactionId":"T1"},"evse":{"id":1,"connectorId":1},
      "idToken":{"idToken":"AA","type":"ISO14443"}}
      """)
  }

  private static func update(_ station: Station, _ number: Int, wattHours: Int) throws {
    _ = try station.ask(
      "TransactionEvent",
      """
      {"eventType":"Updated","timestamp":"2026-03-01T10:0\(number):00Z",
      "triggerReason":"MeterValuePeriodic","seqNo":\(number),
      "transactionInfo":{"transactionId":"T1"},
      "meterValue":[{"timestamp":"2026-03-01T10:0\(number):00Z",
      "sampledValue":[{"value":\(wattHours)}]}]}
      """)
  }

  private static func row(_ bench: Workbench) throws -> Session {
    let found = try bench.look { core in
      try core.store.charger(identity: "CP-1").flatMap {
        try core.store.session(of: $0.id, key: "T1")
      }
    }
    return try #require(found)
  }

  @Test("An update's row follows later, and after a crash comes from the ledger, once")
  func updatesAfterCrash() throws {
    let bench = try Workbench { settings in
      settings.admit = .any
      settings.authorize = .any
      // Nothing is written back but by what the test does.
      settings.flushEvery = .hours(1)
    }
    let station = try Station("CP-1", port: bench.port, offers: "ocpp2.0.1")
    try Self.start(station)
    try Self.update(station, 1, wattHours: 500)
    try Self.update(station, 2, wattHours: 900)
    #expect(try Self.row(bench).sequence.text == "0")

    // What a new process does first, with nothing in memory.
    try bench.look { core in
      core.live = [:]
      try core.store.transaction {
        try core.replay()
        try core.flush()
      }
    }
    let after = try Self.row(bench)
    #expect(after.sequence.text == "0-2")
    #expect(after.meterLast == 900)
    #expect(after.isOpen)

    // A repeat is known again and leaves no second entry.
    let entries = try bench.ledger("TransactionEvent").count
    try Self.update(station, 2, wattHours: 900)
    #expect(try bench.ledger("TransactionEvent").count == entries)
  }

  @Test("Many chargers are written back in portions, and all of them are")
  func portions() throws {
    let count = Sweep.portion * 2 + 7
    let rows = (1...count).map { "CP-\($0)\n" }.joined()
    let bench = try Workbench("identity\n" + rows) { $0.flushEvery = .hours(1) }
    let (rounds, behind) = try bench.look { core -> (Int, Int) in
      for number in 1...count {
        guard let found = try core.store.charger(identity: "CP-\(number)") else { continue }
        let charger = try core.liveCharger(found.id)
        charger.charger.notes = "seen"
        charger.isDirty = true
      }
      var rounds = 0
      repeat {
        try core.store.transaction { try core.flushSome(now: SystemClock.now) }
        rounds += 1
      } while core.sweep != nil && rounds < 10
      return (rounds, core.live.count)
    }
    #expect(rounds == 3)
    #expect(behind == 0)
    for number in [1, Sweep.portion, count] {
      #expect(try bench.stored("CP-\(number)").notes == "seen")
    }
  }

  @Test("A refused command leaves rows behind the ledger no more than they were")
  func refusal() throws {
    let bench = try Workbench(Self.chargers) { $0.flushEvery = .hours(1) }
    let station = try Station("CP-1", port: bench.port)
    _ = try station.boot("9.9")
    #expect(throws: (any Error).self) {
      try bench.perform(.start(campaign: "there is none"))
    }
    #expect(try bench.stored("CP-1").firmware.observed?.value == "9.9")
  }
}

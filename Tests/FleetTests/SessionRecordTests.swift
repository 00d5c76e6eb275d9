import Testing

@testable import Fleet

/// What messages make of a session's record.
struct SessionRecordTests {
  private static let start = Instant(seconds: 1_794_441_600)

  private static func session(register: Double? = 1000) -> Session {
    var session = Session(
      id: SessionID(rawValue: 7), charger: ChargerID(rawValue: 1), key: "T1", version: .ocpp201,
      connector: ConnectorID(evse: 1, connector: 1), token: "A", startedAt: start,
      meterStart: register)
    session.meterLast = register
    return session
  }

  private static func update(_ sequence: Int?, _ register: Double?) -> SessionUpdate {
    SessionUpdate(
      session: .key("T1"), connector: nil, at: start + .minutes(Double(sequence ?? 1)),
      register: register, sequence: sequence)
  }

  private static func stop(_ register: Double?, first: SessionStop.First? = nil) -> SessionStop {
    SessionStop(
      session: .key("T1"), connector: nil, token: nil, at: start + .hours(1), register: register,
      reason: "Local", first: first, sequence: 9)
  }

  struct Order: Sendable {
    var numbers: [Int?]
    var registers: [Double?]
    var last: Double
  }

  @Test(
    "the newest register counts, whatever order messages come in",
    arguments: [
      Order(numbers: [1, 2, 3], registers: [1100, 1200, 1300], last: 1300),
      Order(numbers: [3, 1, 2], registers: [1300, 1100, 1200], last: 1300),
      // A newer message without a register does not hide that of an older one.
      Order(numbers: [3, 2], registers: [nil, 1200], last: 1200),
      // A newest register that runs back is the register all the same: it is remarked elsewhere.
      Order(numbers: [1, 2], registers: [1300, 900], last: 900),
      Order(numbers: [nil, nil], registers: [1300, 1400], last: 1400),
      // The same message again changes nothing.
      Order(numbers: [1, 1], registers: [1100, 5000], last: 1100),
    ])
  func order(order: Order) {
    var session = Self.session()
    _ = session.sequence.insert(0)
    for (number, register) in zip(order.numbers, order.registers) {
      _ = session.take(Self.update(number, register))
    }
    #expect(session.meterLast == order.last)
  }

  @Test("an end without a register, or with one of 0, takes the last one and says so")
  func missingRegister() {
    for register in [nil, 0.0] {
      var session = Self.session()
      _ = session.take(Self.update(1, 4000))
      session.take(Self.stop(register))
      #expect(session.meterStop == 4000)
      #expect(session.flaws == .endEstimated)
      // A late update that knows more is taken up; the end itself is what it was.
      _ = session.take(Self.update(2, 4500))
      #expect(session.meterStop == 4500)
      #expect(session.stoppedAt == Self.start + .hours(1))
    }
    var whole = Self.session()
    whole.take(Self.stop(5000))
    _ = whole.take(Self.update(2, 6000))
    #expect(whole.meterStop == 5000 && whole.flaws.isEmpty)
    // 0 is a register where nothing greater was ever seen.
    var fresh = Self.session(register: 0)
    fresh.take(Self.stop(0))
    #expect(fresh.meterStop == 0 && fresh.flaws.isEmpty)
  }

  @Test("an end fills in the beginning of a session whose start never came")
  func beginning() {
    var lost = Self.session(register: nil)
    lost.startedAt = Self.start + .hours(1)
    lost.flaws = .startUnknown
    lost.take(Self.stop(5000, first: .init(at: Self.start, register: 900)))
    #expect(lost.startedAt == Self.start && lost.meterStart == 900)
    #expect(lost.flaws == .startUnknown)
    var known = Self.session(register: 1000)
    known.take(Self.stop(5000, first: .init(at: Self.start + .minutes(-5), register: 900)))
    #expect(known.startedAt == Self.start && known.meterStart == 1000)
  }

  @Test("a start behind its updates makes the record whole")
  func lateStart() {
    var session = Self.session(register: nil)
    session.flaws = .startUnknown
    session.connector = ConnectorID(evse: 0, connector: 0)
    session.token = ""
    session.take(
      SessionStart(
        key: "T1", connector: ConnectorID(evse: 2, connector: 1), token: "B",
        terms: SessionTerms(tokenType: "ISO14443"), at: Self.start + .minutes(-1), register: 500,
        sequence: 0))
    #expect(session.flaws.isEmpty)
    #expect(session.connector == ConnectorID(evse: 2, connector: 1))
    #expect(session.token == "B" && session.terms.tokenType == "ISO14443")
    #expect(session.startedAt == Self.start + .minutes(-1) && session.meterStart == 500)
  }

  @Test("the newest cost counts; an older one fills a gap only")
  func costs() {
    var session = Self.session()
    func say(_ number: Int, _ cost: Double?, _ tariff: String?) {
      var update = Self.update(number, nil)
      update.terms = SessionTerms(tariff: tariff, cost: cost, currency: cost.map { _ in "EUR" })
      _ = session.take(update)
    }
    say(3, 4.5, nil)
    say(1, 1.5, "night")
    #expect(session.terms.cost == 4.5 && session.terms.tariff == "night")
    say(5, 6, nil)
    #expect(session.terms.cost == 6 && session.terms.currency == "EUR")
  }

  @Test("entries are read as they were written, and rise", arguments: 0..<20)
  func entries(round: Int) {
    var random = SystemRandomNumberGenerator()
    let seed = random.next()
    var generator = Seeded(seed)
    var entries = SessionEntries()
    var expected: [Int64] = []
    for _ in 0..<200 {
      let id = Int64.random(
        in: 1...(1 << Int64.random(in: 1...60, using: &generator)), using: &generator)
      if id > expected.last ?? 0 { expected.append(id) }
      entries.append(id)
    }
    #expect(entries.ids == expected, "seed \(seed)")
    #expect(SessionEntries(bytes: entries.bytes) == entries, "seed \(seed)")
    // Again from the middle, as a restart does.
    for id in expected.dropFirst(expected.count / 2) { entries.append(id) }
    #expect(entries.ids == expected, "seed \(seed)")
  }

  @Test("entries end at their limit, and damaged ones are told")
  func entryLimits() {
    var entries = SessionEntries()
    for id in 1...Int64(SessionEntries.limit + 10) { entries.append(id) }
    #expect(entries.isFull && entries.bytes.count == SessionEntries.limit)
    #expect(entries.ids.count == SessionEntries.limit)
    for bytes: [UInt8] in [[0x80], [0], [5, 0], [UInt8](repeating: 0xFF, count: 12)] {
      #expect(SessionEntries(bytes: bytes) == nil, "\(bytes)")
    }
  }

  @Test("numbers that are sent with endless gaps are not remembered without end")
  func sparse() {
    var set = SequenceSet()
    for n in 0..<5000 {
      let isNew = set.insert(2 * n)
      #expect(isNew)
    }
    #expect(set.ranges.count == 1000)
    #expect(SequenceSet(text: set.text) == set)
  }
}

import Canvas
import Console
import Control
import Fleet
import Rollout

/// 24 November 2026, 14:03:07 in Berlin.
let now = Instant(milliseconds: 1_795_525_387_000)

enum Fixture {
  static let small = Size(rows: 24, columns: 80)
  static let large = Size(rows: 60, columns: 200)

  static func setup(glyphs: Glyphs = .unicode, role: Role = .technician) -> ConsoleSetup {
    ConsoleSetup(
      database: "fleet.db", caller: Caller(name: "ada", role: role), glyphs: glyphs,
      time: LocalTime(offset: 3600))
  }

  static let engine = EngineInfo(
    process: 4711, startedAt: now + .hours(-24 * 41), listening: ["0.0.0.0:9000"],
    connections: 9812)

  static func state(
    size: Size = small, glyphs: Glyphs = .unicode, role: Role = .technician,
    engine: EngineInfo? = engine
  ) -> ConsoleState {
    ConsoleState(setup: setup(glyphs: glyphs, role: role), size: size, now: now, engine: engine)
  }

  static let models = [
    ("Volta", "AC22", "2.3.1"), ("Alpitronic", "HYC300", "1.8.0-3"), ("Volta", "AC11", "2.1.0"),
    ("Kempower", "Satellite S2", "4.12"),
  ]
  static let sites = ["Köln-Deutz", "Berlin-Ostbahnhof", "Hamburg-Altona", "Köln-Messe"]

  /// The charger at a place, the same every time.
  static func row(_ index: Int) -> FleetRow {
    let (vendor, model, firmware) = models[index / 3 % 4]
    let verdict = Readiness.Verdict.allCases[(index * 7 + 11) % 12]
    let digits = String(index + 1)
    let number = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    return FleetRow(
      identity: "KLN-DTZ-\(number)", site: sites[index / 5 % 4], vendor: vendor, model: model,
      firmware: index % 9 == 8 ? "" : firmware, flashFree: index % 6 == 5 ? nil : 140 + index * 13,
      ramFree: index % 6 == 5 ? nil : 48 + index % 60,
      speaks: index % 8 == 7 ? nil : index % 3 == 0 ? .ocpp201 : .ocpp16, online: index % 5 != 4,
      verdict: verdict,
      reason: verdict == .tooSmall
        ? "too small: 2.4.0 needs 200 kB of flash free, it has 140 (technician 12 Nov; import"
          + " claimed 256). Stays on 1.6."
        : "2.4.0→ brings 2.0.1; nothing stands in its way.",
      upgrade: index % 4 == 1 ? "downloading 38 %" : nil)
  }

  /// What an engine with `matching` chargers answers.
  static func answer(_ question: Question, matching: Int = 10_000, at: Instant = now) -> Reply {
    switch question {
    case .fleet(let query):
      let end = min(matching, query.offset + query.limit)
      return .fleet(
        FleetPage(
          at: at, query: query, matching: matching, total: matching,
          rows: query.offset < end ? (query.offset..<end).map(row) : []))
    case .charger(let identity): return .charger(detail(identity))
    default: return .dashboard(dashboard)
    }
  }

  static let waves: [WaveSummary] = [
    .init(number: 1, size: 5, ended: 5, inFlight: 0, waiting: false),
    .init(number: 2, size: 100, ended: 100, inFlight: 0, waiting: false),
    .init(number: 3, size: 1000, ended: 412, inFlight: 48, waiting: false),
    .init(number: 4, size: 31, ended: 31, inFlight: 0, waiting: true),
    .init(number: 5, size: 4000, ended: 0, inFlight: 0, waiting: false),
  ]

  static func campaign(_ id: Int64, _ name: String, _ status: Campaign.Status) -> CampaignSummary {
    CampaignSummary(
      id: CampaignID(rawValue: id), name: name, status: status, target: .ocpp201,
      planHash: "7f3a", total: 8721, migrated: 6204, inFlight: 48, toGo: 2463, failed: 4,
      quarantined: 2, waves: waves)
  }

  static let dashboard = Dashboard(
    at: now, chargers: 10_000, online: 9812,
    versions: [
      .init(label: "1.6", count: 3784), .init(label: "2.0.1", count: 6204),
      .init(label: "2.1", count: 12), .init(label: "never seen", count: 0),
    ],
    verdicts: [
      .init(verdict: .endOfLife, count: 40), .init(verdict: .pinned, count: 2),
      .init(verdict: .migrated, count: 6204), .init(verdict: .unknown, count: 310),
      .init(verdict: .tooSmall, count: 833), .init(verdict: .noFirmware, count: 400),
      .init(verdict: .needsHop, count: 120), .init(verdict: .claimedOnly, count: 811),
      .init(verdict: .ready, count: 1280),
    ],
    campaigns: [campaign(1, "Autumn-24", .running)],
    failures: [
      .init(reason: "download failed", count: 18),
      .init(reason: "no boot after install", count: 11),
      .init(reason: "did not come back in the new version", count: 7),
      .init(reason: "boots the old image", count: 5), .init(reason: "signature refused", count: 3),
      .init(reason: "refused by the charger", count: 1),
    ],
    needsYou: [
      .init(
        kind: .gateFailed,
        text: "Gate of wave 4, Volta AC22 2.3.1→2.4.0, failed: 3 of 31 failed, so up to 23 %"
          + " may fail where 10 % are allowed. Decide: stop it or override the gate.",
        campaign: "Autumn-24", since: now + .hours(-12),
        place: .wave(campaign: "Autumn-24", number: 4)),
      .init(
        kind: .quarantined, text: "2 chargers quarantined at Köln-Deutz.", campaign: "Autumn-24",
        since: now + .hours(-60), place: .fleet(filter: "ready:quarantined")),
    ])

  static func detail(_ identity: String) -> ChargerDetail {
    var row = row(7)
    row.identity = identity
    row.speaks = .ocpp16
    return ChargerDetail(
      row: row,
      readiness: Readiness(
        verdict: .tooSmall,
        reason: "2.4.0 needs 200 kB of flash free, it has 140. Mark it end of life, or wait.",
        evidence: ["flash free 140 kB: technician, 12 Nov", "needs 200 kB: catalogue"]),
      known: [
        .init(
          name: "firmware", claimed: "2.3.0", claimedBy: "fleet.csv line 12", observed: "2.3.1",
          observedBy: "BootNotification"),
        .init(
          name: "flash free", claimed: "256 kB", claimedBy: "fleet.csv line 12", observed: "140 kB",
          observedBy: "technician"),
        .init(
          name: "RAM free", claimed: nil, claimedBy: nil, observed: nil, observedBy: nil),
      ],
      released: .ocpp16,
      connectors: [
        Connector(
          id: ConnectorID(evse: 1, connector: 1), state: .charging, at: now + .minutes(-12)),
        Connector(
          id: ConnectorID(evse: 2, connector: 1), state: .faulted, at: now + .hours(-70),
          error: "GroundFailure"),
      ], openSessions: 1, endOfLife: nil, pin: nil, lastSeen: now + .seconds(-8),
      story: [
        .init(at: now + .hours(-301), text: "planned: wave 4, window 01:00–05:00, budget 1"),
        .init(at: now + .hours(-300), text: "outage 1: drained in 4 min; kept 61 keys, list v7"),
        .init(at: now + .hours(-299), text: "sent UpdateFirmware 2.4.0 (attempt 1), accepted"),
      ])
  }
}

extension ConsoleState {
  /// Sends events and answers every question as `engine` would, until none is open.
  @discardableResult
  mutating func settle(
    _ events: [ConsoleEvent], engine: (Question) -> Result<Reply, ControlError>
  ) -> [ConsoleEffect] {
    var all: [ConsoleEffect] = []
    var queue = events
    while !queue.isEmpty {
      let effects = update(queue.removeFirst())
      all += effects
      for case .ask(let question) in effects {
        queue.insert(.answered(question, engine(question)), at: 0)
      }
    }
    return all
  }

  mutating func type(_ text: String) {
    for character in text { _ = update(.key(.character(character))) }
  }

  func lines() -> [String] {
    var canvas = Canvas(size)
    render(into: &canvas)
    return canvas.textLines
  }
}

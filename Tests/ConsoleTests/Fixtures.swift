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
    process: 4711, startedAt: now + .hours(-24 * 41),
    listening: ["ws://0.0.0.0:9000/ocpp/<identity>"],
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
    var row = FleetRow(
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
    (row.hardware, row.zone) = (["A", "B2", ""][index % 3], "Europe/Berlin")
    return row
  }

  /// What an engine with `matching` chargers answers.
  static func answer(_ question: Question, matching: Int = 10_000, at: Instant = now) -> Reply {
    switch question {
    case .fleet(let query):
      let end = min(matching, query.offset + query.limit)
      return .fleet(
        FleetPage(
          at: at, query: query, matching: matching, total: matching,
          rows: query.offset < end ? (query.offset..<end).map(row) : [],
          selections: ["berlin"]))
    case .charger(let identity): return .charger(detail(identity))
    case .campaigns: return .campaigns(campaigns)
    case .campaign: return .campaign(campaign)
    case .wave: return .wave(wave)
    case .endOfLife(let query): return .endOfLife(endOfLife(matching, query))
    case .audit(let query): return .audit(audit(matching, query))
    case .messages(let question): return .messages(messages(question, matching, at: at))
    default: return .dashboard(dashboard)
    }
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

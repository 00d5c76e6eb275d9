import Control
import Fleet
import FleetStore
import Rollout
import Simulator

/// How every charger of a demonstration ended, beside what was expected.
struct DemoReport {
  private struct Line {
    var row: DemoRow
    var ending: DemoRow.Ending?
    var why: String
  }

  /// What the inventory says at the end.
  struct Facts {
    var detail: CampaignDetail
    var upgrades: [UpgradeRow]
    var fleet: [FleetRow]
    /// Of a charger by its identity.
    var charger: (String) throws -> ChargerDetail?
  }

  private let lines: [Line]
  private(set) var surprises: [String] = []

  init(rows: [DemoRow], facts: Facts) throws {
    let upgradeOf = Dictionary(facts.upgrades.map { ($0.identity, $0) }) { first, _ in first }
    let rowOf = Dictionary(facts.fleet.map { ($0.identity, $0) }) { first, _ in first }
    let stratumOf = Dictionary(facts.detail.strata.map { ($0.label, $0) }) { first, _ in first }
    var lines: [Line] = []
    for row in rows {
      let (ending, why) = Self.ending(upgradeOf[row.identity], rowOf[row.identity], stratumOf)
      var line = Line(row: row, ending: ending, why: why)
      let who = "\(row.identity) (\(row.habit))"
      if !(ending.map(row.expected.contains) ?? false) {
        surprises.append(
          "\(who): expected \(row.expectation), is \(ending?.label ?? "unfinished"): \(why)")
      } else if !row.how.isEmpty {
        let told = try facts.charger(row.identity).map(Self.story) ?? []
        if let sentence = ([why] + told).first(where: { $0.contains(row.how) }) {
          // A story is laid out in columns.
          line.why = sentence.split(separator: " ").joined(separator: " ")
        } else {
          surprises.append("\(who): \(line.why.isEmpty ? "ended" : why), not: \(row.how)")
        }
      }
      lines.append(line)
    }
    self.lines = lines
  }

  private static func story(_ charger: ChargerDetail) -> [String] {
    [charger.readiness.verdict.label] + charger.story.map(\.text)
  }

  /// Outcome, count, why.
  var outcomes: [[String]] {
    var counts: [DemoRow.Ending: [String: Int]] = [:]
    for line in lines {
      if let ending = line.ending { counts[ending, default: [:]][line.why, default: 0] += 1 }
    }
    return DemoRow.Ending.allCases.flatMap { ending in
      (counts[ending] ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { [ending.label, String($0.value), $0.key] }
    }
  }

  /// Habit, charger, expected, ended, how: a line for each habit, and one for those without any.
  var habits: [[String]] {
    let good = lines.filter { $0.row.habit == Habit.good }
    let strange = lines.filter { $0.row.habit != Habit.good }
      .map {
        [
          $0.row.habit, $0.row.identity, $0.row.expectation, $0.ending?.label ?? "unfinished",
          $0.row.how.isEmpty ? "" : $0.why,
        ]
      }
    let ended = good.count { line in line.ending.map(line.row.expected.contains) ?? false }
    return strange + [
      [Habit.good, "\(good.count) others", "as expected", "\(ended) of \(good.count)", ""]
    ]
  }

  private static func ending(
    _ upgrade: UpgradeRow?, _ row: FleetRow?, _ strata: [String: CampaignDetail.StratumRow]
  ) -> (DemoRow.Ending?, String) {
    guard let upgrade else {
      return (.held, row?.verdict.label ?? "not in the inventory")
    }
    let speaks = row?.speaks?.label ?? "nothing"
    switch upgrade.phase {
    case .migrated:
      guard row?.speaks == .ocpp201 else { return (nil, "migrated, but speaks \(speaks)") }
      return (.migrated, upgrade.stratum)
    case .rolledBack:
      guard row?.speaks == .ocpp16 else { return (nil, "rolled back, but speaks \(speaks)") }
      return (.rolledBack, upgrade.detail)
    case .quarantined: return (.quarantined, upgrade.detail)
    case .failed: return (.failed, upgrade.detail)
    case .skipped: return (.skipped, upgrade.detail)
    case .planned:
      guard case .waiting(_, let verdict) = strata[upgrade.stratum]?.state, row?.speaks == .ocpp16
      else { return (nil, "planned \(upgrade.detail)") }
      return (
        verdict.word == .fail ? .stopped : .waiting, "\(upgrade.stratum): \(verdict.sentence)"
      )
    default: return (nil, "\(upgrade.phase.rawValue) \(upgrade.detail)")
    }
  }

  // MARK: What is left behind

  /// Connectors of reachable chargers that drivers cannot use although nothing is under way.
  static func closedConnectors(_ stations: [StationSnapshot]) -> [String] {
    stations.filter { $0.isOnline && $0.closedConnectors > 0 }.map {
      "\($0.identity): \($0.closedConnectors) connectors are left unavailable"
    }
  }

  /// The same as the inventory has it.
  static func closedConnectors(_ chargers: [ChargerDetail]) -> [String] {
    chargers.filter { $0.row.online }.compactMap { charger in
      let closed = charger.connectors.filter { $0.id.evse > 0 && $0.state == .unavailable }
      guard !closed.isEmpty else { return nil }
      return "\(charger.row.identity): \(closed.count) connectors are unavailable in the inventory"
    }
  }

  /// Sessions that are on record never or more than once, as their chargers know them.
  static func sessionFlaws(
    _ stations: [StationSnapshot], _ records: [InventoryRecords.SessionRow]
  ) -> [String] {
    var counts: [String: Int] = [:]
    for record in records { counts["\(record.identity) \(record.token)", default: 0] += 1 }
    return stations.flatMap { station -> [String] in
      if station.isOnline, !station.isCharging, station.hasUnacknowledged {
        return ["\(station.identity): messages of its sessions are not acknowledged"]
      }
      if station.hasUnacknowledged { return [] }
      return station.sessions.filter { $0.ended != nil }.compactMap { session -> String? in
        let count = counts["\(station.identity) \(session.token)"] ?? 0
        guard count != 1 else { return nil }
        return "\(station.identity): the session of \(session.token) is on record \(count) times"
      }
    }
  }
}

import Control
import Fleet
import Rollout

/// How many upgrades of a campaign are where.
struct CampaignCounts {
  struct Cell {
    var wave: Int
    var stratum: Int
    var phase: Upgrade.Phase
    var failure: Upgrade.Failure.Class?
    var countsForGate: Bool
    var n: Int
    /// Came to what its campaign is for: migrated, or back where that was wanted.
    var isDone: Bool { phase == .migrated || phase == .rolledBack && failure == nil }
  }
  var cells: [Cell]

  func count(_ holds: (Cell) -> Bool) -> Int { cells.reduce(0) { $0 + (holds($1) ? $1.n : 0) } }

  /// The same as `Evidence(stratum:of:)` over all upgrades, without reading them.
  func evidence(stratum: Int) -> Evidence {
    var evidence = Evidence()
    var upgrade = Upgrade(
      id: .init(rawValue: 0), campaign: .init(rawValue: 0), charger: .init(rawValue: 0), site: nil,
      wave: 1, stratum: stratum, target: .init(rawValue: 0), enteredAt: .init(milliseconds: 0))
    for cell in cells where cell.stratum == stratum {
      upgrade.phase = cell.phase
      upgrade.failure = cell.failure.map { .init(phase: cell.phase, reason: $0, detail: "") }
      upgrade.countsForGate = cell.countsForGate
      evidence.add(upgrade, times: cell.n)
    }
    return evidence
  }

  /// Most frequent first.
  var failures: [Dashboard.FailureCount] {
    var counts: [String: Int] = [:]
    for cell in cells where cell.phase.isEnd {
      if let failure = cell.failure { counts[failure.rawValue, default: 0] += cell.n }
    }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { .init(reason: $0.key, count: $0.value) }
  }
}

extension Evidence {
  fileprivate mutating func add(_ upgrade: Upgrade, times n: Int) {
    var one = Evidence()
    one.add(upgrade)
    done += one.done * n
    failed += one.failed * n
    atRisk += one.atRisk * n
    planned += one.planned * n
    population += one.population * n
  }
}

extension Upgrade.Phase {
  var isInFlight: Bool { !isEnd && self != .planned }

  /// Failed, or on its way back.
  var isBad: Bool {
    switch self {
    case .rollingBack, .rolledBack, .quarantined, .failed: true
    default: false
    }
  }
}

extension Glance {
  /// Remembered until somebody writes.
  func counts(of campaign: Campaign) throws(StoreError) -> CampaignCounts {
    if let known = counted[campaign.id] { return known }
    let cells = try connection.rows(
      """
      SELECT wave, stratum, phase, failure, counts_for_gate, n FROM upgrade_tallies
        WHERE campaign = ? AND n > 0
      """, [.int(campaign.id.rawValue)]
    ) { row throws(StoreError) in
      guard let phase = Upgrade.Phase(rawValue: row.text(2)) else {
        throw .damaged(subject: "Campaign \(campaign.name)", reason: "phase \(row.text(2))")
      }
      return CampaignCounts.Cell(
        wave: Int(row.int(0)), stratum: Int(row.int(1)), phase: phase,
        failure: Upgrade.Failure.Class(rawValue: row.text(3)), countsForGate: row.bool(4),
        n: Int(row.int(5)))
    }
    let counts = CampaignCounts(cells: cells)
    counted[campaign.id] = counts
    return counts
  }
}

import Control
import Fleet
import Rollout

/// How many upgrades of a campaign are where.
struct CampaignCounts {
  struct Cell {
    var wave: Int
    var stratum: Int
    var phase: Upgrade.Phase
    var n: Int
  }
  /// Ends that went badly, and ways back: whether they are evidence depends on more than the phase.
  struct Bad {
    var wave: Int
    var stratum: Int
    var phase: Upgrade.Phase
    var failure: Upgrade.Failure.Class?
    var countsForGate: Bool
    var n: Int
  }
  var cells: [Cell]
  var bad: [Bad]

  func count(_ holds: (Cell) -> Bool) -> Int { cells.reduce(0) { $0 + (holds($1) ? $1.n : 0) } }

  /// The same as `Evidence(stratum:of:)` over all upgrades, without reading them.
  func evidence(stratum: Int) -> Evidence {
    var evidence = Evidence()
    var upgrade = Upgrade(
      id: .init(rawValue: 0), campaign: .init(rawValue: 0), charger: .init(rawValue: 0), site: nil,
      wave: 1, stratum: stratum, target: .init(rawValue: 0), enteredAt: .init(milliseconds: 0))
    for cell in cells where cell.stratum == stratum && !cell.phase.mayBeBad {
      upgrade.phase = cell.phase
      evidence.add(upgrade, times: cell.n)
    }
    for bad in bad where bad.stratum == stratum {
      upgrade.phase = bad.phase
      upgrade.failure = bad.failure.map { .init(phase: bad.phase, reason: $0, detail: "") }
      upgrade.countsForGate = bad.countsForGate
      evidence.add(upgrade, times: bad.n)
    }
    return evidence
  }

  /// Most frequent first.
  var failures: [Dashboard.FailureCount] {
    var counts: [String: Int] = [:]
    for bad in bad where bad.phase.isEnd {
      if let failure = bad.failure { counts[failure.rawValue, default: 0] += bad.n }
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
  }
}

extension Upgrade.Phase {
  var isInFlight: Bool { !isEnd && self != .planned }

  fileprivate var mayBeBad: Bool {
    switch self {
    case .rollingBack, .rolledBack, .quarantined, .failed: true
    default: false
    }
  }
}

extension Glance {
  /// What is not under way does not change without a new revision, and is remembered.
  func counts(of campaign: Campaign) throws(StoreError) -> CampaignCounts {
    if !campaign.status.isLive, let (revision, counts) = settled[campaign.id],
      revision == campaign.revision
    {
      return counts
    }
    let id = SQLValue.int(campaign.id.rawValue)
    func phase(_ text: String) throws(StoreError) -> Upgrade.Phase {
      guard let phase = Upgrade.Phase(rawValue: text) else {
        throw .damaged(subject: "Campaign \(campaign.name)", reason: "phase \(text)")
      }
      return phase
    }
    let cells = try connection.rows(
      """
      SELECT wave, stratum, phase, count(*) FROM upgrades WHERE campaign = ?
        GROUP BY stratum, wave, phase
      """, [id]
    ) { row throws(StoreError) in
      CampaignCounts.Cell(
        wave: Int(row.int(0)), stratum: Int(row.int(1)), phase: try phase(row.text(2)),
        n: Int(row.int(3)))
    }
    // The condition is that of the index, word for word: only so is it used.
    let bad = try connection.rows(
      """
      SELECT wave, stratum, phase, failure, counts_for_gate, count(*) FROM upgrades
        WHERE campaign = ? AND phase IN ('rollingBack', 'rolledBack', 'quarantined', 'failed')
        GROUP BY stratum, wave, phase, failure, counts_for_gate
      """, [id]
    ) { row throws(StoreError) in
      CampaignCounts.Bad(
        wave: Int(row.int(0)), stratum: Int(row.int(1)), phase: try phase(row.text(2)),
        failure: row.optionalText(3).flatMap { Upgrade.Failure.Class(rawValue: $0) },
        countsForGate: row.bool(4), n: Int(row.int(5)))
    }
    let counts = CampaignCounts(cells: cells, bad: bad)
    if !campaign.status.isLive { settled[campaign.id] = (campaign.revision, counts) }
    return counts
  }
}

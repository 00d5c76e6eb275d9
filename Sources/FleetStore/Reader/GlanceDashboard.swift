import Control
import Fleet
import Rollout

extension Glance {
  private static let week = Span.hours(7 * 24)
  /// Points of the chart: two for each column of a wide terminal.
  private static let points = 300

  func dashboard(at now: Instant) throws(StoreError) -> Dashboard {
    var versions: [Int64: Int] = [:]
    var verdicts: [Int64: Int] = [:]
    var online = 0
    try connection.each("SELECT speaks, online, verdict, n FROM tallies") { row in
      versions[row.int(0), default: 0] += Int(row.int(3))
      verdicts[row.int(2), default: 0] += Int(row.int(3))
      online += row.bool(1) ? Int(row.int(3)) : 0
    }
    let weekAgo = Instant(milliseconds: now.milliseconds - Self.week.milliseconds)
    let failures = try connection.rows(
      """
      SELECT failure, count(*) FROM upgrades
        WHERE failure IS NOT NULL AND entered_at >= ? AND has_ended = 1
        GROUP BY failure ORDER BY count(*) DESC, failure
      """, [.at(weekAgo)]
    ) { Dashboard.FailureCount(reason: $0.text(0), count: Int($0.int(1))) }
    let before = try HistoryTable.samples(
      connection, "WHERE at <= ? ORDER BY at DESC LIMIT 1", [.at(weekAgo)]
    ).first
    let current = try HistoryTable.sample(connection, at: now)
    let campaigns = try CampaignTable.campaigns(connection)
    var summaries: [CampaignSummary] = []
    for campaign in campaigns {
      summaries.append(try summary(of: campaign, try counts(of: campaign), at: now))
    }
    var board = Dashboard(
      at: now, chargers: versions.values.reduce(0, +), online: online,
      versions: ProtocolVersion.allCases.map { version in
        let count = versions[Int64(version.rawValue)] ?? 0
        return .init(
          label: version.label, count: count,
          change: before.map { count - $0.speaking[version.rawValue] })
      } + [.init(label: "never seen", count: versions[-1] ?? 0)],
      verdicts: Readiness.Verdict.allCases.compactMap { verdict in
        let count = verdicts[Int64(verdict.rawValue)] ?? 0
        return count == 0 ? nil : .init(verdict: verdict, count: count)
      },
      campaigns: summaries, failures: failures, needsYou: try needsYou(campaigns, at: now))
    board.held = current.held
    board.heldChange = before.map { current.held - $0.held }
    board.history = try history(until: current)
    return board
  }

  /// Points at equal distances from the first sample to this moment. A sample holds until the next,
  /// so that a chart shows steps where they were, however thin the samples are there.
  private func history(until current: Dashboard.Sample) throws(StoreError) -> [Dashboard.Sample] {
    let samples = try HistoryTable.samples(connection, "ORDER BY at")
    guard let first = samples.first, first.at < current.at else { return [current] }
    let span = (current.at - first.at).milliseconds
    let steps = min(Int64(Self.points - 1), max(1, span / Store.sampleInterval.milliseconds))
    var points: [Dashboard.Sample] = []
    var next = 0
    for step in 0..<steps {
      let at = Instant(milliseconds: first.at.milliseconds + span * step / steps)
      while next < samples.count, samples[next].at <= at { next += 1 }
      var point = samples[max(0, next - 1)]
      point.at = at
      points.append(point)
    }
    return points + [current]
  }
}

import Control
import Fleet

/// Samples of the fleet, dense for hours and sparse for months.
extension Store {
  /// Least time between two samples, and between two looks at the tallies.
  package static let sampleInterval = Span.seconds(10)

  /// Older than `age`, one sample of each `interval` is kept.
  private static let thinning: [(age: Span, interval: Span)] = [
    (.hours(2), .minutes(5)), (.hours(48), .hours(1)), (.hours(60 * 24), .hours(24)),
  ]

  /// Keeps how the fleet stands, when that changed since the last sample and `sampleInterval` has
  /// passed. Without either it costs no statement, so that every commit may call it.
  package func sampleHistory(at now: Instant) throws {
    var last = try sampled ?? newestSample()
    if let last, isSoon(now, after: last.lookedAt, Self.sampleInterval) { return }
    let sample = try HistoryTable.sample(connection, at: now)
    last?.lookedAt = now
    if let last, last.sample.speaking == sample.speaking, last.sample.held == sample.held {
      sampled = last
      return
    }
    let isThinningDue = last.map { !isSoon(now, after: $0.thinnedAt, .minutes(5)) } ?? true
    try transaction {
      try connection.run(
        "INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?)",
        [.at(now)] + sample.speaking.map { .int($0) } + [.int(sample.held)])
      if isThinningDue { try thin(at: now) }
    }
    sampled = .init(
      sample: sample, lookedAt: now,
      thinnedAt: isThinningDue ? now : last?.thinnedAt ?? now)
  }

  /// A clock that was set back is not waited for.
  private func isSoon(_ now: Instant, after last: Instant, _ span: Span) -> Bool {
    abs((now - last).milliseconds) < span.milliseconds
  }

  private func newestSample() throws(StoreError) -> HistoryTable.Sampled? {
    try HistoryTable.samples(connection, "ORDER BY at DESC LIMIT 1").first.map {
      HistoryTable.Sampled(sample: $0, lookedAt: $0.at, thinnedAt: $0.at)
    }
  }

  /// Keeps the last sample of each interval: a sample holds until the next.
  private func thin(at now: Instant) throws(StoreError) {
    for (index, tier) in Self.thinning.enumerated() {
      let newest = now.milliseconds - tier.age.milliseconds
      let next = index + 1 < Self.thinning.count ? Self.thinning[index + 1].age : nil
      let oldest = next.map { now.milliseconds - $0.milliseconds } ?? .min
      try connection.run(
        """
        DELETE FROM history WHERE at >= ?1 AND at < ?2 AND at NOT IN
          (SELECT max(at) FROM history WHERE at >= ?1 AND at < ?2 GROUP BY at / ?3)
        """, [.int(oldest), .int(newest), .int(tier.interval.milliseconds)])
    }
  }
}

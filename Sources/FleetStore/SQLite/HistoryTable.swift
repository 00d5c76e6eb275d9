import Control
import Fleet

/// How the fleet stood over time.
enum HistoryTable {
  /// What the writer remembers of its newest sample.
  struct Sampled {
    var sample: Dashboard.Sample
    /// When the tallies were last looked at.
    var lookedAt: Instant
    var thinnedAt: Instant
  }

  /// Verdicts that keep a charger on 1.6 for a reason of its own.
  static let holding: [Readiness.Verdict] = [.endOfLife, .pinned, .tooSmall, .noFirmware]

  /// How the fleet stands now.
  static func sample(_ connection: Connection, at now: Instant) throws(StoreError)
    -> Dashboard.Sample
  {
    var sample = Dashboard.Sample(
      at: now, speaking: ProtocolVersion.allCases.map { _ in 0 }, held: 0)
    try connection.each("SELECT speaks, verdict, sum(n) FROM tallies GROUP BY speaks, verdict") {
      row in
      let speaks = Int(row.int(0))
      let count = Int(row.int(2))
      if sample.speaking.indices.contains(speaks) { sample.speaking[speaks] += count }
      if speaks <= ProtocolVersion.ocpp16.rawValue,
        holding.contains(where: { $0.rawValue == Int(row.int(1)) })
      {
        sample.held += count
      }
    }
    return sample
  }

  static func samples(
    _ connection: Connection, _ clause: String, _ values: [SQLValue] = []
  ) throws(StoreError) -> [Dashboard.Sample] {
    try connection.rows("SELECT at, ocpp16, ocpp201, ocpp21, held FROM history \(clause)", values) {
      row in
      Dashboard.Sample(
        at: Instant(milliseconds: row.int(0)),
        speaking: [Int(row.int(1)), Int(row.int(2)), Int(row.int(3))], held: Int(row.int(4)))
    }
  }
}

import Fleet
import Rollout

/// What the inventory has on record, whole, for an independent check of its promises.
package struct InventoryRecords {
  package struct SessionRow: Sendable {
    package var identity: String
    package var id: Int64
    package var key: String
    package var version: ProtocolVersion
    package var token: String
    /// By the charger's clock, or when they arrived where it has none that can be right.
    package var startedAt: Int64
    package var stoppedAt: Int64?
    package var isStopped: Bool { stoppedAt != nil }
    /// The id that both sides know it by: the engine's number in 1.6, the charger's name in 2.x.
    package var sharedID: String { version == .ocpp16 ? String(id) : key }
  }

  package struct AttemptRow: Sendable {
    package var identity: String
    package var upgrade: Int64
    package var step: String
    package var number: Int64
    package var messageID: String
    package var state: String
    package var writtenAt: Int64
    package var evidence: String
    package var isDisruptive: Bool { step.hasSuffix("update firmware") || step.hasSuffix("reset") }
  }

  package struct Ending: Sendable, Equatable {
    package var phase: String
    /// Class of its failure; nil when it has none.
    package var failure: String?
    package var detail: String?
  }

  let connection: Connection

  /// Reads beside an engine or without one; what it returns is of the moment of each call.
  package init(path: String) throws(StoreError) {
    connection = try Connection(path: path, mode: .reader)
  }

  package func sessions() throws(StoreError) -> [SessionRow] {
    try connection.rows(
      """
      SELECT c.identity, s.id, s.key, s.version, s.token, s.started_at, s.stopped_at
        FROM sessions s JOIN chargers c ON c.id = s.charger ORDER BY s.id
      """
    ) { row in
      SessionRow(
        identity: row.text(0), id: row.int(1), key: row.text(2),
        version: ProtocolVersion(rawValue: Int(row.int(3))) ?? .ocpp16,
        token: row.text(4), startedAt: row.int(5), stoppedAt: row.optionalInt(6))
    }
  }

  /// In the order of upgrades, steps and numbers.
  package func attempts() throws(StoreError) -> [AttemptRow] {
    try connection.rows(
      """
      SELECT c.identity, a.upgrade, a.step, a.number, a.message_id, a.state, a.written_at,
        a.evidence
        FROM attempts a JOIN upgrades u ON u.id = a.upgrade JOIN chargers c ON c.id = u.charger
        ORDER BY a.upgrade, a.step, a.number
      """
    ) { row in
      AttemptRow(
        identity: row.text(0), upgrade: row.int(1), step: row.text(2), number: row.int(3),
        messageID: row.text(4), state: row.text(5), writtenAt: row.int(6), evidence: row.text(7))
    }
  }

  /// What the ledger says became of attempts, in its order.
  package func outcomes() throws(StoreError) -> [(at: Int64, text: String)] {
    try connection.rows(
      "SELECT at, CAST(body AS TEXT) FROM ledger WHERE kind = ? ORDER BY id",
      [.int(Int64(LedgerEntry.Kind.attempt.rawValue))]
    ) { row in (at: row.int(0), text: row.text(1)) }
  }

  /// Where every upgrade is, by the identity of its charger.
  package func endings() throws(StoreError) -> [String: Ending] {
    let rows = try connection.rows(
      """
      SELECT c.identity, u.phase, u.failure, u.detail
        FROM upgrades u JOIN chargers c ON c.id = u.charger ORDER BY u.id
      """
    ) { row in
      (
        row.text(0),
        Ending(phase: row.text(1), failure: row.optionalText(2), detail: row.optionalText(3))
      )
    }
    return Dictionary(rows) { $1 }
  }

  /// How many upgrades are in which phase.
  package func phases() throws(StoreError) -> [String: Int] {
    Dictionary(
      try connection.rows("SELECT phase, count(*) FROM upgrades GROUP BY phase") { row in
        (row.text(0), Int(row.int(1)))
      }
    ) { $1 }
  }

  /// The version that each charger spoke last.
  package func speaking() throws(StoreError) -> [String: ProtocolVersion] {
    Dictionary(
      try connection.rows("SELECT identity, speaks FROM chargers WHERE speaks IS NOT NULL") { row in
        (row.text(0), ProtocolVersion(rawValue: Int(row.int(1))) ?? .ocpp16)
      }
    ) { $1 }
  }

  package func leasesHeld() throws(StoreError) -> Int {
    Int(try connection.int("SELECT count(*) FROM upgrades WHERE holds_lease = 1") ?? 0)
  }

  /// Chargers that may be planned, connected or not any more.
  package func ready() throws(StoreError) -> Int {
    Int(
      try connection.int(
        "SELECT count(*) FROM chargers WHERE verdict = ?",
        [.int(Readiness.Verdict.ready.rawValue)]) ?? 0)
  }

  package func isFinished(_ campaign: String) throws(StoreError) -> Bool {
    try connection.int(
      "SELECT count(*) FROM campaigns WHERE name = ? AND status = 'finished'", [.text(campaign)])
      == 1
  }
}

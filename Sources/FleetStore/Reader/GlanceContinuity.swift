import Control
import Fleet

/// Whether billing noticed a migration.
extension Glance {
  func continuity(of subject: Continuity.Subject, at now: Instant) throws -> Continuity? {
    var tally = ContinuityTally()
    switch subject {
    case .charger(let identity):
      guard let charger = try ChargerTable.chargers(like: identity, connection).first else {
        throw ControlError.unknownCharger(identity)
      }
      return try continuity(of: charger, at: now)
    case .site(let name):
      guard try connection.int("SELECT id FROM sites WHERE name = ?", [.text(name)]) != nil else {
        throw ControlError.failed("There is no site \"\(name)\": see swell chargers list.")
      }
      let chargers = try connection.rows(
        ChargerTable.select + "WHERE c.site_name = ? AND d.migration IS NOT NULL ORDER BY c.key",
        [.text(name)]
      ) { row throws(StoreError) in try ChargerTable.read(row) }
      for charger in chargers { try take(charger, into: &tally, at: now) }
      return tally.result(name)
    }
  }

  /// Nil when it did not migrate.
  func continuity(of charger: Charger, at now: Instant) throws(StoreError) -> Continuity? {
    var tally = ContinuityTally()
    try take(charger, into: &tally, at: now)
    return tally.result(charger.identity)
  }

  private func take(
    _ charger: Charger, into tally: inout ContinuityTally, at now: Instant
  ) throws(StoreError) {
    guard let migration = charger.migration else { return }
    // From its first order on it was no longer as it had been.
    let begun = try connection.int(
      """
      SELECT min(a.written_at) FROM upgrades u JOIN attempts a ON a.upgrade = u.id
        WHERE u.charger = ? AND u.phase = 'migrated'
      """, [.int(charger.id.rawValue)])
    let firstSeen = try connection.int(
      "SELECT first_seen FROM dossiers WHERE charger = ?", [.int(charger.id.rawValue)])
    // An engine that does not run hears of no session.
    let heard = try connection.int("SELECT at FROM ledger ORDER BY id DESC LIMIT 1")
    let now = heard.map { min(now, Instant(milliseconds: $0)) } ?? now
    let spans = ContinuityTally.Spans(
      begun: begun.map { Instant(milliseconds: $0) } ?? migration.at, migrated: migration.at,
      firstSeen: firstSeen.map { Instant(milliseconds: $0) }, now: now)
    tally.take(spans, sessions: try records(of: charger.id))
  }
}

import Fleet
import Rollout

/// Counters of chargers by the hour, and what they say before and after a migration.
enum HealthTable {
  private static let hour: Int64 = 3_600_000
  /// Days that are kept: what a policy may compare, and some for the upgrade between.
  static let days = HealthPolicy.kept.milliseconds / (24 * hour) + 7

  static func heard(
    of charger: ChargerID, at: Instant, _ connection: Connection
  ) throws(StoreError) {
    let hours = at.milliseconds / hour
    let day = hours / 24
    try connection.run(
      """
      INSERT INTO heard VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET hours = hours | excluded.hours
      """, [.int(charger.rawValue), .int(day), .int(Int64(1) << (hours - day * 24))])
    try connection.run(
      "DELETE FROM heard WHERE charger = ? AND day < ?",
      [.int(charger.rawValue), .int(day - days)])
    try connection.run(
      "DELETE FROM troubles WHERE charger = ? AND hour < ?",
      [.int(charger.rawValue), .int((day - days) * 24)])
  }

  static func count(
    _ trouble: Trouble, _ times: Int, of charger: ChargerID, at: Instant, _ connection: Connection
  ) throws(StoreError) {
    let counts: [SQLValue] = Trouble.allCases.map { .int($0 == trouble ? times : 0) }
    try connection.run(
      """
      INSERT INTO troubles VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        reconnects = reconnects + excluded.reconnects, boots = boots + excluded.boots,
        faults = faults + excluded.faults
      """, [.int(charger.rawValue), .int(at.milliseconds / hour)] + counts)
  }

  /// Two spans of equal length, in whole hours: before the upgrade's first order and since the proof
  /// of the new version.
  static func sample(
    of campaign: CampaignID, stratum: Int, policy: HealthPolicy, at now: Instant,
    _ connection: Connection
  ) throws(StoreError) -> HealthSample {
    let migrated = try connection.rows(
      """
      SELECT u.charger, (SELECT min(written_at) FROM attempts WHERE upgrade = u.id),
          d.migration ->> 'at', u.entered_at, d.first_seen
        FROM upgrades u JOIN dossiers d ON d.charger = u.charger
        WHERE u.campaign = ? AND u.phase = 'migrated' AND u.stratum = ?
        ORDER BY u.entered_at DESC, u.id LIMIT ?
      """, [.int(campaign.rawValue), .int(stratum), .int(HealthSample.limit)]
    ) { row in
      let proved = row.optionalInt(2) ?? row.int(3)
      return (
        charger: row.int(0), begun: min(row.optionalInt(1) ?? proved, proved), proved: proved,
        firstSeen: row.optionalInt(4)
      )
    }
    var pairs: [VitalsPair] = []
    for one in migrated {
      let begun = one.begun / hour
      let proved = (one.proved + hour - 1) / hour
      var length = min(policy.span.milliseconds / hour, now.milliseconds / hour - proved)
      if let first = one.firstSeen { length = min(length, begun - (first + hour - 1) / hour) }
      var pair = VitalsPair(before: Vitals(), after: Vitals())
      if length > 0 {
        pair.before = try vitals(of: one.charger, begun - length..<begun, connection)
        pair.after = try vitals(of: one.charger, proved..<proved + length, connection)
      }
      pairs.append(pair)
    }
    return HealthSample(pairs: pairs)
  }

  private static func vitals(
    of charger: Int64, _ hours: Range<Int64>, _ connection: Connection
  ) throws(StoreError) -> Vitals {
    var vitals = Vitals()
    try connection.each(
      "SELECT day, hours FROM heard WHERE charger = ? AND day BETWEEN ? AND ?",
      [.int(charger), .int(hours.lowerBound / 24), .int(hours.upperBound / 24)]
    ) { row in
      for hour in 0..<Int64(24)
      where row.int(1) >> hour & 1 == 1 && hours.contains(row.int(0) * 24 + hour) {
        vitals.hours += 1
      }
    }
    let troubles = try connection.first(
      """
      SELECT ifnull(sum(reconnects), 0), ifnull(sum(boots), 0), ifnull(sum(faults), 0)
        FROM troubles WHERE charger = ? AND hour >= ? AND hour < ?
      """, [.int(charger), .int(hours.lowerBound), .int(hours.upperBound)]
    ) { (Int($0.int(0)), Int($0.int(1)), Int($0.int(2))) }
    if let troubles { (vitals.reconnects, vitals.boots, vitals.faults) = troubles }
    // Less than 100 Wh is no energy: a car that was plugged in and never charged.
    let sessions = try connection.first(
      """
      SELECT count(*), ifnull(sum(energy > 100), 0), ifnull(sum(iif(energy > 100, energy, 0.0)), 0.0)
        FROM (SELECT meter_stop - meter_start AS energy FROM sessions
          WHERE charger = ? AND started_at >= ? AND started_at < ? AND stopped_at IS NOT NULL)
      """,
      [.int(charger), .int(hours.lowerBound * hour), .int(hours.upperBound * hour)]
    ) { (Int($0.int(0)), Int($0.int(1)), $0.real(2) ?? 0) }
    if let sessions { (vitals.started, vitals.charged, vitals.energy) = sessions }
    return vitals
  }
}

import Control
import Fleet

/// What planning and the engine's start ask for.
extension Store {
  /// Chargers that a filter selects, in the order of their rows, with their verdicts on the move to
  /// `target`.
  package func chargers(
    matching filter: FleetFilter, for target: ProtocolVersion, at now: Instant
  ) throws -> [(charger: Charger, readiness: Readiness)] {
    let condition = FilterSQL(filter, at: now)
    var policy = self.policy
    policy.target = target
    var other: ReadinessJudge?
    if policy != self.policy {
      other = ReadinessJudge(
        catalogue: try FirmwareTable.catalogue(connection), policy: policy, withEvidence: false)
    }
    return try connection.rows(
      ChargerTable.select + "WHERE \(condition.text) ORDER BY c.id", condition.values
    ) { row throws(StoreError) in
      let charger = try ChargerTable.read(row)
      if let readiness = other?.judge(charger) { return (charger, readiness) }
      return (charger, try judged(charger))
    }
  }

  /// What the catalogue says of a charger as it is now.
  package func readiness(of charger: Charger) throws -> Readiness { try judged(charger) }

  /// Every charger that counts for its site's budget: those that are not end-of-life.
  package func siteMembers() throws -> [SiteID: [ChargerID]] {
    var members: [SiteID: [ChargerID]] = [:]
    try connection.each(
      "SELECT site, id FROM chargers WHERE site IS NOT NULL AND verdict <> ?",
      [.int(Readiness.Verdict.endOfLife.rawValue)]
    ) { row throws(StoreError) in
      members[SiteID(rawValue: row.int(0)), default: []].append(ChargerID(rawValue: row.int(1)))
    }
    return members
  }

  /// A secret of this inventory; `make` is asked for it the first time.
  package func secret(named name: String, make: () -> [UInt8]) throws -> [UInt8] {
    let known = try connection.first(
      "SELECT value FROM secrets WHERE name = ?", [.text(name)]
    ) { row throws(StoreError) in row.blob(0) }
    if let known { return known }
    let made = make()
    try connection.run("INSERT INTO secrets VALUES (?, ?)", [.text(name), .blob(made)])
    return made
  }
}

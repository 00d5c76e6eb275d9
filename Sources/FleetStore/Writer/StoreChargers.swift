import Fleet

extension Store: Inventory {
  package func charger(_ id: ChargerID) throws -> Charger? {
    try storedCharger(id)
  }

  package func charger(identity: String) throws -> Charger? {
    try ChargerTable.chargers(like: identity, connection).first
  }

  package func add(_ charger: Charger) throws -> Charger { try insert(charger) }

  package func save(_ charger: Charger) throws { try update(charger) }

  package func connectors(of charger: ChargerID) throws -> [Connector] {
    try ConnectorTable.read(charger, connection)
  }

  package func save(_ connectors: [Connector], of charger: ChargerID, replacing: Bool) throws {
    if replacing {
      try connection.run("DELETE FROM connectors WHERE charger = ?", [.int(charger.rawValue)])
    }
    for connector in connectors {
      try connection.run(
        """
        INSERT INTO connectors VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
          SET state = excluded.state, at = excluded.at, error = excluded.error
        """,
        [
          .int(charger.rawValue), .int(connector.id.evse), .int(connector.id.connector),
          .int(connector.state.rawValue), .at(connector.at), .optional(connector.error),
        ])
    }
  }

  package func sites() throws -> [Site] {
    try SiteTable.sites(connection)
  }

  package func markAllOffline() throws {
    // After an orderly end nobody is online, and no row need be read.
    guard try connection.int("SELECT sum(n) FROM tallies WHERE online = 1") ?? 0 > 0 else { return }
    try connection.run("UPDATE chargers SET online = 0 WHERE online = 1")
  }

  /// Every charger in the order of rows.
  package func forEachCharger(_ body: (Charger) throws(StoreError) -> Void) throws(StoreError) {
    try connection.each(ChargerTable.select + "ORDER BY c.id") { row throws(StoreError) in
      try body(try ChargerTable.read(row))
    }
  }

  /// Adds a site or changes all that is kept of the one with this name. `id` is ignored.
  package func put(_ site: Site) throws(StoreError) -> Site {
    let id = try connection.int(
      """
      INSERT INTO sites (name, zone, budget, terms) VALUES (?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET zone = excluded.zone, budget = excluded.budget,
          terms = excluded.terms RETURNING id
      """,
      [
        .text(site.name), .text(site.zone), .int(site.budget), try SiteTable.terms(of: site),
      ])
    guard let id else { throw .missing(subject: "Site \(site.name)") }
    siteNames?[SiteID(rawValue: id)] = site.name
    var stored = site
    stored.id = SiteID(rawValue: id)
    return stored
  }

  /// Judges every charger anew, after the catalogue changed; how many verdicts or reasons changed.
  package func recomputeReadiness() throws -> Int {
    try transaction {
      judge = nil
      var changed: [(ChargerID, Readiness, hops: SQLValue)] = []
      try connection.each(
        ChargerTable.selectJudged + "ORDER BY c.id"
      ) { row throws(StoreError) in
        let charger = try ChargerTable.read(row)
        let readiness = try judged(charger)
        let hops = try Self.hops(of: readiness)
        if row.int(ChargerTable.verdictColumn) != Int64(readiness.verdict.rawValue)
          || row.text(ChargerTable.verdictColumn + 1) != readiness.reason
          || SQLValue.optional(row.optionalText(ChargerTable.verdictColumn + 2)) != hops
        {
          changed.append((charger.id, readiness, hops))
        }
      }
      for (id, readiness, hops) in changed {
        try connection.run(
          "UPDATE chargers SET verdict = ?2 WHERE id = ?1 AND verdict <> ?2",
          [.int(id.rawValue), .int(readiness.verdict.rawValue)])
        try connection.run(
          "UPDATE chargers SET hops = ?2 WHERE id = ?1 AND hops IS NOT ?2",
          [.int(id.rawValue), hops])
        try connection.run(
          "UPDATE dossiers SET reason = ?2 WHERE charger = ?1",
          [.int(id.rawValue), .text(readiness.reason)])
      }
      return changed.count
    }
  }

  func storedCharger(_ id: ChargerID) throws(StoreError) -> Charger? {
    try connection.first(ChargerTable.select + "WHERE c.id = ?", [.int(id.rawValue)]) {
      row throws(StoreError) in try ChargerTable.read(row)
    }
  }

  func insert(_ charger: Charger) throws(StoreError) -> Charger {
    let readiness = try judged(charger)
    try connection.run(
      """
      INSERT INTO chargers (online, last_seen, released, ram_free, speaks, identity, key, admission,
        verdict, site, site_name, vendor, model, firmware, firmware_key, flash_free, hardware,
        serial, connector_count, profile, hops)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, Self.presence(of: charger) + (try listed(charger, readiness)))
    let id = connection.lastInsertedID
    try connection.run(
      ChargerTable.insertDossier,
      [.int(id), .text(readiness.reason), .optional(charger.lastSeen)]
        + (try ChargerTable.dossier(of: charger)))
    // As the triggers do for changes and removals, which cost an INSERT more than all its indexes.
    try connection.run(
      "INSERT INTO tallies VALUES (ifnull(?, -1), ?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1",
      [
        .optional(charger.speaks?.rawValue), .bool(charger.online),
        .int(readiness.verdict.rawValue),
      ])
    var added = charger
    added.id = ChargerID(rawValue: id)
    return added
  }

  func update(_ charger: Charger) throws(StoreError) {
    let readiness = try judged(charger)
    let id = SQLValue.int(charger.id.rawValue)
    let listed = try listed(charger, readiness)
    // An UPDATE that names an indexed column rewrites the index even when the value stays; most
    // saves change nothing that lists are sorted by.
    let isListedAlready = try connection.int(
      """
      SELECT speaks IS ?2 AND identity = ?3 AND key = ?4 AND admission = ?5 AND verdict = ?6
        AND site IS ?7 AND site_name = ?8 AND vendor = ?9 AND model = ?10 AND firmware = ?11
        AND firmware_key IS ?12 AND flash_free IS ?13 AND hardware = ?14 AND serial = ?15
        AND connector_count IS ?16 AND profile = ?17 AND hops IS ?18 FROM chargers WHERE id = ?1
      """, [id] + listed)
    guard let isListedAlready else { throw .missing(subject: "Charger \(charger.identity)") }
    if isListedAlready == 1 {
      try connection.run(
        "UPDATE chargers SET online = ?, last_seen = ?, released = ?, ram_free = ? WHERE id = ?",
        Self.presence(of: charger) + [id])
    } else {
      try connection.run(
        """
        UPDATE chargers SET online = ?, last_seen = ?, released = ?, ram_free = ?, speaks = ?,
          identity = ?, key = ?, admission = ?, verdict = ?, site = ?, site_name = ?, vendor = ?,
          model = ?, firmware = ?, firmware_key = ?, flash_free = ?, hardware = ?, serial = ?,
          connector_count = ?, profile = ?, hops = ? WHERE id = ?
        """, Self.presence(of: charger) + listed + [id])
    }
    try connection.run(
      ChargerTable.updateDossier,
      [.text(readiness.reason)] + (try ChargerTable.dossier(of: charger)) + [id])
  }

  /// Columns that no index holds.
  private static func presence(of charger: Charger) -> [SQLValue] {
    [
      .bool(charger.online), .optional(charger.lastSeen), .int(charger.released.rawValue),
      .optional(charger.ramFree.value),
    ]
  }

  /// Columns that lists are filtered and sorted by.
  private func listed(
    _ charger: Charger, _ readiness: Readiness
  ) throws(StoreError) -> [SQLValue] {
    let firmware = charger.firmware.value ?? ""
    return [
      .optional(charger.speaks?.rawValue), .text(charger.identity),
      .text(Identity.key(for: charger.identity)), .int(charger.admission.rawValue),
      .int(readiness.verdict.rawValue), .optional(charger.site?.rawValue),
      .text(try name(of: charger.site)), .text(charger.vendor.value ?? ""),
      .text(charger.model.value ?? ""), .text(firmware),
      .optional(FirmwareVersion(firmware)?.sortKey), .optional(charger.flashFree.value),
      .text(charger.hardware.value ?? ""), .text(charger.serial.value ?? ""),
      .optional(charger.connectorCount.value), .int(charger.knownProfile),
      try Self.hops(of: readiness),
    ]
  }

  /// NULL where a charger needs none.
  private static func hops(of readiness: Readiness) throws(StoreError) -> SQLValue {
    readiness.through.isEmpty ? .null : .text(try Document.text(of: readiness.through))
  }

  private func name(of site: SiteID?) throws(StoreError) -> String {
    guard let site else { return "" }
    if let name = siteNames?[site] { return name }
    var names: [SiteID: String] = [:]
    try connection.each("SELECT id, name FROM sites") { row in
      names[SiteID(rawValue: row.int(0))] = row.text(1)
    }
    siteNames = names
    guard let name = names[site] else { throw .missing(subject: "Site \(site.rawValue)") }
    return name
  }

  func judged(_ charger: Charger) throws(StoreError) -> Readiness {
    // In place where there is one: a copy would copy what the judge remembers.
    if let readiness = judge?.judge(charger) { return readiness }
    var fresh = ReadinessJudge(
      catalogue: try FirmwareTable.catalogue(connection), policy: policy, withEvidence: false)
    defer { judge = fresh }
    return fresh.judge(charger)
  }
}

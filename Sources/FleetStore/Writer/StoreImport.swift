import Fleet

/// How clear passwords of an import, as bytes of a Basic header, become what is stored.
package struct PasswordHashing {
  package var hash: ([UInt8]) throws -> String
  /// Whether a stored hash is of this password; keeps a repeated import from changing it.
  package var matches: (_ password: [UInt8], _ hash: String) -> Bool
  package init(
    hash: @escaping ([UInt8]) throws -> String,
    matches: @escaping (_ password: [UInt8], _ hash: String) -> Bool
  ) {
    (self.hash, self.matches) = (hash, matches)
  }
}

/// What an import did, or would do.
package struct ImportReport: Sendable, Equatable {
  package var counts: ImportCounts
  package var refused: [RefusedRow]
  package init(counts: ImportCounts = ImportCounts(), refused: [RefusedRow] = []) {
    (self.counts, self.refused) = (counts, refused)
  }

  fileprivate mutating func add(_ other: ImportReport) {
    counts.added += other.counts.added
    counts.changed += other.counts.changed
    counts.unchanged += other.counts.unchanged
    refused += other.refused
  }
}

extension Store {
  /// Rows of one transaction of an import: short enough that chargers wait for no more than a
  /// fraction of a second, long enough that the commit does not count.
  package static let importChunk = 5000

  /// Takes claimed values over in transactions of `importChunk` rows; observed values stay. The same
  /// file again changes nothing.
  package func importChargers(
    _ rows: [ImportedCharger], source: String, at: Instant, dryRun: Bool,
    passwords: PasswordHashing? = nil
  ) throws -> ImportReport {
    var report = ImportReport()
    var rest = rows[...]
    while !rest.isEmpty {
      let chunk = rest.prefix(Self.importChunk)
      rest = rest.dropFirst(chunk.count)
      report.add(
        try importChunk(chunk, source: source, at: at, dryRun: dryRun, passwords: passwords))
      if walSize > Self.walLimit { try checkpointIfIdle() }
    }
    return report
  }

  /// One transaction of an import, for an engine that serves chargers in between.
  package func importChunk(
    _ rows: ArraySlice<ImportedCharger>, source: String, at: Instant, dryRun: Bool,
    passwords: PasswordHashing? = nil
  ) throws -> ImportReport {
    try withLargeCache {
      try take(rows, source: source, at: at, dryRun: dryRun, passwords: passwords)
    }
  }

  private func take(
    _ rows: ArraySlice<ImportedCharger>, source: String, at: Instant, dryRun: Bool,
    passwords: PasswordHashing?
  ) throws -> ImportReport {
    var report = ImportReport()
    try discarding(dryRun) {
      var sites = Dictionary(uniqueKeysWithValues: try self.sites().map { ($0.name, $0) })
      for row in rows {
        let alike = try ChargerTable.chargers(like: row.identity, connection)
        guard alike.count < 2 || alike[0].identity == row.identity else {
          let known = alike.map { "\"\($0.identity)\"" }.joined(separator: " and ")
          report.refused.append(
            RefusedRow(
              line: row.line, column: "identity",
              reason: "\"\(row.identity)\" differs only in case from \(known)"))
          continue
        }
        if row.secret != nil, passwords == nil {
          report.refused.append(
            RefusedRow(
              line: row.line, column: row.password == nil ? "authorization_key" : "password",
              reason: "passwords are not taken on this way in"))
          continue
        }
        let siteChanged = try merge(siteOf: row, into: &sites)
        var charger =
          alike.first ?? Charger(id: ChargerID(rawValue: 0), identity: row.identity)
        let old = alike.first
        charger.claim(row, source: "\(source) line \(row.line)", at: at)
        if old == nil { charger.released = row.released }
        if let name = row.site { charger.site = sites[name]?.id }
        // An import is a person's word that the charger belongs here.
        charger.admission = .known
        if let secret = row.secret, let passwords { try charger.claim(secret, passwords) }
        if old == nil {
          _ = try insert(charger)
          report.counts.added += 1
        } else if charger != old {
          try update(charger)
          report.counts.changed += 1
        } else if siteChanged {
          report.counts.changed += 1
        } else {
          report.counts.unchanged += 1
        }
      }
    }
    return report
  }

  /// True when a known site got another zone or budget.
  private func merge(
    siteOf row: ImportedCharger, into sites: inout [String: Site]
  ) throws(StoreError) -> Bool {
    guard let name = row.site else { return false }
    let old = sites[name]
    var site = old ?? Site(id: SiteID(rawValue: 0), name: name, zone: "Etc/UTC", budget: 0)
    site.zone = row.zone ?? site.zone
    if let budget = row.budget { site.allowance = .count(budget) }
    if site == old { return false }
    sites[name] = try put(site)
    return old != nil
  }
}

extension ImportedCharger {
  /// A charger of an existing fleet stays on 1.6 until a campaign releases more; one that is said
  /// not to speak it keeps what it speaks.
  fileprivate var released: VersionSet {
    guard let versions, !versions.isEmpty, !versions.contains(.ocpp16) else { return .ocpp16 }
    return versions
  }
}

extension Charger {
  fileprivate mutating func claim(_ row: ImportedCharger, source: String, at: Instant) {
    vendor.claim(row.vendor, source, at)
    model.claim(row.model, source, at)
    hardware.claim(row.hardware, source, at)
    serial.claim(row.serial, source, at)
    firmware.claim(row.firmware, source, at)
    flashFree.claim(row.flashFree, source, at)
    ramFree.claim(row.ramFree, source, at)
    versions.claim(row.versions, source, at)
    connectorCount.claim(row.connectors, source, at)
    securityProfile = row.securityProfile ?? securityProfile
    notes = row.notes ?? notes
  }

  /// One that it has already changes nothing, another is right beside the old one until it is used.
  fileprivate mutating func claim(_ secret: [UInt8], _ passwords: PasswordHashing) throws {
    let stored = [passwordHash, nextPasswordHash].compactMap { $0 }
    guard !stored.contains(where: { passwords.matches(secret, $0) }) else { return }
    takePassword(try passwords.hash(secret), atOnce: false)
  }
}

extension Fact {
  /// A repeated claim keeps its first source and time, so that the same file changes nothing.
  fileprivate mutating func claim(_ value: Value?, _ source: String, _ at: Instant) {
    guard let value, claimed?.value != value else { return }
    claimed = Sighting(value, source: source, at: at)
  }
}

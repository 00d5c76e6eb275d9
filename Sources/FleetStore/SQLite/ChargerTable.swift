import Fleet

/// How a charger is spread over `chargers` and `dossiers`, and read back.
enum ChargerTable {
  private static let facts = [
    "vendor", "model", "hardware", "serial", "firmware", "flash_free", "ram_free", "versions",
    "connector_count",
  ]
  private static let factColumns = facts.flatMap { fact in
    ["claimed", "observed"].flatMap { side in
      ["\(fact)_\(side)", "\(fact)_\(side)_by", "\(fact)_\(side)_at"]
    }
  }
  private static let rest = [
    "signed_updates", "security_profile", "password_hash", "end_of_life", "pin", "migration",
    "notes", "quarantine", "profile_seen", "profile_seen_by", "profile_seen_at",
    "next_password_hash", "downgrade", "certificate",
  ]

  private static let columns =
    "SELECT c.id, c.identity, c.admission, c.speaks, c.online, c.site, c.released, c.last_seen, "
    + (factColumns + rest).map { "d.\($0)" }.joined(separator: ", ")
  private static let tables = " FROM chargers c JOIN dossiers d ON d.charger = c.id "

  static let select = columns + tables
  /// `select` with the stored verdict, reason and hops at `verdictColumn` and after it.
  static let selectJudged = columns + ", c.verdict, d.reason, c.hops" + tables
  static let verdictColumn = Int32(8 + factColumns.count + rest.count)

  static let insertDossier =
    "INSERT INTO dossiers (charger, reason, first_seen, "
    + (factColumns + rest).joined(separator: ", ")
    + ") VALUES (?, ?, ?\(String(repeating: ", ?", count: factColumns.count + rest.count)))"

  static let updateDossier =
    "UPDATE dossiers SET reason = ?, "
    + (factColumns + rest).map { "\($0) = ?" }.joined(separator: ", ") + " WHERE charger = ?"

  static func read(_ row: Row) throws(StoreError) -> Charger {
    let identity = row.text(1)
    var charger = Charger(id: ChargerID(rawValue: row.int(0)), identity: identity)
    charger.admission = row.bool(2) ? .pending : .known
    charger.speaks = row.optionalInt(3).flatMap { ProtocolVersion(rawValue: Int($0)) }
    charger.online = row.bool(4)
    charger.site = row.optionalInt(5).map { SiteID(rawValue: $0) }
    charger.released = VersionSet(rawValue: Int(row.int(6)))
    charger.lastSeen = row.optionalInt(7).map { Instant(milliseconds: $0) }
    var column: Int32 = 8
    charger.vendor = fact(row, &column) { row.text($0) }
    charger.model = fact(row, &column) { row.text($0) }
    charger.hardware = fact(row, &column) { row.text($0) }
    charger.serial = fact(row, &column) { row.text($0) }
    charger.firmware = fact(row, &column) { row.text($0) }
    charger.flashFree = fact(row, &column) { Int(row.int($0)) }
    charger.ramFree = fact(row, &column) { Int(row.int($0)) }
    charger.versions = fact(row, &column) { VersionSet(rawValue: Int(row.int($0))) }
    charger.connectorCount = fact(row, &column) { Int(row.int($0)) }
    charger.signedUpdates = row.optionalInt(column).map { $0 != 0 }
    charger.securityProfile = Int(row.int(column + 1))
    charger.passwordHash = row.optionalText(column + 2)
    charger.endOfLife = try document(row, column + 3, identity)
    charger.pin = try document(row, column + 4, identity)
    charger.migration = try document(row, column + 5, identity)
    charger.notes = row.text(column + 6)
    charger.quarantine = try document(row, column + 7, identity)
    if let seen = row.optionalInt(column + 8).flatMap({ SecurityProfile(rawValue: Int($0)) }) {
      charger.profileSeen = .init(
        seen, source: row.text(column + 9), at: Instant(milliseconds: row.int(column + 10)))
    }
    charger.nextPasswordHash = row.optionalText(column + 11)
    charger.downgrade = try document(row, column + 12, identity)
    charger.certificate = try document(row, column + 13, identity)
    return charger
  }

  /// In the order of the index: to sort in SQL what is one row costs more than the search.
  private static let selectAlike = select + "WHERE c.key = ? ORDER BY c.id"

  /// Chargers whose identity equals `identity` but for case; the exactly equal one first.
  static func chargers(
    like identity: String, _ connection: Connection
  ) throws(StoreError) -> [Charger] {
    var found = try connection.rows(selectAlike, [.text(Identity.key(for: identity))]) {
      row throws(StoreError) in try read(row)
    }
    let exact = found.firstIndex { $0.identity.utf8.elementsEqual(identity.utf8) }
    if let exact, exact > 0 { found.insert(found.remove(at: exact), at: 0) }
    return found
  }

  /// Values of the dossier's columns after `reason`, in their order.
  static func dossier(of charger: Charger) throws(StoreError) -> [SQLValue] {
    var values: [SQLValue] = []
    values.reserveCapacity(factColumns.count + rest.count + 2)
    append(charger.vendor, to: &values) { .text($0) }
    append(charger.model, to: &values) { .text($0) }
    append(charger.hardware, to: &values) { .text($0) }
    append(charger.serial, to: &values) { .text($0) }
    append(charger.firmware, to: &values) { .text($0) }
    append(charger.flashFree, to: &values) { .int($0) }
    append(charger.ramFree, to: &values) { .int($0) }
    append(charger.versions, to: &values) { .int($0.rawValue) }
    append(charger.connectorCount, to: &values) { .int($0) }
    values.append(charger.signedUpdates.map { .bool($0) } ?? .null)
    values.append(.int(charger.securityProfile))
    values.append(.optional(charger.passwordHash))
    values.append(try Document.optional(charger.endOfLife))
    values.append(try Document.optional(charger.pin))
    values.append(try Document.optional(charger.migration))
    values.append(.text(charger.notes))
    values.append(try Document.optional(charger.quarantine))
    values.append(.optional(charger.profileSeen?.value.rawValue))
    values.append(.optional(charger.profileSeen?.source))
    values.append(.optional(charger.profileSeen?.at))
    values.append(.optional(charger.nextPasswordHash))
    values.append(try Document.optional(charger.downgrade))
    values.append(try Document.optional(charger.certificate))
    return values
  }

  private static func fact<Value>(
    _ row: Row, _ column: inout Int32, _ value: (Int32) -> Value
  ) -> Fact<Value> {
    func sighting(_ at: Int32) -> Fact<Value>.Sighting? {
      if row.isNull(at) { return nil }
      return .init(
        value(at), source: row.text(at + 1), at: Instant(milliseconds: row.int(at + 2)))
    }
    defer { column += 6 }
    return Fact(claimed: sighting(column), observed: sighting(column + 3))
  }

  private static func append<Value>(
    _ fact: Fact<Value>, to values: inout [SQLValue], _ value: (Value) -> SQLValue
  ) {
    for sighting in [fact.claimed, fact.observed] {
      if let sighting {
        values.append(value(sighting.value))
        values.append(.text(sighting.source))
        values.append(.at(sighting.at))
      } else {
        values.append(.null)
        values.append(.null)
        values.append(.null)
      }
    }
  }

  private static func document<Value: Decodable>(
    _ row: Row, _ column: Int32, _ identity: String
  ) throws(StoreError) -> Value? {
    guard let text = row.optionalText(column) else { return nil }
    return try Document.value(Value.self, from: text, subject: "Charger \(identity)")
  }
}

/// A fleet's CSV, read: what may be stored, what may not and why.
package struct ChargerImport: Sendable, Equatable {
  package var rows: [ImportedCharger] = []
  package var refused: [RefusedRow] = []
  /// Names of columns that mean nothing here, in the order of the header.
  package var ignoredColumns: [String] = []

  /// Reads every row. A row with a fault is refused whole, the others are not touched by it.
  package static func parse(csv: String, source: String) -> ChargerImport {
    var result = read(csv, source)
    result.refused.sort { $0.line < $1.line }
    return result
  }

  private static func read(_ csv: String, _ source: String) -> ChargerImport {
    let file = CSV.rows(csv)
    var result = ChargerImport()
    result.refused = file.refused
    guard let header = file.rows.first else {
      if file.refused.isEmpty { result.refuse(1, nil, "\(source) has no header line") }
      return result
    }
    let columns = header.fields.map(Column.init(heading:))
    result.ignoredColumns = zip(header.fields, columns).filter { $0.1 == nil }.map(\.0)
    if let double = columns.firstDuplicate {
      result.refuse(header.line, double.rawValue, "two columns mean \(double.rawValue)")
      return result
    }
    guard columns.contains(.identity) else {
      result.refuse(header.line, Column.identity.rawValue, "there is no column \"identity\"")
      return result
    }
    var sites = SiteClaims()
    var lines: [String: (line: Int, identity: String)] = [:]
    for row in file.rows.dropFirst() {
      guard row.fields.count == columns.count else {
        result.refuse(
          row.line, nil, "\(row.fields.count) fields, the header has \(columns.count)")
        continue
      }
      do throws(Refusal) {
        let charger = try read(row, columns)
        let key = Identity.key(for: charger.identity)
        if let first = lines[key] {
          throw Refusal(
            .identity,
            first.identity == charger.identity
              ? "\"\(charger.identity)\" is in line \(first.line) already"
              : "\"\(charger.identity)\" differs only in case from \"\(first.identity)\" "
                + "in line \(first.line)")
        }
        try sites.check(charger)
        lines[key] = (row.line, charger.identity)
        result.rows.append(charger)
      } catch {
        result.refuse(row.line, error.column.rawValue, error.reason)
      }
    }
    return result
  }

  private mutating func refuse(_ line: Int, _ column: String?, _ reason: String) {
    refused.append(RefusedRow(line: line, column: column, reason: reason))
  }

  private static func read(
    _ row: CSVRow, _ columns: [Column?]
  ) throws(Refusal) -> ImportedCharger {
    var charger = ImportedCharger(line: row.line, identity: "")
    for (field, column) in zip(row.fields, columns) {
      guard let column, !field.isEmpty else { continue }
      switch column {
      case .identity: charger.identity = field
      case .site: charger.site = field
      case .zone: charger.zone = try zone(field)
      case .budget:
        let budget = try number(field, column)
        guard budget > 0 else {
          throw Refusal(
            column, "0 lets no charger of the site move; leave it empty for the playbook's")
        }
        charger.budget = budget
      case .vendor: charger.vendor = field
      case .model: charger.model = field
      case .hardware: charger.hardware = field
      case .serial: charger.serial = field
      case .firmware: charger.firmware = field
      case .flashFree: charger.flashFree = try number(field, column)
      case .ramFree: charger.ramFree = try number(field, column)
      case .versions:
        guard let versions = VersionSet(label: field) else {
          throw Refusal(column, "\"\(field)\" holds a version other than 1.6, 2.0.1 and 2.1")
        }
        charger.versions = versions
      case .connectors: charger.connectors = try number(field, column)
      case .securityProfile:
        let profile = try number(field, column)
        guard profile <= 3 else { throw Refusal(column, "\(profile) is no profile from 0 to 3") }
        charger.securityProfile = profile
      case .password: charger.password = field
      case .authorizationKey: charger.authorizationKey = try key(field)
      case .notes: charger.notes = field
      }
    }
    guard !charger.identity.isEmpty else { throw Refusal(.identity, "the identity is missing") }
    if let flaw = Identity.flaw(of: charger.identity) { throw Refusal(.identity, flaw.message) }
    if charger.password != nil, charger.authorizationKey != nil {
      throw Refusal(.authorizationKey, "a password stands there too; a charger has one of them")
    }
    if charger.site == nil, charger.zone != nil || charger.budget != nil {
      throw Refusal(.site, "a zone or budget without a site")
    }
    return charger
  }

  /// The refusals do not show the key.
  private static func key(_ field: String) throws(Refusal) -> [UInt8] {
    let digits = Array(field.utf8)
    let halves = digits.compactMap(hex)
    guard halves.count == digits.count, halves.count.isMultiple(of: 2) else {
      throw Refusal(
        .authorizationKey,
        "it is no hexadecimal text of whole bytes; a key in clear belongs into the column password")
    }
    let bytes = stride(from: 0, to: halves.count, by: 2).map { halves[$0] << 4 | halves[$0 + 1] }
    guard (16...20).contains(bytes.count) else {
      throw Refusal(
        .authorizationKey, "it has \(bytes.count) bytes; 16 to 20 are allowed, two digits each")
    }
    return bytes
  }

  private static func hex(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x37
    case 0x61...0x66: digit - 0x57
    default: nil
    }
  }

  private static func number(_ field: String, _ column: Column) throws(Refusal) -> Int {
    guard let number = Int(field) else { throw Refusal(column, "\"\(field)\" is no whole number") }
    guard number >= 0 else { throw Refusal(column, "\(number) is negative") }
    return number
  }

  /// The form of an IANA name; whether it exists is for the time zone tables to say.
  private static func zone(_ field: String) throws(Refusal) -> String {
    guard hasFormOfZone(field) else {
      throw Refusal(.zone, "\"\(field)\" has not the form of a zone such as Europe/Berlin")
    }
    return field
  }

  static func hasFormOfZone(_ field: String) -> Bool {
    let parts = field.split(separator: "/", omittingEmptySubsequences: false)
    let hasForm = parts.allSatisfy { part in
      part.utf8.first.map { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A } ?? false
        && part.utf8.allSatisfy { byte in
          (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || (0x30...0x39).contains(byte)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
        }
    }
    return hasForm && ((2...3).contains(parts.count) || field == "UTC" || field == "GMT")
  }
}

/// Why a row is not taken.
private struct Refusal: Error {
  var column: ChargerImport.Column
  var reason: String
  init(_ column: ChargerImport.Column, _ reason: String) {
    (self.column, self.reason) = (column, reason)
  }
}

/// What the rows of one file say of its sites: they must not contradict each other.
private struct SiteClaims {
  private var zones: [String: (value: String, line: Int)] = [:]
  private var budgets: [String: (value: Int, line: Int)] = [:]

  mutating func check(_ row: ImportedCharger) throws(Refusal) {
    guard let site = row.site else { return }
    if let zone = row.zone, let first = zones[site], first.value != zone {
      throw Refusal(
        .zone, "\(site) has the zone \(first.value) in line \(first.line) and \(zone) here")
    }
    if let budget = row.budget, let first = budgets[site], first.value != budget {
      throw Refusal(
        .budget, "\(site) has the budget \(first.value) in line \(first.line) and \(budget) here")
    }
    if let zone = row.zone, zones[site] == nil { zones[site] = (zone, row.line) }
    if let budget = row.budget, budgets[site] == nil { budgets[site] = (budget, row.line) }
  }
}

extension [ChargerImport.Column?] {
  fileprivate var firstDuplicate: ChargerImport.Column? {
    var seen: Set<ChargerImport.Column> = []
    return compactMap(\.self).first { !seen.insert($0).inserted }
  }
}

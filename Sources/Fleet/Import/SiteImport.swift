/// A CSV of sites, read: what may be stored, what may not and why.
package struct SiteImport: Sendable, Equatable {
  package enum Column: String, Sendable, CaseIterable {
    case site
    case zone
    case budget
    case windows
    case blackouts
    case uplink
    case bandwidth
    case costPerMegabyte = "cost_per_mb"
    case integrations
  }

  /// Why a row is not taken.
  package struct Refusal: Error, Sendable, Equatable {
    package var column: Column
    package var reason: String
    init(_ column: Column, _ reason: String) { (self.column, self.reason) = (column, reason) }
  }

  package var rows: [ImportedSite] = []
  package var refused: [RefusedRow] = []
  package var ignoredColumns: [String] = []

  /// Reads every row. A row with a fault is refused whole, the others are not touched by it. An
  /// empty field says nothing, `-` takes away what the site had of its own.
  package static func parse(csv: String, source: String) -> SiteImport {
    let file = CSV.rows(csv)
    var result = SiteImport(refused: file.refused)
    guard let header = file.rows.first else {
      if file.refused.isEmpty { result.refuse(1, nil, "\(source) has no header line") }
      return result
    }
    let columns = header.fields.map { Column(rawValue: $0.lowercased()) }
    result.ignoredColumns = zip(header.fields, columns).filter { $0.1 == nil }.map(\.0)
    let known = columns.compactMap { $0 }
    guard Set(known).count == known.count else {
      result.refuse(header.line, nil, "two columns have the same name")
      return result
    }
    guard known.contains(.site) else {
      result.refuse(header.line, Column.site.rawValue, "there is no column \"site\"")
      return result
    }
    var lines: [String: Int] = [:]
    var uplinks = UplinkClaims()
    for row in file.rows.dropFirst() {
      guard row.fields.count == columns.count else {
        result.refuse(
          row.line, nil, "\(row.fields.count) fields, the header has \(columns.count)")
        continue
      }
      do throws(Refusal) {
        var fields: [Column: String] = [:]
        for (field, column) in zip(row.fields, columns) {
          if let column, !field.isEmpty { fields[column] = field }
        }
        let site = try read(fields, line: row.line)
        if let first = lines[site.name] {
          throw Refusal(.site, "\"\(site.name)\" is in line \(first) already")
        }
        try uplinks.check(site)
        lines[site.name] = row.line
        result.rows.append(site)
      } catch {
        result.refuse(row.line, error.column.rawValue, error.reason)
      }
    }
    result.refused.sort { $0.line < $1.line }
    return result
  }

  /// Reads the fields of one site, as a file or a command has them.
  package static func read(
    _ fields: [Column: String], line: Int = 0
  ) throws(Refusal) -> ImportedSite {
    guard let name = fields[.site], !name.isEmpty else {
      throw Refusal(.site, "the site's name is missing")
    }
    guard name.utf8.count <= 200 else { throw Refusal(.site, "a name has at most 200 bytes") }
    var site = ImportedSite(line: line, name: name)
    if let zone = fields[.zone] {
      guard ChargerImport.hasFormOfZone(zone) else {
        throw Refusal(.zone, "\"\(zone)\" has not the form of a zone such as Europe/Berlin")
      }
      site.zone = zone
    }
    site.budget = try stated(fields[.budget]) { text throws(Refusal) in
      guard let budget = Budget(label: text) else {
        throw Refusal(.budget, "\"\(text)\" is neither a number of chargers nor a share as 25 %")
      }
      guard !budget.allowsNobody else {
        throw Refusal(
          .budget, "0 lets no charger of the site move; - leaves it to the playbook")
      }
      return budget
    }
    site.windows = try stated(fields[.windows]) { text throws(Refusal) in
      do throws(WindowFlaw) { return try Windows(label: text) } catch {
        throw Refusal(.windows, error.reason)
      }
    }
    site.blackouts = try stated(fields[.blackouts]) { text throws(Refusal) in
      do throws(WindowFlaw) { return try [Blackout](label: text) } catch {
        throw Refusal(.blackouts, error.reason)
      }
    }
    site.uplink = try stated(fields[.uplink]) { text throws(Refusal) in text }
    site.bandwidth = try stated(fields[.bandwidth]) { text throws(Refusal) in
      guard let rate = DataRate.bytes(text), (1...100_000_000_000).contains(rate) else {
        throw Refusal(.bandwidth, "\"\(text)\" is no rate a second such as 500kB or 20Mbit")
      }
      return rate
    }
    site.costPerMegabyte = try stated(fields[.costPerMegabyte]) { text throws(Refusal) in
      guard let cost = Double(text), cost >= 0, cost <= 1e6 else {
        throw Refusal(.costPerMegabyte, "\"\(text)\" is no price of a megabyte such as 0.05")
      }
      return cost
    }
    site.integrations = try stated(fields[.integrations]) { text throws(Refusal) in
      let names = text.split(separator: ";").map { part in
        String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }.filter { !$0.isEmpty }
      guard !names.isEmpty, names.count <= 50, Set(names).count == names.count else {
        throw Refusal(.integrations, "1 to 50 different names joined by ; are wanted")
      }
      return names
    }
    return site
  }

  private static func stated<Value>(
    _ text: String?, _ read: (String) throws(Refusal) -> Value
  ) throws(Refusal) -> Stated<Value>? {
    guard let text else { return nil }
    if text == "-" { return Stated.none }
    return .value(try read(text))
  }

  private mutating func refuse(_ line: Int, _ column: String?, _ reason: String) {
    refused.append(RefusedRow(line: line, column: column, reason: reason))
  }
}

/// What the rows of one file say of an uplink that several sites share.
private struct UplinkClaims {
  private var rates: [String: (value: Int, line: Int)] = [:]

  mutating func check(_ row: ImportedSite) throws(SiteImport.Refusal) {
    guard let name = row.uplink?.value, let rate = row.bandwidth?.value else { return }
    if let first = rates[name], first.value != rate {
      throw .init(
        .bandwidth,
        "the uplink \(name) has \(first.value) bytes a second in line \(first.line), \(rate) here")
    }
    if rates[name] == nil { rates[name] = (rate, row.line) }
  }
}

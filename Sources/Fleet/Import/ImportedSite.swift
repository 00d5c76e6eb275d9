/// What a row of a site file, or a command, says of one thing: a value, or that the site has none of
/// its own any more.
package enum Stated<Value: Sendable & Equatable & Codable>: Sendable, Equatable, Codable {
  case value(Value)
  case none
  package var value: Value? {
    if case .value(let value) = self { value } else { nil }
  }
}

/// A row of a site file that passed every check; nil where it is silent.
package struct ImportedSite: Sendable, Equatable, Codable {
  /// Line in the file, from 1; 0 where it comes from a command.
  package var line: Int
  package var name: String
  package var zone: String?
  package var budget: Stated<Budget>?
  package var windows: Stated<Windows>?
  package var blackouts: Stated<[Blackout]>?
  package var uplink: Stated<String>?
  /// Bytes a second.
  package var bandwidth: Stated<Int>?
  package var costPerMegabyte: Stated<Double>?
  /// Names; those that stay keep their sign-offs.
  package var integrations: Stated<[String]>?

  package init(line: Int, name: String) { (self.line, self.name) = (line, name) }
}

extension Site {
  /// Takes over what a row says.
  /// - Returns: why it can't be so; nil when it is done.
  package mutating func take(_ row: ImportedSite) -> (column: SiteImport.Column, reason: String)? {
    zone = row.zone ?? zone
    if let budget = row.budget { allowance = budget.value }
    if let windows = row.windows { terms.windows = windows.value }
    if let blackouts = row.blackouts { terms.blackouts = blackouts.value ?? [] }
    if let uplink = row.uplink {
      // Another line has other figures.
      if uplink.value != terms.uplink?.name { terms.uplink = uplink.value.map { Uplink(name: $0) } }
    }
    if terms.uplink == nil {
      // To take away what is not there is no contradiction.
      if row.bandwidth?.value != nil {
        return (.bandwidth, "the site has no uplink that it could belong to")
      }
      if row.costPerMegabyte?.value != nil {
        return (.costPerMegabyte, "the site has no uplink that it could belong to")
      }
    }
    if let bandwidth = row.bandwidth { terms.uplink?.bandwidth = bandwidth.value }
    if let cost = row.costPerMegabyte { terms.uplink?.costPerMegabyte = cost.value }
    if let names = row.integrations {
      let before = terms.integrations
      terms.integrations = (names.value ?? []).map { name in
        before.first { $0.name == name } ?? Integration(name: name)
      }
    }
    return nil
  }
}

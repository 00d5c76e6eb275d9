import Fleet

/// A fleet filter as a condition over `chargers c`; tests hold it to `FleetFilter.matches`.
///
/// Each term is 0 or 1, never NULL, so that NOT means the same here as there.
struct FilterSQL {
  private(set) var text = ""
  private(set) var values: [SQLValue] = []
  private let now: Instant

  init(_ filter: FleetFilter, at now: Instant) {
    self.now = now
    text = filter.isEmpty ? "1" : add(filter.expression)
  }

  private mutating func add(_ expression: FleetFilter.Expression) -> String {
    switch expression {
    case .all(let parts):
      return parts.isEmpty ? "1" : Self.balanced(parts.map { add($0) }[...], " AND ")
    case .any(let parts): return addAlternatives(parts)
    case .not(let part): return "NOT \(add(part))"
    case .term(let condition): return "(\(add(condition)))"
    case .saved: return "0"
    }
  }

  /// Texts without wildcards are looked up together: each LIKE of its own costs every row.
  private mutating func addAlternatives(_ parts: [FleetFilter.Expression]) -> String {
    var plain: [String: [String]] = [:]
    var rest: [FleetFilter.Expression] = []
    for part in parts {
      if case .term(.text(let key, let pattern)) = part, let column = Self.column(key),
        !pattern.contains("*"), !pattern.contains("?")
      {
        plain[column, default: []].append(pattern)
      } else {
        rest.append(part)
      }
    }
    var texts: [String] = []
    for (column, patterns) in plain.sorted(by: { $0.key < $1.key }) {
      values.append(.text(Self.json(patterns)))
      // NOCASE disregards case in ASCII only, as LIKE does.
      texts.append("(c.\(column) COLLATE NOCASE IN (SELECT value FROM json_each(?)))")
    }
    texts += rest.map { add($0) }
    return Self.balanced(texts[...], " OR ")
  }

  /// SQLite allows an expression a thousand levels; side by side each part would be one.
  private static func balanced(_ parts: ArraySlice<String>, _ operation: String) -> String {
    guard parts.count > 1 else { return parts.first ?? "0" }
    let middle = parts.startIndex + parts.count / 2
    return "(\(balanced(parts[..<middle], operation))\(operation)"
      + "\(balanced(parts[middle...], operation)))"
  }

  private mutating func add(_ condition: FleetFilter.Condition) -> String {
    switch condition {
    case .identity(let pattern): return like("c.identity", pattern)
    case .identities(let identities):
      // One value, however many there are: a statement takes some thousands at most.
      values.append(.text(Self.json(identities.map { Identity.key(for: $0) })))
      return "c.key IN (SELECT value FROM json_each(?))"
    case .text(let key, let pattern): return add(key, pattern)
    case .number(.wave, let comparison, let limit):
      values.append(.int(limit))
      return "c.id IN (\(Self.newestUpgrade("u.wave \(comparison.rawValue) ?")))"
    case .number(let key, let comparison, let limit):
      values.append(.int(limit))
      return "ifnull(c.\(Self.column(key)) \(comparison.rawValue) ?, 0)"
    case .firmware(let comparison, let version):
      values.append(.text(version.sortKey))
      return "ifnull(c.firmware_key \(comparison.rawValue) ?, 0)"
    case .seen(let comparison, let span):
      values += [.at(now), .int(span.milliseconds)]
      return "ifnull(iif(c.online, 0, ? - c.last_seen) \(comparison.rawValue) ?, 0)"
    case .speaks(let version):
      values.append(.optional(version?.rawValue))
      return "c.speaks IS ?"
    case .released(let version):
      values.append(.int(VersionSet(version).rawValue))
      return "c.released & ? <> 0"
    case .ready(let verdict):
      values.append(.int(verdict.rawValue))
      return "c.verdict = ?"
    case .online(let online):
      values.append(.bool(online))
      return "c.online = ?"
    case .pending: return "c.admission = \(Admission.pending.rawValue)"
    case .unknown(let fact): return Self.isUnknown(fact)
    }
  }

  private mutating func add(_ key: FleetFilter.TextKey, _ pattern: String) -> String {
    switch key {
    case .model, .vendor, .site, .hardware, .serial, .firmware:
      // Each of them has a column.
      return like("c.\(Self.column(key) ?? "id")", pattern)
    case .zone:
      let condition = "c.site IN (SELECT id FROM sites WHERE \(like("zone", pattern)))"
      return "ifnull(\(condition), \(Glob(pattern).matches("") ? 1 : 0))"
    case .campaign:
      return "c.id IN (\(Self.newestUpgrade(like("k.name", pattern))))"
    case .hop:
      return "c.hops IS NOT NULL AND EXISTS (SELECT 1 FROM json_each(c.hops) "
        + "WHERE \(like("value", pattern)))"
    case .notes:
      return
        "c.id IN (SELECT charger FROM dossiers WHERE notes <> '' AND \(like("notes", pattern)))"
    }
  }

  /// Chargers whose newest upgrade fulfils a condition.
  private static func newestUpgrade(_ condition: String) -> String {
    """
    SELECT u.charger FROM upgrades u JOIN campaigns k ON k.id = u.campaign WHERE \(condition)
      AND NOT EXISTS (SELECT 1 FROM upgrades n WHERE n.charger = u.charger AND n.id > u.id)
    """
  }

  /// Of `chargers`, where the text stands there.
  private static func column(_ key: FleetFilter.TextKey) -> String? {
    switch key {
    case .model: "model"
    case .vendor: "vendor"
    case .site: "site_name"
    case .hardware: "hardware"
    case .serial: "serial"
    case .firmware: "firmware"
    case .zone, .campaign, .hop, .notes: nil
    }
  }

  private static func column(_ key: FleetFilter.NumberKey) -> String {
    switch key {
    case .flash: "flash_free"
    case .ram: "ram_free"
    case .connectors: "connector_count"
    case .profile: "profile"
    case .wave: "wave"
    }
  }

  private static func isUnknown(_ fact: FleetFilter.Fact) -> String {
    switch fact {
    case .model: "c.model = ''"
    case .vendor: "c.vendor = ''"
    case .hardware: "c.hardware = ''"
    case .serial: "c.serial = ''"
    case .site: "c.site_name = ''"
    case .firmware: "c.firmware = ''"
    case .flash: "c.flash_free IS NULL"
    case .ram: "c.ram_free IS NULL"
    case .connectors: "c.connector_count IS NULL"
    case .seen: "c.last_seen IS NULL AND NOT c.online"
    }
  }

  private static func json(_ texts: [String]) -> String {
    let quoted = texts.map { text in
      var json = ""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": json += "\\\(scalar)"
        // No identity holds control characters; a filter may.
        case "\u{0}"..."\u{1F}":
          json += "\\u00\(scalar.value < 16 ? "0" : "")\(String(scalar.value, radix: 16))"
        default: json.unicodeScalars.append(scalar)
        }
      }
      return "\"\(json)\""
    }
    return "[\(quoted.joined(separator: ","))]"
  }

  /// LIKE disregards case in ASCII only, exactly as `Glob` does.
  private mutating func like(_ column: String, _ pattern: String) -> String {
    values.append(.text(Self.escaped(pattern) { $0 == "*" ? "%" : $0 == "?" ? "_" : nil }))
    return "\(column) LIKE ? ESCAPE '\\'"
  }

  /// A pattern of LIKE, with `\` as its escape, for what holds `text`.
  static func part(_ text: String) -> String { "%\(escaped(text) { _ in nil })%" }

  private static func escaped(
    _ text: String, _ wildcard: (Unicode.Scalar) -> Unicode.Scalar?
  ) -> String {
    var like = ""
    for scalar in text.unicodeScalars {
      if let wildcard = wildcard(scalar) {
        like.unicodeScalars.append(wildcard)
      } else if scalar == "%" || scalar == "_" || scalar == "\\" {
        like += "\\\(scalar)"
      } else {
        like.unicodeScalars.append(scalar)
      }
    }
    return like
  }
}

import Fleet

/// A fleet filter as a condition over `chargers c`; tests hold it to `FleetFilter.matches`.
struct FilterSQL {
  private(set) var text = "1"
  private(set) var values: [SQLValue] = []

  init(_ filter: FleetFilter) {
    for term in filter.terms {
      text += " AND \(term.isInverse ? "NOT " : "")(\(add(term.condition)))"
    }
  }

  private mutating func add(_ condition: FleetFilter.Condition) -> String {
    switch condition {
    case .identity(let pattern): return like("identity", pattern)
    case .identities(let identities):
      // One value, however many there are: a statement takes some thousands at most.
      values.append(.text(Self.json(identities.map { Identity.key(for: $0) })))
      return "c.key IN (SELECT value FROM json_each(?))"
    case .model(let pattern): return like("model", pattern)
    case .vendor(let pattern): return like("vendor", pattern)
    case .firmware(let pattern): return like("firmware", pattern)
    case .site(let pattern): return like("site_name", pattern)
    case .firmwareIs(let comparison, let version):
      values.append(.text(version.sortKey))
      return "ifnull(c.firmware_key \(comparison.rawValue) ?, 0)"
    case .speaks(let version):
      values.append(.optional(version?.rawValue))
      return "c.speaks IS ?"
    case .ready(let verdict):
      values.append(.int(verdict.rawValue))
      return "c.verdict = ?"
    case .online(let online):
      values.append(.bool(online))
      return "c.online = ?"
    case .endOfLife: return add(.ready(.endOfLife))
    case .pending: return "c.admission = \(Admission.pending.rawValue)"
    case .any(let conditions): return conditions.map { add($0) }.joined(separator: " OR ")
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
    return "c.\(column) LIKE ? ESCAPE '\\'"
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

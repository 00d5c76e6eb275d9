import Fleet

/// A fleet filter as a condition over `chargers c`; tests hold it to `FleetFilter.matches`.
struct FilterSQL {
  private(set) var text = "1"
  private(set) var values: [SQLValue] = []

  init(_ filter: FleetFilter) {
    for term in filter.terms {
      let (condition, value) = Self.condition(term.condition)
      text += " AND \(term.isInverse ? "NOT " : "")(\(condition))"
      if let value { values.append(value) }
    }
  }

  private static func condition(_ condition: FleetFilter.Condition) -> (String, SQLValue?) {
    switch condition {
    case .identity(let pattern): like("identity", pattern)
    case .model(let pattern): like("model", pattern)
    case .vendor(let pattern): like("vendor", pattern)
    case .firmware(let pattern): like("firmware", pattern)
    case .site(let pattern): like("site_name", pattern)
    case .firmwareIs(let comparison, let version):
      ("ifnull(c.firmware_key \(comparison.rawValue) ?, 0)", .text(version.sortKey))
    case .speaks(let version): ("c.speaks IS ?", .optional(version?.rawValue))
    case .ready(let verdict): ("c.verdict = ?", .int(verdict.rawValue))
    case .online(let online): ("c.online = ?", .bool(online))
    case .endOfLife: ("c.verdict = ?", .int(Readiness.Verdict.endOfLife.rawValue))
    }
  }

  /// LIKE disregards case in ASCII only, exactly as `Glob` does.
  private static func like(_ column: String, _ pattern: String) -> (String, SQLValue) {
    var like = ""
    for scalar in pattern.unicodeScalars {
      switch scalar {
      case "*": like += "%"
      case "?": like += "_"
      case "%", "_", "\\": like += "\\\(scalar)"
      default: like.unicodeScalars.append(scalar)
      }
    }
    return ("c.\(column) LIKE ? ESCAPE '\\'", .text(like))
  }
}

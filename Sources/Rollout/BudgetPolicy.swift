import Fleet

/// How many chargers may be out of service at once, group by group; each bound holds, and those
/// already down count in all of them.
package struct BudgetPolicy: Sendable, Equatable, Codable {
  /// For sites without a budget of their own; nil leaves it to `siteBudget`.
  package var site: Budget?
  /// Of all chargers on one uplink.
  package var uplink: Budget?
  /// Of all chargers of one vendor and model.
  package var model: Budget?
  /// Of all chargers in the inventory.
  package var fleet: Budget?
  package init() {}

  /// `{ site: 2, uplink: "25 %", model: "10 %", fleet: 200 }`.
  init(reading value: JSON5Value) throws(PlaybookError) {
    self.init()
    var fields = try Fields(value, of: "`budgets`")
    if let value = fields.take("site") { site = try value.asBudget() }
    if let value = fields.take("uplink") { uplink = try value.asBudget() }
    if let value = fields.take("model") { model = try value.asBudget() }
    if let value = fields.take("fleet") { fleet = try value.asBudget() }
    try fields.end()
  }

  /// Empty for the default, so that plans made before there were such budgets keep their hash.
  var canonical: [String] {
    self == BudgetPolicy()
      ? [] : ["budgets"] + [site, uplink, model, fleet].map { ($0?.label ?? "-").debugDescription }
  }
}

extension JSON5Value {
  /// `3` or `"25 %"`.
  func asBudget() throws(PlaybookError) -> Budget {
    switch kind {
    case .number(let n) where n == n.rounded() && (0...1e6).contains(n): return .count(Int(n))
    case .text(let text):
      if text.hasSuffix("%"), let budget = Budget(label: text) { return budget }
    default: break
    }
    throw error("a number of chargers, or a share such as \"25 %\", is wanted here")
  }
}

extension Playbook {
  /// How many chargers of a site may be out of service at once.
  /// - Parameter site: nil for chargers without one: each stands for itself.
  package func budget(of site: Site?) -> Budget {
    site?.allowance ?? budgets.site ?? .count(siteBudget)
  }
}

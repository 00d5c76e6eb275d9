import Control

/// How a person likes the console; outlasts it.
package struct ViewState: Sendable, Equatable, Codable {
  package var fleetSort: FleetQuery.Column
  package var fleetDescending: Bool

  package init(fleetSort: FleetQuery.Column = .charger, fleetDescending: Bool = false) {
    (self.fleetSort, self.fleetDescending) = (fleetSort, fleetDescending)
  }

  /// Tolerant: what another release wrote must not keep the console from starting.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let column = try? values.decode(FleetQuery.Column.self, forKey: .fleetSort)
    let descending = try? values.decode(Bool.self, forKey: .fleetDescending)
    self.init(fleetSort: column ?? .charger, fleetDescending: descending ?? false)
  }
}

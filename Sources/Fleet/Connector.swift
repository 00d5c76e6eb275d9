/// A plug of a charger: 2.x numbers EVSEs and their connectors, 1.6 has one flat number, which is
/// taken as the EVSE with connector 1. EVSE 0 is the whole charger.
package struct ConnectorID: Sendable, Hashable, Comparable, Codable {
  package var evse: Int
  package var connector: Int
  package init(evse: Int, connector: Int) { (self.evse, self.connector) = (evse, connector) }
  package static func < (a: Self, b: Self) -> Bool {
    (a.evse, a.connector) < (b.evse, b.connector)
  }
}

/// What a connector is doing, over all versions (OCPP 1.6 §7.7, OCPP 2.0.1 ConnectorStatusEnumType).
package enum ConnectorState: Int, Sendable, CaseIterable, Codable {
  case available
  case preparing
  case charging
  case suspendedByCar
  case suspendedByCharger
  case finishing
  case reserved
  case unavailable
  case faulted
  /// OCPP 2.x: a car is there; the transaction says what it does.
  case occupied

  package var label: String {
    switch self {
    case .available: "Available"
    case .preparing: "Preparing"
    case .charging: "Charging"
    case .suspendedByCar: "SuspendedEV"
    case .suspendedByCharger: "SuspendedEVSE"
    case .finishing: "Finishing"
    case .reserved: "Reserved"
    case .unavailable: "Unavailable"
    case .faulted: "Faulted"
    case .occupied: "Occupied"
    }
  }
}

/// A connector's last reported state.
package struct Connector: Sendable, Hashable, Codable {
  package var id: ConnectorID
  package var state: ConnectorState
  /// The charger's own time of the state, or the time of receipt when it gave none.
  package var at: Instant
  package var error: String?
  package init(id: ConnectorID, state: ConnectorState, at: Instant, error: String? = nil) {
    (self.id, self.state, self.at, self.error) = (id, state, at, error)
  }
}

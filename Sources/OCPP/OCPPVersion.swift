/// A version of OCPP that Swell speaks. A connection has exactly one, negotiated at its upgrade.
package enum OCPPVersion: UInt8, CaseIterable, Comparable, Sendable {
  case v16
  case v201
  case v21

  /// The registered WebSocket subprotocol (OCPP-J 1.6 §3.1.2, OCPP 2.0.1 part 4 §3.1.2).
  package var subprotocol: String {
    switch self {
    case .v16: "ocpp1.6"
    case .v201: "ocpp2.0.1"
    case .v21: "ocpp2.1"
    }
  }

  /// The version a subprotocol names, or nil. `ocpp2.0` is deprecated and names none.
  package init?(subprotocol: String) {
    guard let version = Self.allCases.first(where: { $0.subprotocol == subprotocol }) else {
      return nil
    }
    self = version
  }

  /// As people write it: "1.6", "2.0.1", "2.1".
  package var label: String {
    switch self {
    case .v16: "1.6"
    case .v201: "2.0.1"
    case .v21: "2.1"
    }
  }

  package static func < (a: OCPPVersion, b: OCPPVersion) -> Bool { a.rawValue < b.rawValue }
}

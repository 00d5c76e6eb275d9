import Fleet
import OCPP

/// The adapter of each version.
struct Adapters: Sendable {
  private let all: [any Adapter] = [
    Adapter16(), Adapter2(version: .v201), Adapter2(version: .v21),
  ]

  subscript(_ version: ProtocolVersion) -> any Adapter { all[version.rawValue] }
}

extension ProtocolVersion {
  /// The same version in the words of the wire.
  var wire: OCPPVersion {
    switch self {
    case .ocpp16: .v16
    case .ocpp201: .v201
    case .ocpp21: .v21
    }
  }

  init(_ wire: OCPPVersion) {
    switch wire {
    case .v16: self = .ocpp16
    case .v201: self = .ocpp201
    case .v21: self = .ocpp21
    }
  }
}

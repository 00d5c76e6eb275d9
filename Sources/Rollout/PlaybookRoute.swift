import Fleet

/// What a campaign does with each of its chargers.
package enum Route: String, Sendable, CaseIterable, Codable {
  /// One image that speaks both versions, a soak on 1.6, then the switch.
  case inPlace = "in-place"
  /// The images of the version graph one after another, then the switch.
  case overHops = "over-hops"
  /// The image that runs speaks both versions already: the switch alone.
  case switchOnly = "switch-only"
  /// Out of the new version, back to 1.6. No image is changed.
  case rollBack = "roll-back"

  /// Whether it brings images.
  package var installs: Bool { self == .inPlace || self == .overHops }
}

extension Route {
  init(reading value: JSON5Value) throws(PlaybookError) {
    let word = try value.asWord(among: Self.allCases.map(\.rawValue))
    self = Self(rawValue: word) ?? .inPlace
  }

}

extension Playbook {
  /// The route's share of the canonical text. A playbook from before there were routes has the text
  /// that it had.
  var canonicalRoute: [String] {
    switch route {
    case .inPlace: []
    case .overHops: ["route \(route.rawValue) \(soak.betweenHops.milliseconds)"]
    case .switchOnly, .rollBack: ["route \(route.rawValue)"]
    }
  }
}

extension Playbook {
  /// Reads `target`: the version to end on. A way back ends on 1.6, everything else on a newer one.
  static func target(
    reading value: JSON5Value?, on route: Route
  ) throws(PlaybookError) -> ProtocolVersion {
    let isBack = route == .rollBack
    guard let value else { return isBack ? .ocpp16 : .ocpp201 }
    let known = isBack ? ["1.6"] : ["2.0.1", "2.1"]
    guard let version = ProtocolVersion(label: try value.asText()), known.contains(version.label)
    else {
      throw value.error(
        isBack
          ? "the route `roll-back` ends on \"1.6\"" : "`target` is \"2.0.1\" or \"2.1\"")
    }
    return version
  }
}

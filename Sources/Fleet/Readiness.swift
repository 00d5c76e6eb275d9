/// Whether a charger can move, why or why not, and on what evidence.
package struct Readiness: Sendable, Equatable, Codable {
  /// In order of precedence: the first that holds is the verdict.
  package enum Verdict: Int, Sendable, CaseIterable, Codable {
    case endOfLife = 0
    case pinned
    /// An upgrade left it in need of a technician.
    case quarantined
    case regressed
    case migrated
    case unknown
    case tooSmall
    case noFirmware
    case needsRename
    case needsHop
    case needsSecurity
    case claimedOnly
    case ready

    /// As its label: numbers say nothing to whoever reads the JSON.
    package init(from decoder: any Decoder) throws {
      self = try LabelCoding.value(from: decoder, among: Self.allCases, \.label)
    }

    package func encode(to encoder: any Encoder) throws {
      try LabelCoding.encode(label, to: encoder)
    }

    package var label: String {
      switch self {
      case .endOfLife: "end of life"
      case .pinned: "pinned"
      case .quarantined: "quarantined"
      case .regressed: "regressed"
      case .migrated: "migrated"
      case .unknown: "unknown"
      case .tooSmall: "too small"
      case .noFirmware: "no firmware"
      case .needsRename: "needs rename"
      case .needsHop: "needs hop"
      case .needsSecurity: "needs security"
      case .claimedOnly: "claimed only"
      case .ready: "ready"
      }
    }
  }

  package var verdict: Verdict
  /// One sentence: what holds, with its numbers, and the next step.
  package var reason: String
  /// Who said what, when.
  package var evidence: [String]
  /// The image that speaks the target, once a way leads there: for `ready`, `claimedOnly`,
  /// `needsRename`, `needsHop` and `needsSecurity`.
  package var target: FirmwareID?
  /// The images to install one after the other, `target` last; empty where it runs already, and
  /// where there is no target.
  package var route: [FirmwareID]
  /// The versions of `route` before its last.
  package var through: [String]

  package init(
    verdict: Verdict, reason: String, evidence: [String] = [], target: FirmwareID? = nil,
    route: [FirmwareID] = [], through: [String] = []
  ) {
    self.verdict = verdict
    self.reason = reason
    self.evidence = evidence
    self.target = target
    self.route = route
    self.through = through
  }
}

/// What readiness asks for where the catalogue is silent.
package struct ReadinessPolicy: Sendable, Equatable, Codable {
  /// Free flash in kB; 200 is what is published for a slim 2.0.1 stack.
  package var flashNeeded = 200
  /// Free RAM in kB; 50 is what is published for a slim 2.0.1 stack.
  package var ramNeeded = 50
  /// The version to move to.
  package var target = ProtocolVersion.ocpp201
  /// Least security profile before the move.
  package var securityProfile = 0
  package init() {}
}

/// The filter language of the fleet: terms separated by spaces, all of which must hold.
///
/// `model:AC*` `vendor:` `fw:2.3*` `fw:<2.4` `site:"Köln *"` `speaks:1.6` (`speaks:none`)
/// `ready:too-small` `id:KLN-04` `online` `offline` `eol` `pinned` `quarantined` `pending`; commas
/// separate alternatives, as in `model:AC11,AC22`; `!` in front turns a term round; anything else is
/// a part of the identity, or a pattern for all of it when it holds `*` or `?`.
package struct FleetFilter: Sendable, Equatable {
  package enum Comparison: String, Sendable, CaseIterable {
    // The longer ones first: the parser takes the first that fits.
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case less = "<"
    case greater = ">"
  }

  package indirect enum Condition: Sendable, Equatable {
    case identity(pattern: String)
    /// One of these, without regard to case.
    case identities([String])
    case model(pattern: String)
    case vendor(pattern: String)
    case firmware(pattern: String)
    case firmwareIs(Comparison, than: FirmwareVersion)
    case site(pattern: String)
    /// nil: never connected.
    case speaks(ProtocolVersion?)
    case ready(Readiness.Verdict)
    case online(Bool)
    case endOfLife
    /// Came unannounced and waits to be accepted.
    case pending
    case any([Condition])
  }

  package struct Term: Sendable, Equatable {
    package var condition: Condition
    package var isInverse: Bool
    package init(_ condition: Condition, isInverse: Bool = false) {
      (self.condition, self.isInverse) = (condition, isInverse)
    }
  }

  /// What a filter looks at.
  package struct Subject: Sendable, Equatable {
    package var identity: String
    package var site: String
    package var vendor: String
    package var model: String
    package var firmware: String
    package var speaks: ProtocolVersion?
    package var online: Bool
    package var verdict: Readiness.Verdict
    package var isPending: Bool
    package init(
      identity: String, site: String = "", vendor: String = "", model: String = "",
      firmware: String = "", speaks: ProtocolVersion? = nil, online: Bool = false,
      verdict: Readiness.Verdict = .unknown, isPending: Bool = false
    ) {
      self.identity = identity
      self.site = site
      self.vendor = vendor
      self.model = model
      self.firmware = firmware
      self.speaks = speaks
      self.online = online
      self.verdict = verdict
      self.isPending = isPending
    }
  }

  package var terms: [Term]

  package init(terms: [Term] = []) { self.terms = terms }

  package func matches(_ subject: Subject) -> Bool {
    terms.allSatisfy { $0.isInverse != Self.holds($0.condition, subject) }
  }

  private static func holds(_ condition: Condition, _ subject: Subject) -> Bool {
    switch condition {
    case .identity(let pattern): Glob(pattern).matches(subject.identity)
    case .identities(let identities):
      identities.contains { Identity.key(for: $0) == Identity.key(for: subject.identity) }
    case .model(let pattern): Glob(pattern).matches(subject.model)
    case .vendor(let pattern): Glob(pattern).matches(subject.vendor)
    case .firmware(let pattern): Glob(pattern).matches(subject.firmware)
    case .firmwareIs(let comparison, let limit):
      FirmwareVersion(subject.firmware).map { compare($0, comparison, limit) } ?? false
    case .site(let pattern): Glob(pattern).matches(subject.site)
    case .speaks(let version): subject.speaks == version
    case .ready(let verdict): subject.verdict == verdict
    case .online(let online): subject.online == online
    case .endOfLife: subject.verdict == .endOfLife
    case .pending: subject.isPending
    case .any(let conditions): conditions.contains { holds($0, subject) }
    }
  }

  private static func compare(
    _ a: FirmwareVersion, _ comparison: Comparison, _ b: FirmwareVersion
  ) -> Bool {
    switch comparison {
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }
}

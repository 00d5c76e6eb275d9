import Fleet
import OCPP
import Transport

/// What is let pass although it breaks a rule.
extension ChargerLoop {
  /// The name of the quirk that lets a violation of this charger pass; nil when none does. Only the
  /// first rule that a message breaks is looked at: what it says is read as well as it can be.
  func tolerates(
    _ violation: Violation, _ action: String, _ session: ChargerSession
  ) -> String? {
    guard !session.quirks.isEmpty else { return nil }
    return session.quirks.tolerates(action, Toleration.path(violation.path), violation.kind.flaw)
  }

  /// Called for everything against a rule that was let pass.
  /// - Parameters:
  ///   - action: empty where it is not known.
  ///   - quirk: what let it pass; empty: the answer policy.
  func noteToleration(
    _ session: ChargerSession, _ action: String, _ breach: AnswerPolicy.Breach, quirk: String
  ) {
    session.faults &+= 1
    var path = ""
    var what = breach.description
    if case .payload(let violation) = breach {
      path = Toleration.path(violation.path)
      what = violation.kind.flaw.label
    }
    count(session, action, path, what, quirk: quirk)
  }

  /// Counts what is no frame; old simulators send message types of their own
  /// (mobilityhouse/ocpp#358).
  func noteFault(_ session: ChargerSession, _ fault: FrameFault) {
    session.faults &+= 1
    var what = "no valid frame"
    if case .unknownType = fault.reason { what = "a message type that is not known" }
    count(session, "", "", what, quirk: "")
  }

  /// Counts something odd; the core is told once a second, not one by one.
  func count(
    _ session: ChargerSession, _ action: String, _ path: String, _ what: String, quirk: String
  ) {
    let kind = Toleration.Kind(
      version: session.version, action: action, path: path, what: what, quirk: quirk)
    if tolerated.isEmpty {
      loop.schedule(after: 1000) { [self] in
        for charger in tolerated.keys { tellTolerations(of: charger) }
      }
    }
    var kinds = tolerated[session.charger] ?? [:]
    // A charger may think up kinds without end.
    let isKept = kinds[kind] != nil || kinds.count < TolerationBook.limit
    tolerated[session.charger] = nil
    kinds[isKept ? kind : .other(kind.version), default: 0] += 1
    tolerated[session.charger] = kinds
  }

  func tellTolerations(of charger: ChargerID) {
    guard let kinds = tolerated.removeValue(forKey: charger) else { return }
    batch.append(.tolerated(charger, kinds, SystemClock.now))
  }
}

extension Violation.Kind {
  /// The same in the words of the quirk table.
  fileprivate var flaw: Quirk.Flaw {
    switch self {
    case .missing: .missing
    case .unknownField: .unknownField
    case .type: .type
    case .length: .length
    case .enumeration: .enumeration
    case .bounds: .bounds
    case .multipleOf: .multipleOf
    case .itemCount: .itemCount
    case .format, .syntax: .format
    case .looseTime: .time
    }
  }
}

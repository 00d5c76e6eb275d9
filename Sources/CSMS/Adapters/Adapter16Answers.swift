import Fleet
import OCPP

/// What stations are answered in OCPP 1.6.
extension Adapter16 {
  func answer(_ facts: ReplyFacts, now: Instant) -> JSON {
    switch facts {
    case .empty:
      [:]
    case .accepted:
      ["status": "Accepted"]
    case .boot(let registration, let interval):
      [
        "status": .string(registration.word),
        "currentTime": .string(DateTime.format(now.milliseconds)),
        "interval": .int(Int64(interval)),
      ]
    case .heartbeat:
      ["currentTime": .string(DateTime.format(now.milliseconds))]
    case .authorize(let verdict):
      ["idTagInfo": info(verdict)]
    case .sessionStarted(let number, let verdict):
      ["transactionId": .int(number), "idTagInfo": info(verdict)]
    case .session(let verdict):
      .compact([("idTagInfo", verdict.map(info))])
    case .dataTransfer(let answer):
      .compact([
        ("status", .string(answer.status.rawValue)), ("data", answer.data.map { .string($0) }),
      ])
    case .unavailable:
      // SignCertificate alone: nothing else is asked for in 1.6 (security white paper A02.FR.12).
      ["status": "Rejected"]
    }
  }

  private func info(_ verdict: TokenVerdict) -> JSON {
    // Invalid: "Identifier is unknown" (OCPP 1.6 §7.2).
    let status = verdict.status == .unknown ? .invalid : verdict.status
    return .compact([
      ("status", .string(status.rawValue)),
      ("parentIdTag", verdict.group.map { .string($0.bounded(to: 20)) }),
      ("expiryDate", verdict.expires.map { .string(DateTime.format($0.milliseconds)) }),
    ])
  }
}

extension ReplyFacts.Registration {
  /// RegistrationStatusEnumType, the same in all versions.
  var word: String {
    switch self {
    case .accepted: "Accepted"
    case .pending: "Pending"
    case .rejected: "Rejected"
    }
  }
}

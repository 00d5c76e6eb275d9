import Fleet
import OCPP

/// What stations are answered in OCPP 1.6.
extension Adapter16 {
  func write(_ facts: ReplyFacts, now: Instant, into writer: inout JSONWriter) {
    switch facts {
    case .empty, .session(nil):
      writer.raw("{}")
    case .accepted:
      writer.raw(#"{"status":"Accepted"}"#)
    case .boot(let registration, let interval):
      writer.object {
        $0.key("status")
        $0.string(registration.word)
        $0.key("currentTime")
        $0.time(now.milliseconds)
        $0.key("interval")
        $0.int(interval)
      }
    case .heartbeat:
      writer.object {
        $0.key("currentTime")
        $0.time(now.milliseconds)
      }
    case .authorize(let verdict), .session(let verdict?):
      writer.object { write(verdict, into: &$0) }
    case .sessionStarted(let number, let verdict):
      writer.object {
        $0.key("transactionId")
        $0.int(number)
        write(verdict, into: &$0)
      }
    case .dataTransfer(let answer):
      writer.object {
        $0.key("status")
        $0.string(answer.status.rawValue)
        if let data = answer.data {
          $0.key("data")
          $0.string(data)
        }
      }
    case .unavailable:
      // SignCertificate alone: nothing else is asked for in 1.6 (security white paper A02.FR.12).
      writer.raw(#"{"status":"Rejected"}"#)
    }
  }

  private func write(_ verdict: TokenVerdict, into writer: inout JSONWriter) {
    writer.key("idTagInfo")
    if verdict == .accepted { return writer.raw(#"{"status":"Accepted"}"#) }
    writer.object {
      // Invalid: "Identifier is unknown" (OCPP 1.6 §7.2).
      let status = verdict.status == .unknown ? TokenVerdict.Status.invalid : verdict.status
      $0.key("status")
      $0.string(status.rawValue)
      if let group = verdict.group {
        $0.key("parentIdTag")
        $0.string(group.bounded(to: 20))
      }
      if let expires = verdict.expires {
        $0.key("expiryDate")
        $0.time(expires.milliseconds)
      }
    }
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

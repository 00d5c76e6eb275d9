import Fleet

/// What the engine tells a charger in answer, in no version's words.
package enum ReplyFacts: Sendable, Equatable {
  package enum Registration: Sendable, Equatable { case accepted, pending, rejected }

  case empty
  /// What was told is taken.
  case accepted
  /// `interval` in seconds: heartbeat when accepted, else the wait before the next boot.
  case boot(Registration, interval: Int)
  case heartbeat
  case authorize(TokenVerdict)
  /// OCPP 1.6: the number that names the session from now on.
  case sessionStarted(number: Int64, TokenVerdict)
  case session(TokenVerdict?)
  case dataTransfer(DataTransferTable.Answer)
  /// Asked for and not to be had here.
  case unavailable(Service)
}

/// The word on a token.
package struct TokenVerdict: Sendable, Equatable {
  package enum Status: String, Sendable, CaseIterable {
    case accepted = "Accepted"
    case blocked = "Blocked"
    case expired = "Expired"
    case invalid = "Invalid"
    /// Not known here; 1.6 has no word of its own for it.
    case unknown = "Unknown"
  }
  package var status: Status
  package var group: String?
  package var expires: Instant?
  /// A certificate came with it, which nothing here can verify.
  package var hasCertificate = false
  /// No token was presented: 2.x has nothing to say then.
  package var isOfNone = false

  package static let accepted = TokenVerdict(.accepted)
  package init(_ status: Status, group: String? = nil, expires: Instant? = nil) {
    (self.status, self.group, self.expires) = (status, group, expires)
  }

  package init(_ token: Token, at now: Instant) {
    let isOver = token.expires.map { $0 <= now } ?? false
    let status: Status =
      switch token.status {
      case .accepted: isOver ? .expired : .accepted
      case .blocked: .blocked
      case .expired: .expired
      case .invalid: .invalid
      }
    self.init(status, group: token.group, expires: token.expires)
  }
}

import Fleet

extension Upgrade {
  /// Moves every moment that its waiting and its order of events go by, after the wall clock was
  /// set by so much: what has been waited for and what is still to wait stay the same.
  package mutating func followClock(by span: Span) {
    enteredAt = enteredAt + span
    deadline = deadline.map { $0 + span }
    pending = pending.map { $0.written(later: span) }
    memory.open = memory.open.map { $0.written(later: span) }
    let since = observed?.leasedAt
    observed?.leasedAt = since.map { $0 + span }
    for moment in Self.moments {
      memory[keyPath: moment] = memory[keyPath: moment].map { $0 + span }
    }
  }

  private static var moments: [WritableKeyPath<Memory, Instant?>] {
    [
      \.quietSince, \.limit, \.notBefore, \.answerBy, \.silentAt, \.connectedAt, \.offlineSince,
      \.outageSince, \.leaseNotBefore, \.deferredSince, \.fellBackAt, \.retryNotBefore,
      \.progressAt, \.firstRebootAt, \.patientUntil, \.askedInVainSince,
    ]
  }
}

extension Attempt {
  fileprivate func written(later span: Span) -> Attempt {
    var moved = self
    moved.writtenAt = writtenAt + span
    return moved
  }
}

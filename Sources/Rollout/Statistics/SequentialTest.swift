#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Wald's sequential probability ratio test of a good rate against a bad one: it may be looked at
/// after every charger, and stops a bad build after few.
package struct SequentialTest: Sendable, Equatable {
  package let policy: StopPolicy
  package init(_ policy: StopPolicy) { self.policy = policy }

  /// Of the bad rate over the good one.
  package func logLikelihood(done: Int, failed: Int) -> Double {
    Double(failed) * log(policy.badRate / policy.goodRate)
      + Double(done - failed) * (log1p(-policy.badRate) - log1p(-policy.goodRate))
  }

  /// From here on the build is taken for a bad one.
  package var stopsAt: Double { log((1 - policy.missedBad) / policy.falseStop) }
  /// From here down it is taken for a good one; it goes on being watched.
  package var clearsAt: Double { log(policy.missedBad / (1 - policy.falseStop)) }

  package func stops(done: Int, failed: Int) -> Bool {
    policy.isOn && logLikelihood(done: done, failed: failed) >= stopsAt
  }

  /// Where a test stands.
  package func reading(done: Int, failed: Int) -> StopReading {
    StopReading(
      done: done, failed: failed, logLikelihood: logLikelihood(done: done, failed: failed),
      stopsAt: stopsAt, clearsAt: clearsAt, goodRate: policy.goodRate, badRate: policy.badRate)
  }
}

/// A sequential test with its numbers, over the evidence of one wave.
package struct StopReading: Sendable, Equatable, Codable {
  package var done: Int
  package var failed: Int
  /// Natural logarithm of how much likelier the bad rate made what was seen.
  package var logLikelihood: Double
  package var stopsAt: Double
  package var clearsAt: Double
  package var goodRate: Double
  package var badRate: Double

  package var stops: Bool { logLikelihood >= stopsAt }

  /// `log-likelihood 3.22 of 2.94 for 10 % against 2 % failing`.
  package var sentence: String {
    "log-likelihood \(Phrase.decimal(logLikelihood)) of \(Phrase.decimal(stopsAt)) for "
      + "\(Phrase.percent(badRate)) against \(Phrase.percent(goodRate)) failing"
  }
}

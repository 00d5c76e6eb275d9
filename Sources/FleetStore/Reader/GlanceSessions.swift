import Control
import Fleet

/// Sessions for whoever bills.
extension Glance {
  func sessions(_ query: SessionQuery, at now: Instant) throws -> SessionPage {
    SessionPage(at: now, query: query, sessions: [], hasMore: false)
  }
  func session(_ number: Int64) throws -> SessionDetail? { nil }
  func continuity(of subject: Continuity.Subject, at now: Instant) throws -> Continuity? { nil }
}

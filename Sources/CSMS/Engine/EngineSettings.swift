import Fleet

/// How an engine behaves; everything an operator may set.
package struct EngineSettings: Sendable {
  /// What becomes of a charger that is not in the inventory.
  package enum Admit: String, Sendable, CaseIterable {
    /// 404: it is told to go (OCPP-J 1.6 errata 3.4).
    case known
    /// Taken into the inventory; its boots are answered Pending until a person accepts it.
    case pending
    /// Taken into the inventory as it is.
    case any
  }

  /// Which tokens may charge.
  package enum AuthorizePolicy: String, Sendable, CaseIterable {
    /// Tokens of the list, by their status.
    case known
    /// Every token but those the list blocks.
    case any
  }

  package var host = "127.0.0.1"
  package var port: UInt16 = 8180
  /// Path below which identities stand.
  package var prefix = "/ocpp"
  /// Event loops.
  package var loops = 1
  package var admit = Admit.known
  package var authorize = AuthorizePolicy.known
  /// Where chargers reach the depot, for example `http://csms.example:8180`; nil: this listener.
  package var publicURL: String?
  /// Seconds between heartbeats that boots are answered with.
  package var heartbeatInterval = 300
  /// Seconds a charger waits after a boot that was answered Pending.
  package var pendingInterval = 30
  /// Quiet before the first order on a new connection: some chargers loop when they are asked
  /// before their boot was answered (lbbrhzn/ocpp#1503).
  package var quietAfterConnect = Span.seconds(5)
  package var quietAfterBoot = Span.seconds(2)
  /// Longest time that states in memory may be ahead of their tables.
  package var flushEvery = Span.seconds(1)
  /// Least time between two looks for chargers that may begin.
  package var dispatchEvery = Span.milliseconds(200)
  /// How long a download link works.
  package var linkLifetime = Span.hours(24)

  /// Called on the writer's thread after each commit; must not wait.
  package var onCommit: @Sendable () -> Void = {}

  package init() {}
}

import Fleet
import Transport

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

  /// Where chargers connect; at least one.
  package var listeners = [ListenerSettings()]
  /// Path below which identities stand.
  package var prefix = "/ocpp"
  /// Event loops.
  package var loops = 1
  package var admit = Admit.known
  package var authorize = AuthorizePolicy.known
  /// Where chargers reach the depot, for example `http://csms.example:8180`; nil: the
  /// first listener without TLS, else the first.
  package var publicURL: String?
  /// Seconds between heartbeats that boots are answered with.
  package var heartbeatInterval = 300
  /// Seconds a charger waits after a boot that was answered Pending.
  package var pendingInterval = 30
  /// Quiet before the first order on a new connection: some chargers loop when they are asked
  /// before their boot was answered (lbbrhzn/ocpp#1503).
  package var quietAfterConnect = Span.seconds(5)
  package var quietAfterBoot = Span.seconds(2)
  /// A charger of which nobody knows what it is has so long to boot before it is asked to.
  package var bootWithin = Span.seconds(5)
  /// How long a charger may take for an answer outside upgrades (evcc-io/evcc#26837).
  package var answerWithin = AnswerSlot.patience
  /// Calls in a row without an answer after which a connection is closed.
  package var deafAfter = 2
  /// A connection that ends sooner says nothing of the version that a charger is on.
  package var probeLasts = Span.seconds(10)
  /// Longest time that states in memory may be ahead of their tables.
  package var flushEvery = Span.seconds(1)
  /// Least time between two looks for chargers that may begin.
  package var dispatchEvery = Span.milliseconds(200)
  /// How long a download link works.
  package var linkLifetime = Span.hours(24)
  /// Bytes a second that all firmware downloads together may take; nil: as much as there is.
  package var bandwidth: Int?
  /// Bytes a second that the downloads of one site may take together.
  package var siteBandwidth: Int?
  /// Where chargers leave files; nil: nowhere, and none can be asked for.
  package var uploads: UploadSettings?

  /// Who passes on what people should hear of; nil: nobody, and nothing is kept for them.
  package var notify: NotifySettings?

  /// How kinds of chargers differ from the specification.
  package var quirks = QuirkTable()
  /// What data transfers are answered.
  package var dataTransfer = DataTransferTable()

  /// Where frames of chosen chargers are written; nil: nowhere.
  package var trace: Trace?

  /// Called on the writer's thread after each commit; must not wait.
  package var onCommit: @Sendable () -> Void = {}

  /// A connection is given up after three heartbeat intervals without a byte (evcc-io/evcc#33099).
  /// Any byte counts: some chargers answer no pings (lbbrhzn/ocpp#553). The pings are for those
  /// whose heartbeats are rarer than they were told, and for what stands in between.
  var keepAlive: KeepAlive {
    let silence = UInt64(max(1, heartbeatInterval)) * 3000
    let idle = max(min(60_000, silence / 3), silence / 256 + 1)
    return KeepAlive(idle: idle, pings: UInt8(clamping: silence / idle - 1))
  }

  package init() {}
}

import Fleet
import OCPP
import Rollout
import Transport

/// One open connection of a charger, on its loop. State belongs to the connection, not to the
/// identity: a charger may probe in one version and come back in another (lbbrhzn/ocpp#2012).
final class ChargerSession {
  /// Who wants to know the answer to a call.
  enum Asker: Sendable {
    case upgrade(Order)
    case person(AnswerSlot)
    /// Goes along with the order before it, or asks for a message; its own answer changes nothing.
    case nobody

    var isDisruptive: Bool {
      if case .upgrade(let order) = self { return order.isDisruptive }
      return false
    }
  }

  /// A call under way.
  struct Pending: Sendable {
    var asker: Asker
    var action: ActionDescriptor
    var payload: JSON
    /// Asked one by one when the charger refuses to be asked for all at once.
    var connectors: [ConnectorID] = []
  }

  /// What the connection has come to; one byte, because thousands are idle.
  struct State: OptionSet {
    let rawValue: UInt8
    /// A sign of life was noted for the next word to the core.
    static let heard = State(rawValue: 1)
    /// A boot was answered on this connection.
    static let booted = State(rawValue: 2)
    /// A boot waits for its answer: nothing may be asked meanwhile (lbbrhzn/ocpp#1503).
    static let booting = State(rawValue: 4)
    /// Its 1.6 messages on a 2.x connection were told to the core.
    static let speaksOld = State(rawValue: 8)
    /// Its last boot was answered Pending, or its identity is not accepted yet.
    static let pending = State(rawValue: 16)
    /// Its last boot was rejected: the engine asks nothing.
    static let rejected = State(rawValue: 32)
    /// It is not read from: too many of its messages wait for the core.
    static let held = State(rawValue: 64)
  }

  let charger: ChargerID
  let identity: String
  let version: ProtocolVersion
  let connection: ServerConnection
  var calls = CallQueue<Pending>()
  /// Nothing is asked before this (loop's time).
  var quietUntil: UInt64
  var timer: LoopTimer?
  var state: State = []
  /// Calls in a row that were not answered in time.
  var timeouts: UInt8 = 0
  /// Calls of the charger that wait for their answer.
  var unanswered: UInt16 = 0
  /// Its messages that get no answer and are not stored yet.
  var unstored: UInt16 = 0
  /// Actions that the engine asked it to send; legal before its boot is accepted.
  var asked: [String] = []
  var quirks: QuirkSet {
    didSet { follow(oldValue) }
  }
  /// A clock in local time, as its last message showed it.
  var clock: ClockOffset?
  /// Messages against a rule, for the log.
  var faults: UInt32 = 0

  /// Its messages that the core is not done with.
  var underWay: Int { Int(unanswered) + Int(unstored) }

  var registration: AnswerPolicy.Registration {
    if state.contains(.rejected) { return .rejected }
    if state.contains(.pending) { return .pending }
    return state.contains(.booted) ? .accepted : .none
  }

  func take(_ registration: ReplyFacts.Registration) {
    state.subtract([.pending, .rejected])
    switch registration {
    case .accepted: asked = []
    case .pending: state.insert(.pending)
    case .rejected: state.insert(.rejected)
    }
  }

  init(_ welcome: Welcome, on connection: ServerConnection, quietUntil: UInt64) {
    charger = welcome.charger
    identity = welcome.identity
    version = welcome.version
    self.connection = connection
    self.quietUntil = quietUntil
    quirks = welcome.quirks
    clock = quirks.clock
    connection.isPinged = quirks.answersPings
    if welcome.isStranger { state.insert(.pending) }
  }

  private func follow(_ before: QuirkSet) {
    connection.isPinged = quirks.answersPings
    // What was measured holds as long as it is to be measured.
    if quirks.clock != before.clock { clock = quirks.clock }
  }
}

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
    /// Goes along with the order before it; its own answer changes nothing.
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
  }

  let charger: ChargerID
  let identity: String
  let version: ProtocolVersion
  let connection: ServerConnection
  var calls = CallQueue<Pending>()
  /// Nothing is asked before this (loop's time).
  var quietUntil: UInt64
  var timer: LoopTimer?
  /// The one call of the charger that is not answered yet; a second one is against OCPP-J 4.1.1
  /// but served all the same.
  var openRequests = 0
  var isHeard = false
  /// A boot was answered on this connection.
  var isBooted = false

  init(
    charger: ChargerID, identity: String, version: ProtocolVersion, connection: ServerConnection,
    quietUntil: UInt64
  ) {
    self.charger = charger
    self.identity = identity
    self.version = version
    self.connection = connection
    self.quietUntil = quietUntil
  }
}

/// A request that waits for the core's decision.
final class DoorKnock {
  let warnings: String
  init(warnings: String) { self.warnings = warnings }
}

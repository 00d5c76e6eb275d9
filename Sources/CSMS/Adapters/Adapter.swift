import Fleet
import OCPP
import Rollout

/// What an order needs besides its own words.
package struct OrderContext: Sendable, Equatable {
  package var now: Instant
  /// Where the charger fetches the image.
  package var location = ""
  package var signature: String?
  package var signingCertificate: String?
  /// The update this order belongs to uses the signed form.
  package var signed = false
  /// Connectors that were out of service before the upgrade took them; they stay so.
  package var keepClosed: [ConnectorID] = []
  /// Those whose states are asked for one by one when all at once is refused.
  package var connectors: [ConnectorID] = []
  package init(now: Instant) { self.now = now }
}

/// One protocol version's spelling of events, answers and orders. Everything here is a pure
/// translation; what is right or allowed is decided above.
protocol Adapter: Sendable {
  var version: OCPPVersion { get }

  /// What a request says, of any action that stations may send. Tolerant: a payload that fails
  /// validation may still come here when its data must not be lost. `flaws` gains what is odd about
  /// its times.
  func event(
    _ action: String, _ payload: JSONValue, receivedAt: Instant, _ flaws: inout ClockFlaws
  ) -> ChargerEvent

  /// Writes the payload of an answer.
  func write(_ facts: ReplyFacts, now: Instant, into writer: inout JSONWriter)

  /// Nil when the version has no form for it.
  func order(_ order: Order, _ context: OrderContext) -> (action: String, payload: JSON)?

  /// Takes one connector out of service.
  func close(_ connector: ConnectorID) -> (action: String, payload: JSON)

  /// Reads the answer to an order.
  func reading(_ payload: JSONValue, of order: Order) -> Answer
}

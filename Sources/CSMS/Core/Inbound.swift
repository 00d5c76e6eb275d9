import Fleet
import OCPP
import Rollout

/// A connection of one loop.
package struct ConnectionRef: Sendable, Hashable {
  package var loop: Int
  package var id: UInt64
}

/// A charger at the door: an upgrade request that names an identity.
struct Knock: Sendable {
  var connection: ConnectionRef
  var identity: String
  /// Known versions that it offers, in its order of preference.
  var offered: [ProtocolVersion]
  /// All it offers, as written.
  var offeredNames: [String]
  var isValidIn2x: Bool
  var userName: String?
  var password: [UInt8]?
  /// The password in the other form that chargers of its kind give it in.
  var otherPassword: [UInt8]?
  var entrance = Entrance()
  var certificate: ShownCertificate?
  /// The address that it comes from; empty when it is gone.
  var peer = ""
  var at: Instant
}

/// A validated request of a charger. A class: it passes through a dozen hands on its way, and as a
/// struct each of them counted the references of all its parts.
final class Message: Sendable {
  let connection: ConnectionRef
  let charger: ChargerID
  /// Nil: a SEND, which is never answered (OCPP 2.1 part 4 §4.2.4).
  let messageID: String?
  let action: String
  /// Whose words it is in; on a connection of 2.x it may be 1.6.
  let version: ProtocolVersion
  let event: ChargerEvent
  let flaws: ClockFlaws
  /// The payload as received, for the ledger.
  let payload: [UInt8]
  let at: Instant

  init(
    connection: ConnectionRef, charger: ChargerID, messageID: String?, action: String,
    version: ProtocolVersion, event: ChargerEvent, flaws: ClockFlaws, payload: [UInt8],
    at: Instant
  ) {
    self.connection = connection
    self.charger = charger
    self.messageID = messageID
    self.action = action
    self.version = version
    self.event = event
    self.flaws = flaws
    self.payload = payload
    self.at = at
  }
}

/// What a loop hands the core. Rare cases are boxed, so that thousands of messages lie close together.
enum Inbound: Sendable {
  indirect case knock(Knock)
  /// The password of a knock was checked off the core.
  indirect case checked(Knock, ChargerID, fitting: String?)
  indirect case handshakeFailed(HandshakeFailure, Instant)
  case message(Message)
  case closed(ConnectionRef, ChargerID)
  /// An order left this process.
  case sent(ChargerID, messageID: String)
  indirect case answered(ChargerID, messageID: String, Answer)
  /// Image bytes that left for an upgrade since the last word.
  indirect case served(UpgradeID, bytes: Int64, of: Int64)
  /// The file of an image is not as it was when it was read.
  case imageChanged(FirmwareID)
  /// A charger answers calls no more, though its connection lives.
  indirect case deaf(ConnectionRef, ChargerID, calls: Int)
  /// A charger speaks 1.6 on a connection of another version.
  indirect case speaksOld(ConnectionRef, ChargerID)
  /// What was let pass since the last word.
  indirect case tolerated(ChargerID, [Toleration.Kind: Int], Instant)
  /// A charger answered a message that gives it something to hold, or took something up.
  case holds(ChargerID, [HoldingChange])
  /// Signs of life without a message.
  case heard([ChargerID], Instant)
}

/// What the core hands a loop after the commit; rare cases are boxed.
enum Outbound: Sendable {
  indirect case admit(UInt64, Welcome)
  /// A person has accepted a stranger that is connected.
  case accepted(UInt64)
  /// What applies to the charger is something else now.
  case quirks(UInt64, QuirkSet)
  case refuse(UInt64, Refusal)
  /// The answer to a message, in the words of its version; for a SEND the word that it is stored. It
  /// goes back as it came, so that its memory is freed by the thread that took it.
  case reply(Message, ReplyFacts)
  indirect case order(UInt64, messageID: String, Order, OrderContext, patience: Span)
  /// A person's own message; its answer goes into the slot.
  indirect case call(UInt64, messageID: String, action: String, payload: JSON, AnswerSlot)
  indirect case close(UInt64, reason: String)
}

/// Why a charger is not let in.
enum Refusal: Sendable, Equatable {
  case unknownIdentity
  case entry(EntryRefusal)
  case noCommonVersion
  /// It offers no sub-protocol, and no row of the quirk table says which version it means.
  case noSubprotocol
  case invalidIn2x
  /// As many unknown ones as may wait to be accepted do so already.
  case tooManyStrangers
  case failed
}

import OCPP

/// A session as its station knows it, to be compared with what a CSMS made of it.
package struct SessionRecord: Sendable, Equatable {
  /// The station's own name for it: the transaction id of 2.x.
  package var local: String
  /// The transaction id that a CSMS gave it in 1.6; nil before its answer, and in 2.x.
  package var id: Int64?
  package var connector: Int
  package var token: String
  /// Registers in Wh, times in milliseconds since 1970; nil while it runs.
  package var meterStart: Int64
  package var meterStop: Int64?
  package var began: Int64
  package var ended: Int64?
}

/// What must reach the CSMS and waits for it: the messages of transactions, oldest first. Each
/// belongs to the version it was made in and waits for a connection that speaks it.
struct TransactionLedger: Sendable {
  enum Kind: Sendable { case start, update, stop }

  struct Message: Sendable {
    /// The same at every try (OCPP-J 1.6 errata §3.1).
    var id: String
    var version: OCPPVersion
    var action: String
    /// In 1.6 without the transactionId, which may not be known yet.
    var payload: JSON
    var kind: Kind
    var session: String
    var connector: Int
    var tries = 0
  }

  private(set) var messages: [Message] = []
  /// The sessions of this station, oldest first; of very many, the latest.
  private(set) var sessions: [SessionRecord] = []
  /// The ids that the CSMS gave to sessions of 1.6 with messages still to come.
  private var assigned: [String: Int64] = [:]

  /// More sessions than this are not kept.
  private static let sessionLimit = 256

  mutating func open(_ session: SessionRecord) {
    if sessions.count == Self.sessionLimit { sessions.removeFirst() }
    sessions.append(session)
  }

  mutating func close(_ local: String, register: Int64, _ now: Int64) {
    guard let index = sessions.lastIndex(where: { $0.local == local }) else { return }
    sessions[index].meterStop = register
    sessions[index].ended = now
  }

  mutating func add(_ message: Message) { messages.append(message) }

  /// The message to send on a connection of that version.
  func next(_ version: OCPPVersion) -> Message? { messages.first { $0.version == version } }

  /// As it is sent. In 1.6 a start precedes all else of its session in the queue, so its answer is
  /// known here; -1 stands for a start that was never answered (OCPP 1.6 errata §3.18).
  func payload(of message: Message) -> JSON {
    guard message.version == .v16, message.kind != .start,
      case .object(let members) = message.payload
    else { return message.payload }
    return .object(members + [("transactionId", .int(assigned[message.session] ?? -1))])
  }

  /// The id that both sides know a session by; nil before the CSMS has named it.
  func id(of session: String, _ version: OCPPVersion) -> String? {
    version == .v16 ? assigned[session].map(String.init) : session
  }

  func session(assigned id: Int64) -> String? { assigned.first { $0.value == id }?.key }

  mutating func assign(_ id: Int64, to session: String) {
    assigned[session] = id
    if let index = sessions.lastIndex(where: { $0.local == session }) { sessions[index].id = id }
  }

  /// Counts one more try of the message that is next; its tries so far.
  mutating func countTry(_ version: OCPPVersion) -> Int? {
    guard let index = messages.firstIndex(where: { $0.version == version }) else { return nil }
    messages[index].tries += 1
    return messages[index].tries
  }

  /// Forgets the message that is next.
  @discardableResult
  mutating func drop(_ version: OCPPVersion) -> Message? {
    guard let index = messages.firstIndex(where: { $0.version == version }) else { return nil }
    let message = messages.remove(at: index)
    if message.kind == .stop, !messages.contains(where: { $0.session == message.session }) {
      assigned[message.session] = nil
    }
    return message
  }
}

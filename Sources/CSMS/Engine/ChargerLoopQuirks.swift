import Fleet
import OCPP
import Rollout
import Transport
import Trust

/// What is done otherwise for chargers that are known to differ.
extension ChargerLoop {
  /// Milliseconds that a charger has for an answer.
  func patience(of session: ChargerSession, _ usual: Span) -> Int64 {
    max(usual, session.quirks.patience ?? usual).milliseconds
  }

  /// Milliseconds without a call after a connect or a boot.
  func quiet(of quirks: QuirkSet, _ usual: Span) -> UInt64 {
    UInt64(max(usual, quirks.quiet ?? usual).milliseconds)
  }

  /// Some restart under many writes of their configuration (lbbrhzn/ocpp#1036).
  func leaveInPeace(_ session: ChargerSession, after action: String) {
    guard let spacing = session.quirks.writeSpacing,
      action == "ChangeConfiguration" || action == "SetVariables"
    else { return }
    session.quietUntil = max(session.quietUntil, loop.now + UInt64(spacing.milliseconds))
  }

  /// A remote start that was answered with an error goes out once more without the charging profile
  /// (evcc-io/evcc#6882); false when there is none to leave out.
  func startsAgain(
    _ session: ChargerSession, _ call: CallQueue<ChargerSession.Pending>.Call
  ) -> Bool {
    let starts = ["RemoteStartTransaction", "RequestStartTransaction"]
    guard session.quirks.retriesWithoutProfile, starts.contains(call.action),
      case .object(let members) = call.tag.payload,
      members.contains(where: { $0.0 == "chargingProfile" })
    else { return false }
    var again = call
    again.id = Hex.encode(Random.bytes(16))
    again.tag.payload = .object(members.filter { $0.0 != "chargingProfile" })
    log(
      .info, "\(session.identity) is sent \(call.action) again, without its charging profile",
      charger: session.identity)
    session.calls.enqueue(again)
    return true
  }

  /// Some refuse to send the states of all connectors and do send that of each
  /// (lbbrhzn/ocpp#1573).
  func askEach(
    _ session: ChargerSession, _ call: CallQueue<ChargerSession.Pending>.Call, _ answer: Answer
  ) {
    switch answer {
    case .rejected, .notSupported: break
    default: return
    }
    for connector in call.tag.connectors.prefix(16) {
      let payload: JSON =
        session.version == .ocpp16
        ? [
          "requestedMessage": "StatusNotification", "connectorId": .int(Int64(connector.evse)),
        ]
        : [
          "requestedMessage": "StatusNotification",
          "evse": [
            "id": .int(Int64(connector.evse)), "connectorId": .int(Int64(connector.connector)),
          ],
        ]
      session.calls.enqueue(
        .init(
          id: Hex.encode(Random.bytes(16)), action: call.action, patience: call.patience,
          tag: .init(asker: .nobody, action: call.tag.action, payload: payload)))
    }
  }

  /// What an event says in place of what the charger said. Its message is kept as it came.
  func adapt(
    _ event: inout ChargerEvent, of session: ChargerSession, _ action: String,
    _ payload: JSONValue, _ now: Instant, _ flaws: inout ClockFlaws
  ) {
    if let time = corrected(payload, of: session, action, now, flaws) {
      switch event {
      case .sessionStarted(var start):
        start.at = time
        event = .sessionStarted(start)
      case .sessionUpdated(var update) where session.version != .ocpp16:
        update.at = time
        event = .sessionUpdated(update)
      case .sessionStopped(var stop):
        stop.at = time
        event = .sessionStopped(stop)
      case .status(var connector):
        connector.at = min(time, now)
        flaws.remove(.ahead)
        event = .status(connector)
      default: break
      }
    }
    if let token = session.quirks.freeToken, case .sessionStarted(var start) = event,
      start.token.isEmpty
    {
      start.token = token
      event = .sessionStarted(start)
      count(
        session, action, "idTag", "no token, taken for \(token)'s",
        quirk: session.quirks.name(of: .freeToken))
    }
  }

  /// The message's time without the offset of the charger's clock; nil where it is right as it is.
  private func corrected(
    _ payload: JSONValue, of session: ChargerSession, _ action: String, _ now: Instant,
    _ flaws: ClockFlaws
  ) -> Instant? {
    guard var clock = session.clock, flaws.isDisjoint(with: [.beforeFloor, .future]),
      let text = payload["timestamp"]?.string, let parsed = DateTime.parse(text)
    else { return nil }
    let said = Instant(milliseconds: parsed.ms)
    let meant = clock.corrected(said, receivedAt: now)
    session.clock = clock
    guard meant != said else { return nil }
    count(
      session, action, "timestamp", "its clock is \(clock.label)",
      quirk: session.quirks.name(of: .shiftClock))
    return meant
  }
}

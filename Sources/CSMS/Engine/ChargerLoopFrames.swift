import Fleet
import OCPP
import Rollout
import Transport

/// Frames in: what they are, whether they are right, and who answers them.
extension ChargerLoop {
  func received(_ connection: ServerConnection, text: UnsafeBufferPointer<UInt8>) {
    guard let session = connection.context as? ChargerSession else { return }
    settings.trace?.note(session.identity, .received, session.version, text)
    switch reader.read(text, version: session.version.wire) {
    case .frame(let frame):
      switch frame {
      case .call(let id, let action, let payload): call(session, id, action, payload)
      case .result(let id, let payload): answered(session, id, payload)
      case .error(let id, let code, let description, _):
        failed(session, id, code, description)
      case .resultError(let id, let code, let description, _):
        log(
          .warning, "\(session.identity) could not process our answer \(id): \(code) \(description)"
        )
      case .send(_, let action, _):
        log(.debug, "\(session.identity) sent \(action)", charger: session.identity)
      }
    case .fault(let fault):
      log(
        .warning, "\(session.identity) sent no valid frame: \(fault.reason)",
        charger: session.identity)
      if let id = fault.endsCall, let open = session.calls.answered(id: id) {
        end(session, open, .rejected("its answer could not be read"))
      }
      if let bytes = fault.answerBytes(in: session.version.wire) { send(session, bytes) }
    }
  }

  private func call(
    _ session: ChargerSession, _ id: String, _ action: String, _ payload: JSONValue
  ) {
    let wire = session.version.wire
    guard let descriptor = messages.action(named: action, version: wire) else {
      session.faults += 1
      if speaksOld(session, action, payload), Core.carriesMoney.contains(action) {
        return take(session, id, action, payload, as: .ocpp16)
      }
      return refuse(
        session, id, .notImplemented, "no action \(action.prefix(50)) in OCPP \(wire.label)")
    }
    guard descriptor.mayBeSent(by: .station) else {
      return refuse(session, id, .notSupported, "\(action) is for the CSMS to send")
    }
    if let violation = messages.validate(request: payload, of: descriptor) {
      session.faults += 1
      // One that does so always is told for a while.
      log(
        session.faults <= 10 ? .warning : .debug,
        "\(session.identity) \(action) breaks a rule: \(violation)", charger: session.identity)
      let isOld = speaksOld(session, action, payload)
      // An error here costs billing data: these are answered whenever their id can be read.
      if Core.carriesMoney.contains(action) {
        return take(session, id, action, payload, as: isOld ? .ocpp16 : session.version)
      }
      // A time that can be read is no reason to lose a boot or a status (evcc-io/evcc#10399).
      guard violation.kind == .looseTime else {
        return refuse(session, id, violation.errorCode(in: wire), violation.description)
      }
    }
    take(session, id, action, payload, as: session.version)
  }

  /// Whether a message on a 2.x connection is one of 1.6: some negotiate the one and speak the
  /// other. The core is told once.
  private func speaksOld(
    _ session: ChargerSession, _ action: String, _ payload: JSONValue
  ) -> Bool {
    guard session.version != .ocpp16,
      let old = messages.action(named: action, version: .v16), old.mayBeSent(by: .station),
      messages.validate(request: payload, of: old) == nil
    else { return false }
    if session.state.insert(.speaksOld).inserted {
      batch.append(.speaksOld(reference(session), session.charger))
    }
    return true
  }

  /// - Parameter version: whose words the message is in.
  private func take(
    _ session: ChargerSession, _ id: String, _ action: String, _ payload: JSONValue,
    as version: ProtocolVersion
  ) {
    let now = SystemClock.now
    var flaws = ClockFlaws()
    guard let event = adapters[version].event(action, payload, receivedAt: now, &flaws) else {
      return refuse(session, id, .notSupported, "\(action) is not offered by this CSMS")
    }
    switch event {
    case .heartbeat:
      noteHeard(session)
      return reply(session, id, .heartbeat, session.version, now)
    case .booted where !session.state.contains(.booted): session.state.insert(.booting)
    default: break
    }
    batch.append(
      .message(
        Message(
          connection: reference(session), charger: session.charger, messageID: id, action: action,
          version: version, event: event, flaws: flaws, payload: payload.bytes, at: now)))
  }

  private func refuse(
    _ session: ChargerSession, _ id: String, _ code: ErrorCode, _ description: String
  ) {
    send(
      session,
      FrameWriter.error(
        id: id, code: code, description: description, version: session.version.wire))
  }
}

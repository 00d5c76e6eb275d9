import Fleet
import OCPP
import Rollout
import Transport

/// Frames in: what they are, whether they are right, and who answers them.
extension ChargerLoop {
  func received(_ connection: ServerConnection, text: UnsafeBufferPointer<UInt8>) {
    guard let session = connection.context as? ChargerSession else { return }
    settings.trace?.note(session.identity, .received, session.version, text)
    // One switch: what a frame carries moves into the call instead of being copied out of it.
    switch reader.read(text, version: session.version.wire) {
    case .frame(.call(let id, let action, let payload)): call(session, id, action, payload)
    case .frame(.result(let id, let payload)): answered(session, id, payload)
    case .frame(.error(let id, let code, let description, _)):
      failed(session, id, code, description)
    case .frame(.resultError(let id, let code, let description, _)):
      // It ends nothing: the call was answered, and what it said is stored.
      noteToleration(session, "", .resultError, quirk: "")
      complain(
        of: session, "could not process our answer \(id): \(code) \(description.bounded(to: 255))")
    case .frame(.send(_, let action, let payload)): sent(session, action, payload)
    case .fault(let fault):
      noteFault(session, fault)
      complain(of: session, "sent no valid frame: \(fault.reason)")
      if let id = fault.endsCall {
        // An answer to what nobody asked is passed over, a broken one too.
        guard let open = session.calls.answered(id: id) else { return }
        end(session, open, .rejected("its answer could not be read"))
      }
      if let bytes = fault.answerBytes(in: session.version.wire, messages.codes) {
        send(session, bytes)
      }
    }
  }

  private func call(
    _ session: ChargerSession, _ id: String, _ action: String, _ payload: JSONValue
  ) {
    let wire = session.version.wire
    guard let descriptor = messages.action(named: action, version: wire) else {
      session.faults &+= 1
      if speaksOld(session, action, payload), Core.carriesMoney.contains(action) {
        return take(session, id, action, payload, as: .ocpp16)
      }
      return refuse(
        session, id, .unknownAction, "no action \(action.bounded(to: 50)) in OCPP \(wire.label)")
    }
    guard descriptor.mayBeSent(by: .station) else {
      return refuse(session, id, .wrongDirection, "\(action) is for the CSMS to send")
    }
    let violation = messages.validate(request: payload, of: descriptor)
    let verdict = AnswerPolicy.verdict(
      on: action, in: wire, messages.codes, session.registration,
      wasAsked: session.asked.contains(action), violation,
      quirk: { tolerates($0, action, session) })
    let isOld = violation != nil && speaksOld(session, action, payload)
    switch verdict {
    case .take: break
    case .tolerate(let breach, let quirk):
      tell(session, action, breach)
      noteToleration(session, action, breach, quirk: quirk)
    case .refuse(let code, let reason):
      session.faults &+= 1
      tell(session, action, reason)
      return refuse(session, id, code, reason)
    }
    if session.unanswered > 0 { noteToleration(session, action, .secondCall, quirk: "") }
    if descriptor.kind == .send { noteToleration(session, action, .callForSend, quirk: "") }
    let isOldMoney = isOld && Core.carriesMoney.contains(action)
    take(session, id, action, payload, as: isOldMoney ? .ocpp16 : session.version)
  }

  /// A SEND is never answered, whatever is wrong with it (OCPP 2.1 part 4 §4.2.4).
  private func sent(_ session: ChargerSession, _ action: String, _ payload: JSONValue) {
    guard let descriptor = messages.action(named: action, version: session.version.wire),
      descriptor.kind == .send, descriptor.mayBeSent(by: .station)
    else {
      session.faults &+= 1
      return tell(session, action, "no message that is sent without an answer")
    }
    let verdict = AnswerPolicy.verdict(
      on: action, in: session.version.wire, messages.codes, session.registration,
      wasAsked: session.asked.contains(action),
      messages.validate(request: payload, of: descriptor),
      quirk: { tolerates($0, action, session) })
    switch verdict {
    case .take: break
    case .tolerate(let breach, let quirk):
      tell(session, action, breach)
      noteToleration(session, action, breach, quirk: quirk)
    case .refuse(_, let reason):
      session.faults &+= 1
      return tell(session, action, reason)
    }
    take(session, nil, action, payload, as: session.version)
  }

  private func tell(
    _ session: ChargerSession, _ action: String, _ breach: AnswerPolicy.Breach
  ) {
    tell(session, action, breach.description)
  }

  private func tell(_ session: ChargerSession, _ action: String, _ what: String) {
    complain(of: session, "\(action.bounded(to: 50)) breaks a rule: \(what)")
  }

  /// One that breaks a rule always is told for a while: each line is written before its loop goes on.
  func complain(of session: ChargerSession, _ what: String) {
    log(
      session.faults <= 10 ? .warning : .debug, "\(session.identity) \(what)",
      charger: session.identity)
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
    _ session: ChargerSession, _ id: String?, _ action: String, _ payload: JSONValue,
    as version: ProtocolVersion
  ) {
    let now = SystemClock.now
    var flaws = ClockFlaws()
    var event = adapters[version].event(action, payload, receivedAt: now, &flaws)
    if session.quirks.adaptsEvents { adapt(&event, of: session, action, payload, now, &flaws) }
    switch event {
    case .heartbeat:
      noteHeard(session)
      if let id { reply(session, id, .heartbeat, session.version, now) }
      return
    case .booted where !session.state.contains(.booted): session.state.insert(.booting)
    // The reservation is used up (OCPP 1.6 §5.13, OCPP 2.0.1 H01.FR.15).
    case .sessionStarted, .sessionUpdated:
      if let id = payload["reservationId"] {
        batch.append(.holds(session.charger, [.remove(.reservation, key: Notices.key(id))]))
      }
    default: break
    }
    if id == nil { session.unstored &+= 1 } else { session.unanswered &+= 1 }
    holdBack(session)
    batch.append(
      .message(
        Message(
          connection: reference(session), charger: session.charger, messageID: id, action: action,
          version: version, event: event, flaws: flaws, payload: payload.bytes, at: now)))
  }

  /// OCPP has one call under way in each direction; some send a few at once. One that sends on and
  /// on, with or without answers to wait for, is not read from until the core is done with most of
  /// it: the rest stays in its socket, and the core's rounds stay short.
  private func holdBack(_ session: ChargerSession) {
    guard session.underWay >= Self.mostUnderWay, session.state.insert(.held).inserted else {
      return
    }
    session.connection.pauseReading()
  }

  /// The core is done with a message: it is stored, and its answer goes out if it has one.
  func noteDone(_ session: ChargerSession, hasAnswer: Bool) {
    if hasAnswer {
      session.unanswered -= min(session.unanswered, 1)
    } else {
      session.unstored -= min(session.unstored, 1)
    }
    guard session.underWay <= Self.mostUnderWay / 2, session.state.remove(.held) != nil else {
      return
    }
    session.connection.resumeReading()
  }

  private static let mostUnderWay = 16

  private func refuse(
    _ session: ChargerSession, _ id: String, _ rule: ViolationCodes.CallRule, _ reason: String
  ) {
    refuse(session, id, messages.codes.code(for: rule, in: session.version.wire), reason)
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

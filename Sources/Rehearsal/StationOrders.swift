import Fleet
import Rollout

/// Something that a charger will do after a while.
struct Soon {
  var after: Span
  var doing: Doing
  /// Whether it is lost with the connection that the order came on.
  var isBound = true
}

extension Station {
  /// Down now, back after a while.
  func reboot(after: Span, down: Span) -> [Soon] {
    [
      Soon(after: after, doing: .disconnect, isBound: false),
      Soon(after: after + down, doing: .connect, isBound: false),
    ]
  }

  /// Takes an order that has reached it.
  mutating func receive(_ attempt: Attempt) -> [Soon] {
    taken.append(attempt.messageID)
    let delay: Span = habit == .slow ? .seconds(60) : .seconds(1)
    func answer(_ answer: Answer) -> Soon {
      Soon(after: delay, doing: .answer(messageID: attempt.messageID, answer))
    }
    if isLiar { return [answer(.notSupported("NotImplemented"))] }
    if habit == .refusesTriggers, attempt.order.step.hasPrefix("trigger") {
      return [answer(.rejected("Rejected"))]
    }
    switch attempt.order {
    case .setAvailability(let isOperative):
      if habit == .refusesAvailability, !isOperative { return [answer(.rejected("no"))] }
      return [
        Soon(after: .milliseconds(500), doing: .serve(isOperative)),
        answer(!isOperative && hasCar ? .scheduled : .accepted),
        Soon(after: delay + .seconds(1), doing: .report),
      ]
    case .readConfiguration:
      return habit == .noConfiguration ? [] : [answer(.configuration(configuration))]
    case .writeConfiguration(let key, let value):
      return [Soon(after: .milliseconds(500), doing: .store(key: key, value)), answer(.accepted)]
    case .updateFirmware(_, let signed, let requestID):
      return update(signed, requestID, answer)
    case .reset: return reset(answer, delay)
    case .triggerBoot:
      if habit == .ignoresTriggers { return [answer(.notSupported("TriggerMessage"))] }
      return [answer(.accepted), Soon(after: delay + .seconds(1), doing: .boot)]
    case .triggerFirmwareStatus:
      if habit == .ignoresTriggers { return [] }
      return [
        answer(.accepted),
        Soon(after: delay + .seconds(1), doing: .firmware(job, requestID: nil)),
      ]
    case .triggerStatus:
      return [answer(.accepted), Soon(after: delay + .seconds(1), doing: .report)]
    case .readReport(let requestID):
      if habit == .noReport { return [answer(.notSupported("GetBaseReport"))] }
      return [answer(.accepted)] + report(requestID, after: delay + .seconds(1))
    case .writeVariables(let writes):
      return writes.map {
        Soon(after: .milliseconds(500), doing: .store(key: $0.variable, $0.value ?? ""))
      } + [answer(.written(taken: writes, afterReboot: [], refused: []))]
    case .readVariables(let wanted):
      return [
        answer(
          .variables(
            wanted.map {
              var read = $0
              read.value = variables[$0.variable]
              return read
            }))
      ]
    case .custom: return [answer(.accepted)]
    case .readFirmwareVersion:
      let value = habit == .lies ? Self.old : firmware
      return [answer(.variables([Self.variable("Version", speaks == .ocpp201 ? value : "")]))]
    }
  }

  private mutating func reset(_ answer: (Answer) -> Soon, _ delay: Span) -> [Soon] {
    if habit == .unknownReset { return [answer(.notSupported("what?"))] }
    if habit == .rejectsReset || habit == .rejectsResetOnce && isFirst("reset") {
      return [answer(.rejected("busy inside"))]
    }
    return [answer(.accepted)] + reboot(after: delay + .seconds(2), down: .seconds(40))
  }

  static func variable(_ name: String, _ value: String?) -> ReportedVariable {
    ReportedVariable(
      component: "OCPPCommCtrlr", variable: name, instance: nil, value: value, isWritable: true)
  }

  private func report(_ requestID: Int, after: Span) -> [Soon] {
    let all = variables.sorted { $0.key < $1.key }.map { Self.variable($0.key, $0.value) }
    return [
      Soon(
        after: after,
        doing: .model(requestID: requestID, Array(all.dropLast()), isLast: false)),
      Soon(
        after: after + .seconds(1),
        doing: .model(requestID: requestID, Array(all.suffix(1)), isLast: true)),
    ]
  }

  /// The way of an image.
  private mutating func update(
    _ signed: Bool, _ requestID: Int, _ answer: (Answer) -> Soon
  ) -> [Soon] {
    switch habit {
    case .refusesUpdate: return [answer(.rejected("no"))]
    case .unknownUpdate: return [answer(.notSupported("what?"))]
    case .unsignedOnly where signed: return [answer(.notSupported("SignedUpdateFirmware"))]
    case .losesUpdate where isFirst("update"): return []
    default: break
    }
    job = .downloading
    var all = habit == .neverAnswersUpdate ? [] : [answer(.accepted)]
    func say(_ minutes: Double, _ status: FirmwareStatus) {
      if habit == .silent || habit == .neverAnswersUpdate { return }
      all.append(Soon(after: .minutes(minutes), doing: .firmware(status, requestID: requestID)))
    }
    if habit == .boasts {
      for (index, status) in [FirmwareStatus.downloaded, .installing, .installed].enumerated() {
        say(0.2 + 0.2 * Double(index), status)
      }
    }
    say(2, .downloading)
    if habit == .downloadFails || habit == .downloadFailsOnce && isFirst("download") {
      say(5, .downloadFailed)
      return all
    }
    all.append(Soon(after: .minutes(4), doing: .served(bytes: 10_000_000, of: 38_200_000)))
    if habit == .stalls { return all }
    all.append(Soon(after: .minutes(9), doing: .served(bytes: 38_200_000, of: 38_200_000)))
    say(10, .downloaded)
    if habit == .badSignature {
      say(11, .invalidSignature)
      return all
    }
    say(12, .installing)
    if habit == .installFails || habit == .installFailsOnce && isFirst("install") {
      say(14, .installationFailed)
      return all
    }
    if habit == .bricked {
      return all + [Soon(after: .minutes(15), doing: .die, isBound: false)]
    }
    if habit != .wrongFirmware {
      all.append(Soon(after: .minutes(15), doing: .run(Self.new), isBound: false))
    }
    all += reboot(after: .minutes(15), down: .seconds(90))
    say(20, .installed)
    return all
  }
}

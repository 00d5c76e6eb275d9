import Fleet

@testable import Rollout

/// A charger in virtual time: takes orders, and says later what happens.
final class FakeCharger {
  enum Habit: String, CaseIterable, Sendable {
    case good
    case slow
    case busy
    case silent
    case unsignedOnly
    case noConfiguration
    case neverAnswersUpdate
    case losesUpdate
    case downloadFailsOnce
    case downloadFails
    case installFailsOnce
    case installFails
    case badSignature
    case bricked
    case wrongFirmware
    case rejectsResetOnce
    case rejectsReset
    case unknownReset
    case fallsBack
    case probesOldFirst
    case regressesInSoak
    case ignoresTriggers
    case noReport
    case neverBoots
    case lies
    case comesUpNew
    case neverFree
    case refusesAvailability
    case stalls
    case stallsUncounted
    case refusesUpdate
    case unknownUpdate
    case bootLoop
    /// Only in the new version; calm on the old one.
    case bootLoopInNew
    /// From the new version on, wherever it is.
    case bootLoopFromNew
    /// Negotiates the new version, then knows nothing of it.
    case liar
    /// The same, and it does not answer either.
    case silentLiar
    case eager
    case eagerBootLoop
    case forgetful
    case rebootRequired
    case rebootRequiredNoReset
    case refusesTriggers
    case bootlessRefusesTriggers
    case probesAfterUpdate
    case repeatsBoot
  }

  /// Something that will happen; dropped when the charger has gone down since, if bound to a life.
  struct Happening {
    var after: Span
    var life: Int?
    var change: ((FakeCharger) -> Void)?
    var event: (FakeCharger) -> UpgradeEvent?
  }

  let habit: Habit
  var online = true
  var speaks = ProtocolVersion.ocpp16
  var firmware = "2.3.1"
  var released: VersionSet = .ocpp16
  /// What its new image speaks besides 1.6.
  var newVersion = ProtocolVersion.ocpp201
  var states: [ConnectorState] = [.available, .available]
  var inoperative = false
  var sessions = 0
  var lastSessionEnd: Instant?
  var supportsSigned: Bool?
  var configuration = ["HeartbeatInterval": "300", "Odd": "1"]
  var readOnly: Set<String> = []
  /// Device model of the new version, and what waits for a reset.
  var variables = ["HeartbeatInterval": "60", "X": "1"]
  var waiting: [String: String] = [:]
  /// Answers nothing until it connects anew.
  var isDeaf = false
  var plannedFrom: String? = "2.3.1"
  var isHeld = false
  /// To custom steps by name, one after another; then they are accepted. `timedOut` says nothing.
  var customAnswers: [String: [Answer]] = [:]
  /// Takes resets of steps, and does not reset.
  var ignoresSteps = false
  /// When installs may run at its site, and what they take.
  var openings = Openings.always
  var expected = ExpectedDurations(firmware: .hours(1), version: .minutes(30), reset: .minutes(5))
  var unsigned: [String] = []
  /// As it said in its last boot.
  var seenFirmware: String?
  private var loops = 0
  var life = 0
  var tries: [String: Int] = [:]
  /// What it says of its update when asked.
  var job = FirmwareStatus.idle

  init(_ habit: Habit) {
    self.habit = habit
    if habit == .forgetful {
      configuration = ForgetfulCharger.before
      readOnly = ForgetfulCharger.readOnly
    }
    if habit == .rebootRequired || habit == .rebootRequiredNoReset {
      configuration = ["Now": "1", "Later": "2", "Never": "3", "Refused": "4"]
      variables = ["Now": "0", "Later": "0", "Never": "0", "Refused": "0", "X": "1"]
    }
    if habit == .busy || habit == .neverFree {
      sessions = 1
      states[0] = .charging
    }
  }

  func view(at now: Instant) -> ChargerView {
    var view = ChargerView(
      identity: "CP", online: online, speaks: speaks, firmware: seenFirmware ?? firmware,
      connectors: states.enumerated().map {
        Connector(id: .init(evse: $0.offset + 1, connector: 1), state: $0.element, at: now)
      },
      openSessions: sessions, lastSessionEnd: lastSessionEnd, supportsSigned: supportsSigned)
    view.plannedFrom = plannedFrom
    view.isHeld = isHeld
    view.window = SiteWindow(openings, at: now)
    view.expected = expected
    view.unsigned = unsigned
    return view
  }

  func later(
    _ after: Span, _ event: UpgradeEvent, change: ((FakeCharger) -> Void)? = nil
  ) -> Happening {
    Happening(after: after, life: life, change: change, event: { _ in event })
  }

  /// What happens by itself, from the start.
  func begin(at now: Instant) -> [Happening] {
    guard habit == .busy else { return [] }
    return [endOfSession(after: .minutes(30))]
  }

  private func endOfSession(after: Span) -> Happening {
    Happening(
      after: after, life: nil,
      change: {
        $0.sessions = 0
        $0.states[0] = $0.inoperative ? .unavailable : .available
      }, event: { _ in .sessionStopped(completed: true) })
  }

  /// Reboots once more, a while after a boot.
  var rebootsAgain: Bool {
    let isNew = firmware == "2.4.0"
    let loop =
      switch habit {
      case .bootLoop, .eagerBootLoop: isNew
      case .bootLoopInNew: speaks == newVersion
      case .bootLoopFromNew: loops > 0 || speaks == newVersion
      default: false
      }
    if loop { loops += 1 }
    return loop && loops < 40
  }

  private var isLiar: Bool { (habit == .liar || habit == .silentLiar) && speaks == newVersion }

  private func start() {
    isDeaf = false
    variables.merge(waiting) { $1 }
    waiting = [:]
    if habit == .forgetful, firmware == "2.4.0", configuration["Forgotten"] == nil {
      configuration = ForgetfulCharger.after
    }
  }

  func boot() -> Boot { Boot(vendor: "Volta", model: "AC22", firmware: firmware) }

  /// Down now, back after a while, in the newest version that it and the engine have in common.
  func reboot(after: Span, down: Span) -> [Happening] {
    let negotiate: (FakeCharger) -> Void = {
      $0.online = true
      let isEager = $0.habit == .eager || $0.habit == .eagerBootLoop
      let isNew =
        $0.firmware == "2.4.0" && ($0.released.contains(VersionSet($0.newVersion)) || isEager)
      $0.speaks = isNew && $0.habit != .fallsBack ? $0.newVersion : .ocpp16
      $0.start()
    }
    var all = [
      Happening(
        after: after, life: nil,
        change: {
          $0.online = false
          $0.life += 1
        }, event: { _ in .disconnected })
    ]
    let probes = habit == .probesAfterUpdate && tries["update order"] != nil
    if habit == .probesOldFirst && released.contains(VersionSet(newVersion)) || probes {
      all.append(
        Happening(
          after: after + down, life: nil,
          change: {
            $0.online = true
            $0.speaks = .ocpp16
          }, event: { _ in .connected(.ocpp16) }))
      if probes {
        all.append(
          Happening(
            after: after + down + .milliseconds(500), life: nil, change: nil,
            event: { .booted($0.boot(), .ocpp16) }))
      }
      all.append(
        Happening(
          after: after + down + .seconds(1), life: nil, change: { $0.online = false },
          event: { _ in .disconnected }))
    }
    let up = after + down + .seconds(2)
    all.append(
      Happening(after: up, life: nil, change: negotiate, event: { .connected($0.speaks) }))
    if habit != .neverBoots, habit != .bootlessRefusesTriggers {
      for n in 0..<(habit == .repeatsBoot ? 12 : 1) {
        all.append(
          Happening(
            after: up + .seconds(Double(1 + 5 * n)), life: n == 0 ? nil : life + 1, change: nil,
            event: { $0.isLiar ? nil : .booted($0.boot(), $0.speaks) }))
      }
    }
    return all
  }

  func failsOnce(_ what: String) -> Bool {
    tries[what, default: 0] += 1
    return tries[what] == 1
  }

  func receive(_ attempt: Attempt, at now: Instant) -> [Happening] {
    let delay: Span = habit == .slow ? .seconds(60) : .seconds(1)
    func answer(_ answer: Answer, change: ((FakeCharger) -> Void)? = nil) -> Happening {
      later(delay, .answered(messageID: attempt.messageID, answer), change: change)
    }
    if isDeaf || isLiar && habit == .silentLiar { return [] }
    if isLiar { return [answer(.notSupported("NotImplemented"))] }
    if habit == .refusesTriggers || habit == .bootlessRefusesTriggers,
      attempt.order.step.hasPrefix("trigger")
    {
      return [answer(.rejected("Rejected"))]
    }
    switch attempt.order {
    case .setAvailability(let operative):
      if habit == .refusesAvailability, !operative { return [answer(.rejected("no"))] }
      let isBusy = sessions > 0
      return [
        answer(!operative && isBusy ? .scheduled : .accepted) { me in
          me.inoperative = !operative
          for i in me.states.indices where me.states[i] != .charging {
            me.states[i] = operative ? .available : .unavailable
          }
        }
      ]
    case .readConfiguration:
      if habit == .noConfiguration { return [] }
      return [answer(.configuration(configuration, readOnly: readOnly))]
    case .updateFirmware(let image, let signed, let requestID):
      let version = image == Bench.between.id ? "2.3.9" : "2.4.0"
      return update(attempt, version, signed, requestID, answer: { answer($0) })
    case .reset:
      if habit == .unknownReset {
        return [answer(.notSupported("what?"))]
      }
      if habit == .rebootRequiredNoReset, !waiting.isEmpty { return [answer(.rejected("no"))] }
      if habit == .rejectsReset || habit == .rejectsResetOnce && failsOnce("reset") {
        return [answer(.rejected("busy inside"))]
      }
      return [answer(.accepted)] + reboot(after: delay + .seconds(2), down: .seconds(40))
    case .triggerBoot:
      if habit == .ignoresTriggers { return [answer(.notSupported("TriggerMessage"))] }
      return [
        answer(.accepted),
        Happening(
          after: delay + .seconds(1), life: life, change: nil,
          event: { .booted($0.boot(), $0.speaks) }),
      ]
    case .triggerFirmwareStatus:
      if habit == .ignoresTriggers { return [] }
      return [
        answer(.accepted),
        later(delay + .seconds(1), .firmwareStatus(job, requestID: nil)),
      ]
    case .triggerStatus: return [answer(.accepted), later(delay + .seconds(1), .status)]
    case .readReport(let requestID):
      if habit == .noReport { return [answer(.notSupported("GetBaseReport"))] }
      var names = variables.keys.sorted()
      let last = names.removeLast()
      let variable = { (name: String) in
        ReportedVariable(
          component: "OCPPCommCtrlr", variable: name, instance: nil, value: self.variables[name],
          isWritable: true)
      }
      return [
        answer(.accepted),
        later(
          delay + .seconds(1),
          .report(
            requestID: requestID, variables: names.map(variable), isLast: false)),
        later(
          delay + .seconds(2),
          .report(requestID: requestID, variables: [variable(last)], isLast: true)),
      ]
    case .writeConfiguration(let key, let value):
      if habit == .forgetful, let answered = ForgetfulCharger.answers[key] {
        return [answer(answered)]
      }
      return [answer(.accepted) { $0.configuration[key] = value }]
    case .writeVariables(let writes): return [answer(write(writes))]
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
    case .custom(let custom):
      let given = customAnswers[custom.name]?.first
      if customAnswers[custom.name]?.isEmpty == false { customAnswers[custom.name]?.removeFirst() }
      let said = given ?? .custom(#"{"status":"Accepted"}"#)
      let isTaken = said == .custom(#"{"status":"Accepted"}"#) || said == .timedOut
      let reboots = isTaken && custom.action == "Reset" && !ignoresSteps
      if isTaken, custom.action == "ChangeConfiguration",
        let payload = try? JSON5Value.read(custom.payload),
        case .text(let key)? = payload.find(["key"])?.kind,
        case .text(let value)? = payload.find(["value"])?.kind
      {
        configuration[key] = value
      }
      let answers = said == .timedOut ? [] : [answer(said)]
      return answers + (reboots ? reboot(after: delay + .seconds(2), down: .seconds(40)) : [])
    case .readFirmwareVersion:
      var value = habit == .lies ? "2.3.1" : firmware
      if speaks != newVersion { value = "" }
      return [
        answer(
          .variables([
            .init(
              component: "FirmwareCtrlr", variable: "Version", instance: nil, value: value,
              isWritable: false)
          ]))
      ]
    }
  }
}

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
  }

  /// Something that will happen; dropped when the charger has gone down since, if bound to a life.
  struct Happening {
    var after: Span
    var life: Int?
    var change: ((FakeCharger) -> Void)?
    var event: (FakeCharger) -> UpgradeEvent
  }

  let habit: Habit
  var online = true
  var speaks = ProtocolVersion.ocpp16
  var firmware = "2.3.1"
  var released: VersionSet = .ocpp16
  var states: [ConnectorState] = [.available, .available]
  var inoperative = false
  var sessions = 0
  var lastSessionEnd: Instant?
  var supportsSigned: Bool?
  var configuration = ["HeartbeatInterval": "300", "Odd": "1"]
  var readOnly: Set<String> = []
  var life = 0
  var tries: [String: Int] = [:]
  /// What it says of its update when asked.
  var job = FirmwareStatus.idle

  init(_ habit: Habit) {
    self.habit = habit
    if habit == .busy || habit == .neverFree {
      sessions = 1
      states[0] = .charging
    }
  }

  func view(at now: Instant) -> ChargerView {
    ChargerView(
      identity: "CP", online: online, speaks: speaks, firmware: firmware,
      connectors: states.enumerated().map {
        Connector(id: .init(evse: $0.offset + 1, connector: 1), state: $0.element, at: now)
      },
      openSessions: sessions, lastSessionEnd: lastSessionEnd, supportsSigned: supportsSigned)
  }

  private func later(
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

  func boot() -> Boot { Boot(vendor: "Volta", model: "AC22", firmware: firmware) }

  /// Down now, back after a while, in the newest version that it and the engine have in common.
  func reboot(after: Span, down: Span) -> [Happening] {
    let negotiate: (FakeCharger) -> Void = {
      $0.online = true
      let isNew = $0.firmware == "2.4.0" && $0.released.contains(.ocpp201)
      $0.speaks = isNew && $0.habit != .fallsBack ? .ocpp201 : .ocpp16
    }
    var all = [
      Happening(
        after: after, life: nil,
        change: {
          $0.online = false
          $0.life += 1
        }, event: { _ in .disconnected })
    ]
    if habit == .probesOldFirst, released.contains(.ocpp201) {
      all.append(
        Happening(
          after: after + down, life: nil,
          change: {
            $0.online = true
            $0.speaks = .ocpp16
          }, event: { _ in .connected(.ocpp16) }))
      all.append(
        Happening(
          after: after + down + .seconds(1), life: nil, change: { $0.online = false },
          event: { _ in .disconnected }))
    }
    let up = after + down + .seconds(2)
    all.append(
      Happening(after: up, life: nil, change: negotiate, event: { .connected($0.speaks) }))
    if habit != .neverBoots {
      all.append(
        Happening(
          after: up + .seconds(1), life: nil, change: nil,
          event: { .booted($0.boot(), $0.speaks) }))
    }
    return all
  }

  private func failsOnce(_ what: String) -> Bool {
    tries[what, default: 0] += 1
    return tries[what] == 1
  }

  func receive(_ attempt: Attempt, at now: Instant) -> [Happening] {
    let delay: Span = habit == .slow ? .seconds(60) : .seconds(1)
    func answer(_ answer: Answer, change: ((FakeCharger) -> Void)? = nil) -> Happening {
      later(delay, .answered(messageID: attempt.messageID, answer), change: change)
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
    case .updateFirmware(_, let signed, let requestID):
      return update(attempt, signed, requestID, answer: { answer($0) })
    case .reset:
      if habit == .unknownReset {
        return [answer(.notSupported("what?"))]
      }
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
      let variable = { (name: String, value: String) in
        ReportedVariable(
          component: "OCPPCommCtrlr", variable: name, instance: nil, value: value, isWritable: true)
      }
      return [
        answer(.accepted),
        later(
          delay + .seconds(1),
          .report(
            requestID: requestID, variables: [variable("HeartbeatInterval", "60")], isLast: false)),
        later(
          delay + .seconds(2),
          .report(requestID: requestID, variables: [variable("X", "1")], isLast: true)),
      ]
    case .writeConfiguration(let key, let value):
      return [answer(.accepted) { $0.configuration[key] = value }]
    case .writeVariables(let writes):
      return [answer(.written(taken: writes, afterReboot: [], refused: []))]
    case .readVariables(let wanted): return [answer(.variables(wanted))]
    case .readFirmwareVersion:
      var value = habit == .lies ? "2.3.1" : firmware
      if speaks != .ocpp201 { value = "" }
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

  private func update(
    _ attempt: Attempt, _ signed: Bool, _ requestID: Int, answer: (Answer) -> Happening
  ) -> [Happening] {
    if habit == .unsignedOnly, signed { return [answer(.notSupported("SignedUpdateFirmware"))] }
    if habit == .losesUpdate, failsOnce("update") { return [] }
    job = .downloadScheduled
    var all = habit == .neverAnswersUpdate ? [] : [answer(.accepted)]
    func say(_ after: Span, _ status: FirmwareStatus) {
      if habit == .silent || habit == .neverAnswersUpdate { return }
      all.append(later(after, .firmwareStatus(status, requestID: requestID)))
    }
    say(.seconds(100), .downloading)
    if habit == .downloadFails || habit == .downloadFailsOnce && failsOnce("download") {
      say(.minutes(5), .downloadFailed)
      return all
    }
    all.append(later(.minutes(4), .served(bytes: 10_000_000, of: 38_200_000)))
    all.append(later(.minutes(9), .served(bytes: 38_200_000, of: 38_200_000)))
    say(.minutes(10), .downloaded)
    if habit == .badSignature {
      say(.minutes(11), .invalidSignature)
      return all
    }
    say(.minutes(12), .installing)
    if habit == .installFails || habit == .installFailsOnce && failsOnce("install") {
      say(.minutes(14), .installationFailed)
      return all
    }
    if habit == .bricked {
      return all + [
        Happening(
          after: .minutes(15), life: nil,
          change: {
            $0.online = false
            $0.life += 1
          },
          event: { _ in .disconnected })
      ]
    }
    all += reboot(after: .minutes(15), down: .seconds(90))
    all.append(
      Happening(
        after: .minutes(16), life: nil,
        change: {
          if $0.habit != .wrongFirmware { $0.firmware = "2.4.0" }
          if $0.habit == .comesUpNew { $0.released = [.ocpp16, .ocpp201] }
        }, event: { _ in .status }))
    if habit != .silent, habit != .neverAnswersUpdate {
      all.append(
        Happening(
          after: .minutes(20), life: nil, change: nil,
          event: { _ in .firmwareStatus(.installed, requestID: requestID) }))
    }
    return all
  }
}

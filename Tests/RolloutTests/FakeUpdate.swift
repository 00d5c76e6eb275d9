import Fleet

@testable import Rollout

/// What a charger does with an image, and with its settings.
extension FakeCharger {
  func update(
    _ attempt: Attempt, _ version: String, _ signed: Bool, _ requestID: Int,
    answer: (Answer) -> Happening
  ) -> [Happening] {
    if habit == .refusesUpdate { return [answer(.rejected("no"))] }
    if habit == .unknownUpdate { return [answer(.notSupported("what?"))] }
    if habit == .unsignedOnly, signed { return [answer(.notSupported("SignedUpdateFirmware"))] }
    if habit == .losesUpdate, failsOnce("update") { return [] }
    tries["update order", default: 0] += 1
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
    if habit == .stallsUncounted {
      job = .downloading
      return all
    }
    all.append(later(.minutes(4), .served(bytes: 10_000_000, of: 38_200_000)))
    if habit == .stalls {
      job = .downloading
      return all
    }
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
          if $0.habit != .wrongFirmware { $0.firmware = version }
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

  /// Takes what needs no reset at once.
  func write(_ writes: [ReportedVariable]) -> Answer {
    let waits = habit == .rebootRequired || habit == .rebootRequiredNoReset
    guard waits else {
      for write in writes { variables[write.variable] = write.value }
      return .written(taken: writes, afterReboot: [], refused: [])
    }
    var (taken, later, refused): ([ReportedVariable], [ReportedVariable], [ReportedVariable]) =
      ([], [], [])
    for write in writes {
      switch write.variable {
      case "Now":
        variables["Now"] = write.value
        taken.append(write)
      case "Later":
        waiting["Later"] = write.value
        later.append(write)
      case "Never":
        // Says so, and keeps the old value all the same.
        later.append(write)
      default: refused.append(write)
      }
    }
    return .written(taken: taken, afterReboot: later, refused: refused)
  }
}

/// The configuration of a charger before and after an image that forgets it.
enum ForgetfulCharger {
  static let before = [
    "HeartbeatInterval": "60", "MeterValueSampleInterval": "30", "LocalPreAuthorize": "true",
    "ConnectionTimeOut": "90", "AuthorizationKey": "geheim", "SecurityProfile": "1",
    "NumberOfConnectors": "2", "FirmwareVersion": "2.3.1", "LightIntensity": "80",
    "Odd": "1", "Hidden": "", "BackendURL": "ws://here", "LocalAuthListMaxLength": "100",
    "FactoryReset": "no", "ChargerModel": "AC22",
  ]
  static let after = [
    "HeartbeatInterval": "300", "MeterValueSampleInterval": "900", "LocalPreAuthorize": "false",
    "ConnectionTimeOut": "90", "AuthorizationKey": "", "SecurityProfile": "0",
    "NumberOfConnectors": "2", "FirmwareVersion": "2.4.0", "Odd": "2", "Hidden": "",
    "BackendURL": "ws://there", "LocalAuthListMaxLength": "50", "FactoryReset": "",
    "ChargerModel": "AC22-2", "Forgotten": "yes",
  ]
  static let readOnly: Set<String> = ["ChargerModel"]
  static let answers: [String: Answer] = [
    "LightIntensity": .notSupported("NotSupported"), "LocalPreAuthorize": .needsReboot,
  ]
}

import Fleet
import Testing

@testable import Rollout

@Suite("Settings that get lost, or wait for a reset")
struct SettingsTests {
  @Test("what a new image forgot is written back, and nothing that it may set by itself")
  func forgetful() {
    let bench = Bench(.forgetful)
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    let written = bench.commands.compactMap { command -> String? in
      guard case .send(let attempt) = command,
        case .writeConfiguration(let key, let value) = attempt.order
      else { return nil }
      return "\(key)=\(value)"
    }
    #expect(
      written == [
        "HeartbeatInterval=60", "LightIntensity=80", "LocalPreAuthorize=true",
        "MeterValueSampleInterval=30", "Odd=1",
      ])
    #expect(bench.charger.configuration["HeartbeatInterval"] == "60")
    #expect(bench.charger.configuration["AuthorizationKey"] == "")
    #expect(
      bench.tells(
        "restored 4 of 5 keys that the new image had lost; 1 in effect after the next reset; "
          + "not LightIntensity"))
    #expect(bench.broken == [])
  }

  @Test(
    "keys that lock doors, name the charger or belong to the image are never written",
    arguments: [
      "AuthorizationKey", "SecurityProfile", "NumberOfConnectors", "SupportedFeatureProfiles",
      "FirmwareVersion", "chargePointSerialNumber", "ChargeBoxId", "BackendUrl", "WiFiPassword",
      "CentralSystemEndpoint", "FactoryReset", "CpoName", "GetConfigurationMaxKeys",
    ])
  func never(_ key: String) {
    #expect(!ConfigurationGuard.mayWrite(key))
    let lost = ConfigurationGuard.lost(before: [key: "1"], readOnly: [], now: [:])
    #expect(lost.isEmpty)
  }

  @Test(
    "keys of OCPP 1.6 that operators set are written",
    arguments: [
      "HeartbeatInterval", "MeterValueSampleInterval", "MeterValuesSampledData",
      "ConnectionTimeOut", "LocalPreAuthorize", "LocalAuthorizeOffline",
      "AuthorizeRemoteTxRequests", "AllowOfflineTxForUnknownId", "WebSocketPingInterval",
      "StopTransactionOnEVSideDisconnect", "UnlockConnectorOnEVSideDisconnect", "LightIntensity",
      "TransactionMessageRetryInterval", "MinimumStatusDuration", "ClockAlignedDataInterval",
      "LocalAuthListEnabled",
    ])
  func allowed(_ key: String) {
    #expect(ConfigurationGuard.mayWrite(key))
    #expect(ConfigurationGuard.lost(before: [key: "1"], readOnly: [key], now: [:]).isEmpty)
    #expect(ConfigurationGuard.lost(before: [key: "1"], readOnly: [], now: [key: "1"]).isEmpty)
    #expect(ConfigurationGuard.lost(before: [key: ""], readOnly: [], now: [key: "1"]).isEmpty)
    #expect(ConfigurationGuard.lost(before: [key: "1"], readOnly: [], now: [key: "2"]) == [key])
  }

  @Test("a short soak ends with the last key, not a time limit later")
  func shortSoak() {
    let bench = Bench(.forgetful)
    bench.playbook.soak.onFirmware = .milliseconds(200)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .soakingOnFirmware })
    let began = bench.now
    bench.run(until: { bench.upgrade.phase == .readyToSwitch })
    #expect(bench.tells("restored 4 of 5 keys"))
    #expect(bench.now - began < .seconds(30), bench.text)
  }

  @Test("a configuration that was never read, or can't be read again, keeps nobody")
  func unreadable() {
    let bench = Bench(.noConfiguration)
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .migrated)
    #expect(!bench.orders.contains("write configuration"))
    let deaf = Bench(.good, until: .firmwareProved)
    deaf.charger.configuration = [:]
    deaf.run()
    #expect(deaf.upgrade.phase == .migrated)
    #expect(!deaf.orders.contains("write configuration"))
  }

  @Test("values that need a reset get one, are read back, and count as refused if they differ")
  func rebootRequired() {
    let bench = Bench(.rebootRequired)
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .migrated)
    #expect(bench.upgrade.sends["apply reset"] == 1)
    #expect(bench.charger.variables["Now"] == "1")
    #expect(bench.charger.variables["Later"] == "2")
    #expect(bench.upgrade.memory.refusedKeys == 2)
    #expect(bench.upgrade.memory.carriedKeys == 2)
    #expect(bench.tells("1 of 2 values are in effect after the reset; 1 refused"))
    #expect(bench.broken == [])
    #expect(!bench.charger.inoperative)
  }

  @Test("a session that runs keeps the extra reset waiting, and in the end it goes on without")
  func neverFreeForIt() {
    let bench = Bench(.rebootRequired)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .accepting })
    bench.charger.sessions = 1
    bench.charger.states[0] = .charging
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.upgrade.sends["apply reset"] == nil)
    #expect(bench.upgrade.memory.refusedKeys == 3)
    #expect(bench.broken == [])
  }

  @Test("a charger that comes up in 2.0.1 unasked is taken, told of, and switched without a reset")
  func eager() {
    let bench = Bench(.eager)
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .readyToSwitch })
    #expect(bench.tells("came up in 2.0.1, which was not released for it; taken"))
    #expect(bench.charger.released == .ocpp16)
    #expect(bench.upgrade.phase == .readyToSwitch)
    bench.run()
    #expect(bench.upgrade.phase == .migrated)
    #expect(bench.charger.released == [.ocpp16, .ocpp201])
    #expect(bench.upgrade.sends["switch reset"] == nil)
    #expect(bench.orders.contains("write variables"))
    #expect(bench.story.filter { $0.hasPrefix("unasked") }.count == 1)
    #expect(bench.broken == [])
  }
}

import OCPP
import Testing

@testable import Simulator

/// A station with habits that has booted against a server which releases these versions.
func habitual(
  _ habits: Set<Habit>, released: Set<OCPPVersion> = [.v16], seed: UInt64 = 7,
  isStrict: Bool = true, _ change: (inout StationProfile) -> Void = { _ in }
) -> Bench {
  var bench = Bench(
    profile {
      $0.habits = habits
      change(&$0)
    }, seed: seed)
  bench.released = released
  bench.isStrict = isStrict
  bench.image = dualImage()
  bench.powerOn()
  return bench
}

extension Bench {
  /// Orders the update and waits until the charger has the image, or until nothing moves.
  mutating func update() {
    ask("UpdateFirmware", updateRequest)
    run(limit: 5000) { $0.station.firmware == "2.0.0" && $0.station.isAccepted }
  }

  var boots: [JSON] { actions("BootNotification").map(\.payload) }
}

@Suite("Habits with firmware")
struct FirmwareHabitTests {
  @Test(
    "firmware statuses come as the habit has it",
    arguments: [
      (Habit.silent, []),
      (
        .doubleStatus,
        [
          "Downloading", "Downloading", "Downloaded", "Downloaded", "Installing", "Installing",
          "Installed", "Installed",
        ]
      ),
      (.shuffledStatus, ["Downloaded", "Installed", "Installing", "Downloading"]),
      (.noInstalled, ["Downloading", "Downloaded", "Installing"]),
    ] as [(Habit, [String])])
  func statuses(habit: Habit, told: [String]) {
    var bench = habitual([habit])
    bench.update()
    bench.pass(2000)
    #expect(bench.firmwareStatuses == told)
    #expect(bench.station.firmware == "2.0.0")
  }

  @Test("a silent charger does not even answer a trigger for its firmware status")
  func silentWhenAsked() {
    var bench = habitual([.silent])
    let trigger: JSON = ["requestedMessage": "FirmwareStatusNotification"]
    #expect(bench.status("TriggerMessage", trigger) == "Rejected")
    #expect(bench.status("TriggerMessage", ["requestedMessage": "Heartbeat"]) == "Accepted")
  }

  @Test("no-request-id leaves the id out, signed and in 2.x", arguments: [OCPPVersion.v16, .v201])
  func noRequestID(version: OCPPVersion) {
    var bench = habitual([.noRequestID], released: [version]) {
      ($0.versions, $0.isSigned) = ([version], true)
    }
    var firmware: [(String, JSON)] = [
      ("location", "http://127.0.0.1:1/f"), ("retrieveDateTime", "2020-01-01T00:00:00Z"),
    ]
    if version == .v16 { firmware += [("signingCertificate", "c"), ("signature", "s")] }
    let action = version == .v16 ? "SignedUpdateFirmware" : "UpdateFirmware"
    #expect(bench.status(action, ["requestId": 5, "firmware": .object(firmware)]) == "Accepted")
    #expect(bench.run { $0.firmwareStatuses.last == "Installed" })
    let told = bench.calls.filter { $0.action.hasSuffix("FirmwareStatusNotification") }
    #expect(told.allSatisfy { $0.payload["requestId"] == nil })
  }

  @Test("a liar says Installed and boots the old image")
  func liar() {
    var bench = habitual([.liarInstalled])
    bench.ask("UpdateFirmware", updateRequest)
    #expect(bench.run { $0.boots.count == 2 })
    #expect(bench.firmwareStatuses.last == "Installed")
    #expect(bench.boots.last?["firmwareVersion"]?.string == "1.0.0")
    #expect(bench.statuses(1).last == "Available")
    #expect(!bench.station.isUpdating)
  }

  @Test("the first download fails and the second is good")
  func downloadRetry() {
    var bench = habitual([.downloadRetry])
    bench.ask("UpdateFirmware", updateRequest)
    #expect(bench.firmwareStatuses == ["Downloading", "DownloadFailed"])
    #expect(bench.station.firmware == "1.0.0")
    bench.update()
    #expect(bench.firmwareStatuses.last == "Installed")
    #expect(bench.downloads.count == 2)
  }

  @Test("a stalling download takes a byte at a time and is not spoken of again")
  func stalling() {
    var bench = habitual([.stallingDownload])
    bench.isDownloadHeld = true
    bench.ask("UpdateFirmware", updateRequest)
    bench.pass(60_000)
    #expect(bench.rates == [1])
    #expect(bench.firmwareStatuses == ["Downloading"])
  }

  @Test("the new image of a boot loop boots again and again, the old one does not")
  func bootLoop() {
    var bench = habitual([.bootLoop])
    bench.pass(20_000)
    #expect(bench.boots.count == 1)
    bench.update()
    let before = bench.boots.count
    #expect(bench.run(limit: 20_000) { $0.boots.count >= before + 6 })
    #expect(bench.boots.last?["firmwareVersion"]?.string == "2.0.0")
  }

  @Test("a charger that updates itself boots a version nobody planned")
  func selfUpdating() {
    var bench = habitual([.selfUpdating])
    #expect(bench.run { $0.boots.count == 2 })
    #expect(bench.boots.last?["firmwareVersion"]?.string == "1.0.0-auto")
    #expect(bench.firmwareStatuses.isEmpty)
    bench.pass(120_000)
    #expect(bench.boots.count == 2)
  }

  @Test("power-up hides why it booted", arguments: [Habit.powerUp, nil])
  func powerUp(habit: Habit?) {
    var bench = habitual(Set([habit].compactMap(\.self)), released: [.v201]) {
      $0.versions = [.v201]
    }
    #expect(bench.status("Reset", ["type": "Immediate"]) == "Accepted")
    #expect(bench.run { $0.boots.count == 2 })
    #expect(bench.boots.last?["reason"]?.string == (habit == nil ? "RemoteReset" : "PowerUp"))
  }

  @Test("an eager image offers no 1.6 any more")
  func eager() {
    var bench = habitual([.eager201], released: [.v16, .v201])
    #expect(bench.offers == [["ocpp1.6"]])
    bench.update()
    #expect(bench.offers.last == ["ocpp2.0.1"])
    #expect(bench.station.version == .v201)
  }

  @Test("a new image of a forgetful charger has the factory's configuration")
  func forgetful() {
    func value(_ bench: inout Bench, _ key: String) -> String? {
      let id = bench.ask("GetConfiguration", ["key": [.string(key)]])
      return bench.results[id]?["configurationKey"]?.array?.first?["value"]?.string
    }
    var bench = habitual([.forgetful])
    #expect(value(&bench, "ConnectionTimeOut") == "120")
    bench.update()
    #expect(value(&bench, "ConnectionTimeOut") == "60")
    #expect(
      bench.status("ChangeConfiguration", ["key": "ConnectionTimeOut", "value": "120"])
        == "Accepted")
    #expect(bench.status("Reset", ["type": "Soft"]) == "Accepted")
    bench.run { $0.boots.count == 3 }
    #expect(value(&bench, "ConnectionTimeOut") == "120")
  }
}

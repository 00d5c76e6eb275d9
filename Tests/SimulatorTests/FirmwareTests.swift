import OCPP
import Testing

@testable import Simulator

@Suite("Firmware updates")
struct FirmwareTests {
  @Test("an update under 1.6 ends in the new image, still under 1.6, then in 2.0.1")
  func migration() {
    var bench = Bench(profile())
    bench.image = dualImage()
    bench.powerOn()
    bench.ask("UpdateFirmware", updateRequest)
    #expect(bench.run { $0.firmwareStatuses.last == "Installed" })
    #expect(bench.firmwareStatuses == ["Downloading", "Downloaded", "Installing", "Installed"])
    #expect(bench.downloads == ["http://127.0.0.1:1/f"])
    #expect(bench.station.firmware == "2.0.0")
    #expect(bench.offers.last == ["ocpp2.0.1", "ocpp1.6"])
    #expect(bench.station.version == .v16)
    let boot = bench.actions("BootNotification").last
    #expect(boot?.payload["firmwareVersion"]?.string == "2.0.0")
    #expect(bench.statuses(1).last == "Available")
    // The second outage: released, reset.
    bench.released = [.v16, .v201]
    #expect(bench.status("Reset", ["type": "Soft"]) == "Accepted")
    #expect(bench.run { $0.station.version == .v201 && $0.station.isAccepted })
  }

  @Test(
    "an image that starts in 2.x at once says Installed there", arguments: [OCPPVersion.v201, .v21])
  func atOnce(version: OCPPVersion) {
    var bench = Bench(profile())
    bench.image = dualImage { $0.header.protocols = [version, .v16] }
    bench.released = [.v16, version]
    bench.powerOn()
    bench.ask("UpdateFirmware", updateRequest)
    #expect(bench.run { $0.station.version == version && $0.firmwareStatuses.last == "Installed" })
    let reason = bench.actions("BootNotification").last?.payload["reason"]?.string
    #expect(reason == "FirmwareUpdate")
  }

  @Test("a signed update carries its request through all statuses")
  func signed() {
    var bench = Bench(profile { $0.isSigned = true })
    bench.image = dualImage()
    bench.powerOn()
    #expect(bench.status("UpdateFirmware", updateRequest) == "NotSupported")
    let firmware: JSON = [
      "location": "http://127.0.0.1:1/f", "retrieveDateTime": "2020-01-01T00:00:00Z",
      "signingCertificate": "cert", "signature": "sig",
    ]
    #expect(
      bench.status("SignedUpdateFirmware", ["requestId": 8, "firmware": firmware]) == "Accepted")
    #expect(bench.run { $0.firmwareStatuses.last == "Installed" })
    #expect(
      bench.firmwareStatuses == [
        "Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting",
        "Installed",
      ])
    let ids = bench.actions("SignedFirmwareStatusNotification").map { $0.payload["requestId"]?.int }
    #expect(ids == Array(repeating: 8, count: 6))
    bench.image = dualImage { $0.isIntact = false }
    #expect(
      bench.status("SignedUpdateFirmware", ["requestId": 9, "firmware": firmware]) == "Accepted")
    #expect(bench.firmwareStatuses.last == "InvalidSignature")
  }

  @Test("an update in 2.x names its request", arguments: [OCPPVersion.v201, .v21])
  func modern(version: OCPPVersion) {
    var bench = Bench(profile { $0.versions = [version] })
    bench.image = dualImage { $0.header.protocols = [version] }
    bench.released = [version]
    bench.powerOn()
    let request: JSON = [
      "requestId": 3,
      "firmware": [
        "location": "http://127.0.0.1:1/f", "retrieveDateTime": "2020-01-01T00:00:00Z",
      ],
    ]
    #expect(bench.status("UpdateFirmware", request) == "Accepted")
    #expect(bench.run { $0.firmwareStatuses.last == "Installed" })
    let ids = Set(
      bench.actions("FirmwareStatusNotification").map { $0.payload["requestId"]?.int })
    #expect(ids == [3])
  }

  @Test(
    "an image that does not fit is refused and the old one runs on",
    arguments: [
      ("another model", "InstallationFailed"), ("broken", "InstallationFailed"),
      ("flash", "DownloadFailed"), ("ram", "InstallationFailed"), ("absent", "DownloadFailed"),
      ("too-small", "DownloadFailed"), ("failing-install", "InstallationFailed"),
    ])
  func refused(fault: String, status: String) throws {
    let habits = (try? Habit.set(fault)) ?? []
    var bench = Bench(profile { ($0.flash, $0.ram, $0.habits) = (300, 80, habits) })
    bench.image = dualImage {
      switch fault {
      case "another model": $0.header.model = "DC50"
      case "broken": $0.isIntact = false
      case "flash": $0.header.flash = 301
      case "ram": $0.header.ram = 81
      default: break
      }
    }
    if fault == "absent" { bench.image = nil }
    bench.powerOn()
    bench.ask("UpdateFirmware", updateRequest)
    #expect(bench.run { !$0.station.isUpdating })
    #expect(bench.firmwareStatuses.last == status)
    #expect(bench.station.firmware == "1.0.0")
    #expect(bench.actions("BootNotification").count == 1)
    bench.ask("ChangeAvailability", ["connectorId": 1, "type": "Operative"])
    #expect(bench.statuses(1).last == "Available")
  }

  @Test("some chargers leave their connectors Unavailable after a failed installation")
  func leftBehind() {
    let last = (UInt64(0)..<20).map { seed -> String? in
      var bench = Bench(profile { $0.habits = [.failingInstall] }, seed: seed)
      bench.image = dualImage()
      bench.powerOn()
      bench.ask("UpdateFirmware", updateRequest)
      bench.run { !$0.station.isUpdating }
      return bench.statuses(1).last
    }
    #expect(Set(last) == ["Available", "Unavailable"])
  }

  @Test("a bricked charger is never seen again")
  func bricked() {
    var bench = Bench(profile { $0.habits = [.bricked] })
    bench.image = dualImage()
    bench.powerOn()
    bench.ask("UpdateFirmware", updateRequest)
    #expect(bench.run { $0.station.isBricked })
    #expect(!bench.run(limit: 10_000_000) { $0.offers.count > 1 })
  }

  @Test("retries download again before giving up")
  func retries() {
    var bench = Bench(profile())
    bench.powerOn()
    bench.ask(
      "UpdateFirmware",
      [
        "location": "http://127.0.0.1:1/f", "retrieveDate": "2020-01-01T00:00:00Z", "retries": 2,
        "retryInterval": 10,
      ])
    #expect(bench.run { !$0.station.isUpdating })
    #expect(bench.downloads.count == 3)
    #expect(
      bench.firmwareStatuses == ["Downloading", "Downloading", "Downloading", "DownloadFailed"])
  }

  @Test("the installation waits for the car, and no other car may come")
  func waitsForTransaction() {
    var bench = Bench(profile { ($0.habits, $0.connectors, $0.evses) = ([.busy], 2, 2) })
    bench.image = dualImage()
    bench.powerOn()
    bench.ask("UpdateFirmware", updateRequest)
    #expect(bench.firmwareStatuses == ["Downloading", "Downloaded"])
    #expect(bench.statuses(1).last == "Charging")
    #expect(bench.statuses(2).last == "Unavailable")
    #expect(bench.run { $0.firmwareStatuses.last == "Installing" })
    #expect(!bench.station.isCharging)
    #expect(bench.actions("StartTransaction").count == 1)
    #expect(bench.run { $0.firmwareStatuses.last == "Installed" })
  }

  @Test("while the image is written, resets and further updates are refused")
  func undisturbed() {
    var bench = Bench(profile())
    bench.image = dualImage()
    bench.powerOn()
    bench.ask("UpdateFirmware", updateRequest)
    #expect(bench.firmwareStatuses.last == "Installing")
    #expect(bench.status("Reset", ["type": "Hard"]) == "Rejected")
    bench.ask("UpdateFirmware", updateRequest)
    #expect(bench.downloads.count == 1)
    #expect(bench.run { $0.station.firmware == "2.0.0" })
  }

  @Test("statuses that a killed server missed arrive later")
  func missed() {
    var bench = Bench(profile())
    bench.image = dualImage()
    bench.powerOn()
    bench.ask("UpdateFirmware", updateRequest)
    bench.killServer()
    #expect(bench.run { $0.station.firmware == "2.0.0" })
    bench.isReachable = true
    #expect(bench.run { $0.firmwareStatuses.last == "Installed" })
  }

  @Test("a slow charger downloads at an eighth of the rate and boots later")
  func slow() {
    let times = [[], [Habit.slow]].map { habits -> Int64 in
      var bench = Bench(profile { $0.habits = Set(habits) }, timing: .real)
      bench.image = dualImage()
      bench.powerOn()
      let start = bench.now
      bench.ask("UpdateFirmware", updateRequest)
      #expect(bench.rates == [habits.isEmpty ? 200_000 : 25_000])
      #expect(bench.run(limit: 3_600_000) { $0.firmwareStatuses.last == "Installed" })
      return bench.now - start
    }
    #expect(times[1] > times[0] * 2)
  }

  @Test("a reset in the middle of a download begins it anew after the boot")
  func resetWhileDownloading() {
    var bench = Bench(profile())
    bench.isDownloadHeld = true
    bench.powerOn()
    bench.ask("UpdateFirmware", updateRequest)
    #expect(bench.status("Reset", ["type": "Hard"]) == "Accepted")
    bench.isDownloadHeld = false
    bench.image = dualImage()
    #expect(bench.run { $0.firmwareStatuses.last == "Installed" })
    #expect(bench.downloads.count == 2)
  }

  @Test("one seed gives one course of events")
  func reproducible() {
    let runs = (0..<2).map { _ -> [[UInt8]] in
      var bench = Bench(profile { $0.habits = [.busy, .slow] }, seed: 99)
      bench.image = dualImage()
      bench.powerOn()
      bench.ask("UpdateFirmware", updateRequest)
      bench.run { $0.firmwareStatuses.last == "Installed" }
      return bench.calls.map(\.bytes)
    }
    #expect(runs[0] == runs[1])
    #expect(runs[0].count > 10)
  }
}

import Fleet
import Testing

@Suite struct ReadinessTests {
  static let day = Instant(seconds: 1_794_441_600)  // 2026-11-12
  static let catalogue = [
    Firmware(
      id: FirmwareID(rawValue: 1), vendor: "Volta", model: "AC22*", version: "2.4.0",
      aliases: ["AC22-2.4.0*"], from: ["2.3*"], protocols: [.ocpp16, .ocpp201], flashNeeded: 200,
      location: .depot(path: "ac22-2.4.0.bin")),
    Firmware(
      id: FirmwareID(rawValue: 2), vendor: "Volta", model: "AC22*", version: "2.3.1",
      from: ["2.1*"], protocols: .ocpp16, flashNeeded: 50, ramNeeded: 10,
      location: .depot(path: "ac22-2.3.1.bin")),
    Firmware(
      id: FirmwareID(rawValue: 3), vendor: "Ampere", model: "DC50", hardware: "B*",
      version: "7.0", protocols: .ocpp201, location: .external(url: "https://example.com/7.0")),
  ]

  static func charger(_ change: (inout Charger) -> Void = { _ in }) -> Charger {
    var charger = Charger(id: ChargerID(rawValue: 1), identity: "KLN-1")
    charger.vendor.claimed = .init("Volta", source: "fleet.csv line 7", at: day)
    charger.model.claimed = .init("AC22", source: "fleet.csv line 7", at: day)
    charger.firmware.observed = .init("2.3.1", source: "BootNotification", at: day)
    charger.flashFree.claimed = .init(256, source: "fleet.csv line 7", at: day)
    charger.ramFree.claimed = .init(96, source: "fleet.csv line 7", at: day)
    charger.speaks = .ocpp16
    change(&charger)
    return charger
  }

  struct Case: Sendable {
    var verdict: Readiness.Verdict
    var reason: String
    var target: Int64?
    var route: [Int64] = []
    var change: @Sendable (inout Charger) -> Void
  }

  static let cases: [Case] = [
    Case(
      verdict: .endOfLife,
      reason: "end of life: damaged, lid broken (kim 12 Nov). Stays on 1.6; no campaign takes it."
        + " Replaced by X9."
    ) {
      $0.endOfLife = EndOfLife(
        reason: .damaged, evidence: "lid broken", replacement: "X9", by: "kim", at: day)
      $0.pin = Pin(reason: "trial", by: "kim", at: day)
    },
    Case(
      verdict: .endOfLife,
      reason: "end of life: site closes (kim 12 Nov). Stays on 2.0.1 with firmware 2.4.0;"
        + " no campaign takes it."
    ) {
      $0.endOfLife = EndOfLife(
        reason: .siteCloses, evidence: "", replacement: "", by: "kim", at: day)
      $0.speaks = .ocpp201
      $0.firmware.observed = .init("2.4.0", source: "BootNotification", at: day)
    },
    Case(
      verdict: .pinned,
      reason: "pinned: trial (kim 12 Nov). Nothing is sent until the pin is taken off."
    ) { $0.pin = Pin(reason: "trial", by: "kim", at: day) },
    Case(
      verdict: .quarantined,
      reason: "quarantined: no boot after install (Autumn-24, 12 Nov). "
        + "Nothing is sent until a technician looks at it; then swell chargers repaired."
    ) {
      $0.quarantine = Quarantine(
        reason: "no boot after install", campaign: "Autumn-24", at: day)
      $0.migration = MigrationRecord(proved: .ocpp201, at: day, regressedAt: day + .hours(24))
    },
    Case(
      verdict: .regressed,
      reason: "regressed: 2.0.1 was proved on 12 Nov, since 13 Nov it speaks 1.6 again. "
        + "Look at its firmware and its connection settings."
    ) {
      $0.migration = MigrationRecord(proved: .ocpp201, at: day, regressedAt: day + .hours(24))
    },
    Case(verdict: .migrated, reason: "migrated: 2.0.1 was proved on 12 Nov.") {
      $0.migration = MigrationRecord(proved: .ocpp201, at: day)
    },
    Case(
      verdict: .unknown,
      reason: "unknown: firmware version is missing; its next boot or an import can supply it. "
        + "free flash and free RAM are missing; an import of its datasheet or of what a technician "
        + "reads at the charger can supply them."
    ) {
      $0.firmware = .init()
      $0.flashFree = .init()
      $0.ramFree = .init()
    },
    Case(
      verdict: .unknown,
      reason: "unknown: hardware revision is missing; an import from its nameplate can "
        + "supply it."
    ) {
      $0.vendor.claimed?.value = "Ampere"
      $0.model.claimed?.value = "DC50"
    },
    Case(
      verdict: .tooSmall,
      reason: "too small: 2.4.0 needs 200 kB of flash free, it has 140 "
        + "(technician 12 Nov; fleet.csv line 7 claimed 256). Stays on 1.6."
    ) { $0.flashFree.observed = .init(140, source: "technician", at: day) },
    Case(
      verdict: .tooSmall,
      reason: "too small: 2.4.0 needs 50 kB of RAM free (as claimed for a usual stack), "
        + "it has 20 (fleet.csv line 7). Stays on 1.6."
    ) { $0.ramFree.claimed?.value = 20 },
    Case(
      verdict: .noFirmware,
      reason: "no firmware: the catalogue has no image for Volta AC11 that speaks 2.0.1. "
        + "Stays on 1.6."
    ) { $0.model.claimed?.value = "AC11" },
    Case(
      verdict: .noFirmware,
      reason: "no firmware: 2.4.0 installs only on 2.3*, and no image leads there from 1.9. "
        + "Stays on 1.6."
    ) { $0.firmware.observed?.value = "1.9" },
    Case(
      verdict: .noFirmware,
      reason:
        "no firmware: 2.4.0 is older than 2.5, and the catalogue allows no downgrade from it. "
        + "Stays on 1.6."
    ) {
      $0.notes = "from anything"
      $0.firmware.observed?.value = "2.5"
    },
    Case(
      verdict: .noFirmware,
      reason: "no firmware: 2.4.0 goes through 2.2, and no image leads there from 1.9. "
        + "Stays on 1.6."
    ) {
      $0.notes = "through 2.2"
      $0.firmware.observed?.value = "1.9"
    },
    Case(
      verdict: .needsRename,
      reason: "needs rename: the identity \"KLN 1\" is not valid in 2.x: "
        + "2.x allows only letters, digits and . * - _ = + | @. Stays on 1.6.", target: 1,
      route: [1]
    ) { $0.identity = "KLN 1" },
    Case(
      verdict: .needsHop,
      reason: "needs hop: 2.4.0 does not install on 2.1.0; it goes through 2.3.1.", target: 1,
      route: [2, 1]
    ) { $0.firmware.observed?.value = "2.1.0" },
    Case(
      verdict: .needsSecurity,
      reason: "needs security: it has security profile 0, 1 is asked for before the move. "
        + "Raise it under 1.6 first.", target: 1, route: [1]
    ) { $0.notes = "profile 1" },
    Case(
      verdict: .needsSecurity,
      reason:
        "needs security: it connects with security profile 0, 1 is asked for before the move. "
        + "Raise it under 1.6 first.", target: 1, route: [1]
    ) {
      $0.notes = "profile 1"
      $0.securityProfile = 2
      $0.profileSeen = .init(.unsecured, source: "handshake", at: day)
    },
    Case(
      verdict: .ready, reason: "ready: 2.4.0 installs on 2.3.1 and speaks 2.0.1.", target: 1,
      route: [1]
    ) {
      $0.notes = "profile 1"
      $0.profileSeen = .init(.tls, source: "handshake", at: day)
    },
    Case(
      verdict: .claimedOnly,
      reason: "claimed only: 2.4.0 would suit, but 2.3.1 is only what fleet.csv line 7 says; "
        + "the charger never reported it. Its next boot proves it.", target: 1, route: [1]
    ) {
      $0.firmware = .init(claimed: .init("2.3.1", source: "fleet.csv line 7", at: day))
    },
    Case(
      verdict: .claimedOnly,
      reason: "claimed only: it connects with 2.0.1, but no campaign has proved it. "
        + "Nothing has to be installed."
    ) { $0.speaks = .ocpp201 },
    Case(
      verdict: .ready, reason: "ready: 2.4.0 installs on 2.3.1 and speaks 2.0.1.", target: 1,
      route: [1]
    ) { _ in },
    Case(
      verdict: .ready,
      reason: "ready: 2.4.0 runs already and speaks 2.0.1; only the version has to be switched.",
      target: 1
    ) {
      $0.firmware.observed?.value = "AC22-2.4.0-r7"
      $0.flashFree = .init()
    },
  ]

  @Test("A charger gets the first verdict that holds, with its numbers", arguments: cases)
  func judges(row: Case) {
    var policy = ReadinessPolicy()
    let charger = Self.charger(row.change)
    if charger.notes == "profile 1" { policy.securityProfile = 1 }
    var catalogue = Self.catalogue
    if charger.notes == "from anything" { catalogue[0].from = [] }
    if charger.notes == "through 2.2" { (catalogue[0].from, catalogue[0].through) = ([], ["2.2"]) }
    let readiness = Readiness.judge(charger, catalogue: catalogue, policy: policy)
    #expect(readiness.verdict == row.verdict)
    #expect(readiness.reason == row.reason)
    #expect(readiness.target?.rawValue == row.target)
    #expect(readiness.route.map(\.rawValue) == row.route)
  }

  @Test("Every verdict has a case here")
  func complete() {
    #expect(Set(Self.cases.map(\.verdict)) == Set(Readiness.Verdict.allCases))
  }

  @Test("Evidence names who said what, and what is only claimed")
  func evidence() {
    let readiness = Readiness.judge(
      Self.charger(), catalogue: Self.catalogue, policy: ReadinessPolicy())
    #expect(
      readiness.evidence == [
        "model AC22: claimed by fleet.csv line 7, 12 Nov",
        "firmware 2.3.1: BootNotification, 12 Nov",
        "free flash 256 kB: claimed by fleet.csv line 7, 12 Nov",
        "free RAM 96 kB: claimed by fleet.csv line 7, 12 Nov",
        "needs 200 kB of flash: catalogue",
        "needs 50 kB of RAM: claimed for a usual stack",
      ])
  }

  @Test(
    "Firmware versions compare by their numbers",
    arguments: [("2.3.1", "2.10", true), ("v2.4", "AC-2.4.0", false), ("2.4", "2.4.1", true)])
  func versions(a: String, b: String, isLess: Bool) throws {
    let (a, b) = (try #require(FirmwareVersion(a)), try #require(FirmwareVersion(b)))
    #expect((a < b) == isLess)
    #expect((a.sortKey < b.sortKey) == isLess)
  }
}

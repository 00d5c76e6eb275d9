import Control
import Fleet
import Rollout

extension Fixture {
  static func detail(_ identity: String) -> ChargerDetail {
    var row = Fixture.row(7)
    row.identity = identity
    row.speaks = .ocpp16
    var detail = ChargerDetail(
      row: row,
      readiness: Readiness(
        verdict: .tooSmall,
        reason: "2.4.0 needs 200 kB of flash free, it has 140. Mark it end of life, or wait.",
        evidence: ["flash free 140 kB: technician, 12 Nov", "needs 200 kB: catalogue"]),
      known: [
        .init(
          name: "firmware", claimed: "2.3.0", claimedBy: "fleet.csv line 12", observed: "2.3.1",
          observedBy: "BootNotification"),
        .init(
          name: "flash free", claimed: "256 kB", claimedBy: "fleet.csv line 12", observed: "140 kB",
          observedBy: "technician"),
        .init(
          name: "RAM free", claimed: nil, claimedBy: nil, observed: nil, observedBy: nil),
        .init(
          name: "versions", claimed: "1.6, 2.0.1", claimedBy: "fleet.csv line 12", observed: "1.6",
          observedBy: "handshake"),
      ],
      released: .ocpp16,
      connectors: [
        Connector(
          id: ConnectorID(evse: 1, connector: 1), state: .charging, at: now + .minutes(-12)),
        Connector(
          id: ConnectorID(evse: 2, connector: 1), state: .faulted, at: now + .hours(-70),
          error: "GroundFailure"),
      ], openSessions: 1, endOfLife: nil, pin: nil, lastSeen: now + .seconds(-8),
      story: [
        .init(at: now + .hours(-301), text: "planned: wave 4, window 01:00–05:00, budget 1"),
        .init(at: now + .hours(-300), text: "outage 1: drained in 4 min; kept 61 keys, list v7"),
        .init(at: now + .hours(-299), text: "sent UpdateFirmware 2.4.0 (attempt 1), accepted"),
      ])
    detail.sessions = [
      SessionRow(
        startedAt: now + .minutes(-12), stoppedAt: nil,
        connector: ConnectorID(evse: 1, connector: 1), version: .ocpp16, token: "04A2F1B3",
        energy: 2140, stopReason: nil),
      SessionRow(
        startedAt: now + .hours(-31), stoppedAt: now + .hours(-29),
        connector: ConnectorID(evse: 2, connector: 1), version: .ocpp16, token: "04A2F1B3",
        energy: 18_420, stopReason: "EVDisconnected"),
    ]
    detail.messages = [
      MessageRow(
        at: now + .seconds(-8), isInbound: true, version: .ocpp16, action: "Heartbeat", gist: ""),
      MessageRow(
        at: now + .seconds(-41), isInbound: true, version: .ocpp16, action: "MeterValues",
        gist: "connector 1, 2 140 Wh"),
      MessageRow(
        at: now + .hours(-2), isInbound: false, version: .ocpp16, action: "ChangeAvailability",
        gist: "Operative: accepted"),
    ]
    return detail
  }

  /// One in the midst of trouble, with everything a charger can have.
  static func troubled(_ identity: String) -> ChargerDetail {
    var detail = Fixture.detail(identity)
    detail.readiness = Readiness(
      verdict: .quarantined, reason: "no boot after install; a technician must see it first.")
    detail.quarantine = Quarantine(
      reason: "no boot for 3 h after install", campaign: "Autumn-24", at: now + .hours(-60))
    detail.endOfLife = EndOfLife(
      reason: .memoryTooSmall, evidence: "140 of 200 kB flash", replacement: "KLN-DTZ-107",
      by: "tom", at: now + .hours(-400))
    detail.pin = Pin(reason: "billing test until December", by: "ada", at: now + .hours(-90))
    detail.notes = "Key at the kiosk. Ask for Mr Yılmaz; the cellar floods after rain."
    detail.connectors += (3...10).map {
      Connector(
        id: ConnectorID(evse: $0, connector: 1), state: .available, at: now + .hours(Double(-$0)))
    }
    detail.story += (0..<40).map {
      .init(
        at: now + .hours(Double($0 - 280)),
        text: "asked for its firmware status for the \($0 + 1)th time; it did not answer within"
          + " 30 s, and is asked again when it boots")
    }
    detail.quirks = [
      QuirkRow(
        name: "slow-answers", value: "120",
        does: "has 120 s for each answer (vendor Volta, firmware <2.4)"),
      QuirkRow(
        name: "no-single-keys", value: "",
        does: "its configuration is read as a whole, never by keys (vendor Volta)"),
    ]
    detail.holdings = [
      HoldingRow(
        topic: "reservation", key: "12", summary: "connector 1, token 04A1B2C3", at: now,
        ends: now + .hours(2))
    ]
    detail.tolerations = [
      TolerationRow(
        version: .ocpp16, action: "MeterValues", path: "meterValue.sampledValue.value",
        what: "wrong type", quirk: "", count: 18_204, first: now + .hours(-900), last: now),
      TolerationRow(
        version: .ocpp16, action: "BootNotification", path: "imsi", what: "too long",
        quirk: "long-imsi", count: 1, first: now + .hours(-80), last: now + .hours(-80)),
    ]
    let row = UpgradeRow(
      identity: identity, site: "Köln-Deutz", wave: 4, stratum: "Volta AC22 2.3.1→2.4.0",
      phase: .quarantined, since: now + .hours(-60), detail: "no boot for 3 h after install")
    let order = Order.updateFirmware(FirmwareID(rawValue: 7), signed: false, requestID: 12)
    var attempt = Attempt(
      upgrade: UpgradeID(rawValue: 9), step: "firmware update firmware", number: 1,
      messageID: "7f3", order: order, writtenAt: now + .hours(-63))
    attempt.state = .accepted
    detail.upgrade = UpgradeDetail(
      row: row, campaign: "Autumn-24", online: false,
      failure: .init(phase: .rebooting, reason: .noBoot, detail: "silent since 02:14"),
      explanation: UpgradeExplanation(
        now: "It took the image 2.4.0 at 01:26, went down to install it and was not seen since.",
        next: [
          "A technician looks at it on site.",
          "When it runs again, R ends the quarantine and it may be planned anew.",
        ]), attempts: [attempt], story: [])
    return detail
  }

  /// One that was only imported.
  static func bare(_ identity: String) -> ChargerDetail {
    var row = FleetRow(
      identity: identity, site: "", vendor: "", model: "", firmware: "", flashFree: nil,
      ramFree: nil, speaks: nil, online: false, verdict: .unknown, reason: "", upgrade: nil)
    row.verdict = .unknown
    return ChargerDetail(
      row: row,
      readiness: Readiness(
        verdict: .unknown, reason: "unknown: it never connected. Next: let it connect once."),
      known: [], released: .ocpp16, connectors: [], openSessions: 0, endOfLife: nil, pin: nil,
      lastSeen: nil, story: [])
  }
}

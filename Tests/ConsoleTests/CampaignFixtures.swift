import Control
import Fleet
import Rollout

extension Fixture {
  static let verdict = GateVerdict(
    word: .fail, done: 31, failed: 3, upperBound: 0.23, limit: 0.1, confidence: 0.95,
    sentence: "31 done, 3 failed: at most 23 % at 95 %, limit 10 %")

  static let passing = GateVerdict(
    word: .pass, done: 412, failed: 5, upperBound: 0.026, limit: 0.1, confidence: 0.95,
    sentence: "412 done, 5 failed: at most 2.6 % at 95 %, limit 10 %")

  static let campaign = campaignDetail(strata: 3)

  static func campaignDetail(strata count: Int) -> CampaignDetail {
    let labels = [
      "Volta AC22 2.3.1→2.4.0", "Alpitronic HYC300 1.8.0-3→2.0.0", "Volta AC11 2.1.0→2.4.0",
    ]
    let strata = (0..<count).map { index in
      let state: StratumProgress.State =
        switch index % 4 {
        case 0: .waiting(wave: 4, verdict)
        case 1: .open(wave: 3)
        case 2: .finished
        default: .stopped
        }
      return CampaignDetail.StratumRow(
        label: labels[index % 3] + (index < 3 ? "" : " rev \(index)"), state: state,
        size: 3000 - index * 17,
        phases: [.migrated: 2000 - index, .quarantined: index, .failed: 1],
        verdict: index % 3 == 2 ? nil : index % 4 == 0 ? verdict : passing)
    }
    return CampaignDetail(
      summary: campaign(1, "Autumn-24", .running), author: "ada", approver: "berta",
      selection: "model:AC* speaks:1.6 !site:berlin*", strata: strata)
  }

  static let steps = [
    "waiting", "deferred", "draining", "downloading", "installing", "soaking on 1.6", "switching",
    "verifying", "soaking", "unknown", "migrated", "rolled back", "failed", "quarantined",
  ]

  static func upgrade(_ index: Int, _ phase: Upgrade.Phase, _ detail: String) -> UpgradeRow {
    UpgradeRow(
      identity: row(index).identity, site: row(index).site, wave: 4,
      stratum: "Volta AC22 2.3.1→2.4.0", phase: phase, since: now + .hours(Double(-index % 50)),
      detail: detail)
  }

  static func gate(
    _ stratum: String, _ state: StratumProgress.State, _ verdict: GateVerdict
  ) -> GateDetail {
    GateDetail(
      stratum: stratum, state: state,
      explanation: GateExplanation(
        verdict: verdict, atRisk: 6, allowance: 12, planned: 40,
        sentences: [
          "The rule: at most 10 % may fail, said with 95 % certainty.",
          "31 ended and 3 of them failed: as many as 23 % may fail.",
          "It passes when 61 end with at most 2 failures.",
        ]),
      decisions: [
        Decision(
          by: "berta", reason: "the three were one switch cabinet", at: now + .hours(-30), wave: 2)
      ])
  }

  static let wave = waveDetail(failed: 3, deferred: 2)

  static func waveDetail(failed: Int, deferred: Int, gates: Int = 1) -> WaveDetail {
    let strata = ["Volta AC22 2.3.1→2.4.0", "Alpitronic HYC300 1.8.0-3→2.0.0"]
    return WaveDetail(
      at: now, summary: campaign(1, "Autumn-24", .running), number: 4, size: 31 + failed,
      gates: (0..<gates).map {
        $0 == 0
          ? gate(strata[0], .waiting(wave: 4, verdict), verdict)
          : gate(strata[$0 % 2], .open(wave: 2 + $0 % 4), passing)
      },
      funnel: zip(steps, [6, deferred, 0, 0, 0, 4, 0, 1, 12, 1, 11, 0, 0, failed]).map {
        .init(label: $0, count: $1)
      },
      failed: (0..<failed).map {
        upgrade(
          $0, .quarantined,
          $0 % 2 == 0 ? "no boot for 3 h after install" : "boots 2.3.1: image not taken")
      },
      deferred: (0..<deferred).map { upgrade(900 + $0, .planned, "charging since 23:40") },
      unknown: failed == 0 ? [] : [upgrade(800, .rebooting, "silent since the order of 02:10")])
  }

  static func endOfLife(_ count: Int, _ query: RegisterQuery = RegisterQuery()) -> EndOfLifePage {
    let end = min(count, query.offset + query.limit)
    return EndOfLifePage(
      at: now, query: query, matching: count, total: count,
      reasons: count == 0
        ? []
        : count == 1
          ? [.init(reason: "memory too small", count: 1)]
          : zip(EndOfLife.Reason.allCases, [833, 400, 31, 6, 2, 1]).map {
            .init(reason: $0.rawValue, count: $1)
          },
      rows: query.offset < end
        ? (query.offset..<end).map {
          .init(
            charger: row($0),
            endOfLife: EndOfLife(
              reason: EndOfLife.Reason.allCases[$0 % 6],
              evidence: $0 % 3 == 2 ? "" : "140 of 200 kB flash, measured on site",
              replacement: $0 % 4 == 1 ? "KLN-DTZ-1\($0)" : "", by: $0 % 2 == 0 ? "tom" : "ada",
              at: now + .hours(Double(-$0 % 4000))))
        } : [])
  }

  static func firmware(_ count: Int) -> [Firmware] {
    (0..<count).map { number in
      var image = Firmware(
        id: FirmwareID(rawValue: Int64(number + 1)), vendor: number % 3 == 0 ? "Volta" : "*",
        model: ["AC22*", "AC11", "DC150 Ultra-\(number)"][number % 3],
        version: "2.\(number % 9).\(number / 9)", from: number % 2 == 0 ? ["2.2.*", "2.3.*"] : [],
        protocols: number % 3 == 1 ? .init(.ocpp16) : [.ocpp16, .ocpp201],
        flashNeeded: number % 3 == 1 ? nil : 200, ramNeeded: number % 3 == 1 ? nil : 50,
        location: .depot(path: "/srv/firmware/image-\(number).bin"), size: 38_211_584,
        sha256: String(repeating: "d8b2af1c", count: 8))
      if number % 4 == 0 { image.signature = "MEUC" }
      return image
    }
  }

  static func audit(_ count: Int, _ query: RegisterQuery = RegisterQuery()) -> AuditPage {
    let acts: [(String, String, String, String)] = [
      ("mark end-of-life", "KLN-DTZ-00007", "memory too small", "done"),
      ("approve", "Autumn-24", "", "done"),
      (
        "override gate", "Autumn-24, Volta AC22 2.3.1→2.4.0", "the three were one switch cabinet",
        "refused: needs the role approver"
      ), ("hold everything", "", "held from the console", "3 campaigns held"),
    ]
    let end = min(count, query.offset + query.limit)
    return AuditPage(
      at: now, query: query, matching: count,
      entries: query.offset < end
        ? (query.offset..<end).map { index in
          let (action, subject, reason, outcome) = acts[index % 4]
          return AuditEntry(
            at: now + .minutes(Double(-7 * index - 3)), who: index % 3 == 0 ? "berta" : "ada",
            action: action, subject: subject, reason: reason, outcome: outcome)
        } : [])
  }
}

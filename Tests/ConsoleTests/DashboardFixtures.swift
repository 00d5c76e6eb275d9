import Control
import Fleet
import Rollout

extension Fixture {
  static let waves: [WaveSummary] = [
    .init(number: 1, size: 5, ended: 5, inFlight: 0, waiting: false),
    .init(number: 2, size: 100, ended: 100, inFlight: 0, waiting: false),
    .init(number: 3, size: 1000, ended: 412, inFlight: 48, waiting: false),
    .init(number: 4, size: 31, ended: 31, inFlight: 0, waiting: true),
    .init(number: 5, size: 4000, ended: 0, inFlight: 0, waiting: false),
  ]

  static func campaign(_ id: Int64, _ name: String, _ status: Campaign.Status) -> CampaignSummary {
    var campaign = CampaignSummary(
      id: CampaignID(rawValue: id), name: name, status: status, target: .ocpp201,
      planHash: "7f3a91c2e4", total: 8721, migrated: 6204, inFlight: 48, toGo: 2460, failed: 4,
      quarantined: 2, waves: waves)
    campaign.leftOut = 3
    campaign.startedAt = now + .hours(-24 * 78)
    campaign.forecast = Forecast(
      done: now + .hours(24 * 108), basis: "31 in the last 24 h")
    campaign.failures = [
      .init(reason: "no boot after install", count: 4),
      .init(reason: "boots the old image", count: 2),
    ]
    return campaign
  }

  /// One that runs and waits for nobody.
  static let calm: CampaignSummary = {
    var campaign = Fixture.campaign(1, "Autumn-24", .running)
    campaign.waves[3].waiting = false
    return campaign
  }()

  /// One that ended this morning.
  static let over: CampaignSummary = {
    var over = calm
    (over.name, over.status, over.forecast) = ("Probe", .finished, nil)
    (over.migrated, over.inFlight, over.toGo) = (8712, 0, 0)
    (over.startedAt, over.endedAt) = (now + .hours(-9), now + .hours(-2))
    over.waves = (1...3).map {
      .init(number: $0, size: 2907, ended: 2907, inFlight: 0, waiting: false)
    }
    over.waves[1].overriddenBy = "berta"
    return over
  }()

  static let campaigns: [CampaignSummary] = {
    var draft = campaign(5, "Spring-27 with a name that is far too long", .draft)
    (draft.migrated, draft.inFlight, draft.toGo, draft.failed) = (0, 0, 8721, 0)
    (draft.quarantined, draft.leftOut) = (0, 0)
    (draft.startedAt, draft.forecast, draft.failures) = (nil, nil, [])
    draft.waves = [
      .init(number: 1, size: 5, ended: 0, inFlight: 0, waiting: false),
      .init(number: 2, size: 8716, ended: 0, inFlight: 0, waiting: false),
    ]
    var held = campaign(2, "Alps", .held)
    held.stalled = "by berta: wait for the new image"
    held.forecast = Forecast(done: nil, basis: "it is held")
    var stalled = calm
    (stalled.id, stalled.name) = (CampaignID(rawValue: 4), "Ports")
    stalled.stalled = "all places at 3 sites are taken by chargers that are away"
    var over = calm
    (over.id, over.name, over.status) = (CampaignID(rawValue: 3), "Probe", .finished)
    (over.forecast, over.endedAt) = (nil, now + .hours(-24 * 12))
    return [draft, campaign(1, "Autumn-24", .running), stalled, held, over]
  }()

  /// Ninety days in which 2.0.1 overtakes 1.6.
  static let history: [Dashboard.Sample] = (0...90).map { day in
    let moved = day < 12 ? day * 4 : 48 + (day - 12) * (day - 12)
    return .init(
      at: now + .hours(Double(day - 90) * 24), speaking: [9988 - moved, moved, day / 8],
      held: 1400 - day)
  }

  static let dashboard: Dashboard = {
    var dashboard = Dashboard(
      at: now, chargers: 10_000, online: 9812,
      versions: [
        .init(label: "1.6", count: 3784, change: -823),
        .init(label: "2.0.1", count: 6204, change: 811), .init(label: "2.1", count: 12, change: 12),
        .init(label: "never seen", count: 0),
      ],
      verdicts: [
        .init(verdict: .endOfLife, count: 40), .init(verdict: .pinned, count: 2),
        .init(verdict: .migrated, count: 6204), .init(verdict: .unknown, count: 310),
        .init(verdict: .tooSmall, count: 833), .init(verdict: .noFirmware, count: 400),
        .init(verdict: .needsHop, count: 120), .init(verdict: .claimedOnly, count: 811),
        .init(verdict: .ready, count: 1280),
      ],
      campaigns: [campaign(1, "Autumn-24", .running)],
      failures: [
        .init(reason: "download failed", count: 18),
        .init(reason: "no boot after install", count: 11),
        .init(reason: "did not come back in the new version", count: 7),
        .init(reason: "boots the old image", count: 5),
        .init(reason: "signature refused", count: 3),
        .init(reason: "refused by the charger", count: 1),
      ],
      needsYou: [
        .init(
          kind: .gateFailed,
          text: "gate failed: Autumn-24 wave 4, Volta AC22 2.3.1→2.4.0"
            + " (3 of 31 failed: up to 23 % may, allowed are 10 %)",
          campaign: "Autumn-24", since: now + .hours(-12),
          place: .wave(campaign: "Autumn-24", number: 4)),
        .init(
          kind: .quarantined,
          text: "2 chargers are quarantined at Köln-Deutz: a technician is needed",
          campaign: "Autumn-24", since: now + .hours(-60),
          place: .fleet(filter: "ready:quarantined")),
      ])
    (dashboard.held, dashboard.heldChange) = (1275, 0)
    dashboard.history = history
    return dashboard
  }()

  /// A fleet that was imported, and that nobody has touched yet.
  static let untouched: Dashboard = {
    var dashboard = Dashboard(
      at: now, chargers: 59, online: 0,
      versions: [.init(label: "1.6", count: 0), .init(label: "never seen", count: 59)],
      verdicts: [
        .init(verdict: .noFirmware, count: 49), .init(verdict: .unknown, count: 4),
        .init(verdict: .tooSmall, count: 6),
      ], campaigns: [], failures: [], needsYou: [])
    dashboard.held = 55
    return dashboard
  }()

  /// Two campaigns that wait for somebody to take them on.
  static let unbegun: Dashboard = {
    var dashboard = Fixture.dashboard
    var approved = campaigns[0]
    (approved.name, approved.status) = ("Alps", .approved)
    dashboard.campaigns = [campaigns[0], approved]
    dashboard.needsYou = [
      .init(
        kind: .awaitsApproval, text: "Spring-27 waits for its approval (8721 chargers)",
        campaign: "Spring-27", since: now + .hours(-3), place: .campaign("Spring-27")),
      .init(
        kind: .awaitsStart, text: "Alps waits for its start (8721 chargers)",
        campaign: "Alps", since: now + .minutes(-20), place: .campaign("Alps")),
    ]
    return dashboard
  }()

  /// More of everything than fits.
  static let crowded: Dashboard = {
    var dashboard = Fixture.dashboard
    (dashboard.chargers, dashboard.online) = (100_000, 98_120)
    dashboard.versions = [
      .init(label: "1.6", count: 37_840, change: -8230),
      .init(label: "2.0.1", count: 62_040, change: 8110),
      .init(label: "2.1", count: 101, change: 12),
      .init(label: "never seen", count: 19),
    ]
    dashboard.verdicts = Readiness.Verdict.allCases.enumerated().map {
      .init(verdict: $1, count: $0 == 4 ? 62_040 : 3000 + 217 * $0)
    }
    dashboard.campaigns = campaigns
    for number in 3...12 {
      dashboard.needsYou.append(
        .init(
          kind: .pending,
          text: "Charger HAM-ALT-\(number) came unannounced and waits to be accepted.",
          campaign: "", since: now + .hours(Double(-number)), place: .charger("HAM-ALT-\(number)")))
    }
    return dashboard
  }()
}

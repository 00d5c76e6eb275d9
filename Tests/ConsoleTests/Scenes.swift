import Canvas
import Control
import Fleet
import Rollout
import Testing

@testable import Console

/// One screen in one situation.
struct Scene: Sendable, CustomTestStringConvertible {
  let name: String
  private let path: [ConsoleState.Screen]
  private let hasEngine: Bool
  private let fill: @Sendable (inout ConsoleState) -> Void
  var testDescription: String { name }

  init(
    _ name: String, _ path: [ConsoleState.Screen], engine: Bool = true,
    _ fill: @escaping @Sendable (inout ConsoleState) -> Void
  ) {
    (self.name, self.path, hasEngine, self.fill) = (name, path, engine, fill)
  }

  func state(_ size: Size, _ glyphs: Glyphs) -> ConsoleState {
    var state = Fixture.state(
      size: size, glyphs: glyphs, role: .approver, engine: hasEngine ? Fixture.engine : nil)
    state.screens = [.dashboard] + path
    fill(&state)
    return state
  }
}

/// A screen in the five situations that each must survive: nothing there, one row, a hundred
/// thousand, an error in place of an answer, an engine that went away five minutes ago.
private func situations(
  _ name: String, _ path: [ConsoleState.Screen],
  empty: @escaping @Sendable (inout ConsoleState) -> Void,
  one: @escaping @Sendable (inout ConsoleState) -> Void,
  many: @escaping @Sendable (inout ConsoleState) -> Void
) -> [Scene] {
  [
    Scene("\(name)-empty", path, empty), Scene("\(name)-one", path, one),
    Scene("\(name)-many", path, many),
    Scene("\(name)-error", path) { state in
      state.failure = .init(
        screen: state.screen,
        error: .failed("The file is locked by another program. Next: close it, or wait"))
    },
    Scene("\(name)-engine-gone", path, engine: false) { state in
      many(&state)
      state.now = now + .minutes(5)
    },
  ]
}

private let identity = "KLN-DTZ-00007"

private func show(_ detail: ChargerDetail, in state: inout ConsoleState) {
  state.opened = .known(detail, at: now)
}

private func fillFleet(_ state: inout ConsoleState, _ count: Int) {
  guard case .fleet(let page) = Fixture.answer(.fleet(state.fleet.wanted), matching: count) else {
    return
  }
  state.fleet.take(page)
}

private func fillFirmware(_ state: inout ConsoleState, _ count: Int) {
  state.firmware = Fixture.firmware(count)
  state.readAt[.firmware] = now
}

private func empty(_ dashboard: inout Dashboard) {
  (dashboard.versions, dashboard.verdicts, dashboard.campaigns) = ([], [], [])
  (dashboard.failures, dashboard.needsYou, dashboard.history) = ([], [], [])
  (dashboard.chargers, dashboard.online, dashboard.held, dashboard.heldChange) = (0, 0, 0, nil)
}

/// Made once: every look shows them.
private let hundredThousand = (0..<100_000).map { Fixture.campaigns[$0 % 5] }
private let hugeWave = Fixture.waveDetail(failed: 100_000, deferred: 400, gates: 9)

private let dashboards =
  situations(
    "dashboard", [],
    empty: { state in
      var dashboard = Fixture.dashboard
      empty(&dashboard)
      state.dashboard = dashboard
    },
    one: { state in
      var dashboard = Fixture.dashboard
      empty(&dashboard)
      (dashboard.chargers, dashboard.online) = (1, 1)
      dashboard.versions = [.init(label: "1.6", count: 1)]
      dashboard.verdicts = [.init(verdict: .ready, count: 1)]
      state.dashboard = dashboard
    },
    many: { state in
      state.dashboard = Fixture.crowded
      state.list = ListPosition(cursor: 1, top: 0)
    }) + [
    // The manager's day: one campaign, two things to do.
    Scene("dashboard-usual", []) { $0.dashboard = Fixture.dashboard },
    Scene("dashboard-untouched", []) { $0.dashboard = Fixture.untouched },
    Scene("dashboard-unbegun", []) { $0.dashboard = Fixture.unbegun },
    Scene("dashboard-finished", []) { state in
      var dashboard = Fixture.dashboard
      (dashboard.needsYou, dashboard.campaigns) = ([], [Fixture.over])
      state.dashboard = dashboard
    },
    Scene("dashboard-calm", []) { state in
      var dashboard = Fixture.dashboard
      dashboard.needsYou = []
      dashboard.campaigns = [Fixture.calm]
      state.dashboard = dashboard
    },
    Scene("dashboard-overdue", []) { state in
      state.dashboard = Fixture.dashboard
      state.outstanding = .init(question: .dashboard, at: now + .seconds(-4))
      state.notice = .init(
        text: "Not allowed: hold everything needs the role technician; you are viewer. "
          + "These may: ada, berta, group fleetops.", style: .warning)
    },
  ]

private let fleets =
  situations(
    "fleet", [.fleet], empty: { fillFleet(&$0, 0) }, one: { fillFleet(&$0, 1) },
    many: { state in
      fillFleet(&state, 100_000)
      for _ in 0..<2 {
        state.fleet.move(by: 1)
        state.fleet.toggleMark()
      }
      state.fleet.move(by: 4)
    }) + [
    Scene("fleet-loading", [.fleet]) { state in
      fillFleet(&state, 100_000)
      state.fleet.moveToLast()
    },
    Scene("fleet-bad-filter", [.fleet]) { state in
      state.fleet.apply(filter: "colour:red")
      state.failure = .init(
        screen: .fleet,
        error: .invalid("no term \"colour:\"; there are model: vendor: fw: site: speaks: ready:"))
    },
    Scene("fleet-typing", [.fleet]) { state in
      fillFleet(&state, 100_000)
      state.line = .filter(InputLine("model:AC22 fw:<2"))
    },
    Scene("fleet-refilter", [.fleet]) { state in
      fillFleet(&state, 100_000)
      state.line = .filter(InputLine("model:AC22EV-040", isSelected: true))
    },
  ]

private let chargers = situations(
  "charger", [.fleet, .charger(identity)], empty: { show(Fixture.bare(identity), in: &$0) },
  one: { show(Fixture.detail(identity), in: &$0) },
  many: { show(Fixture.troubled(identity), in: &$0) })

private let campaigns =
  situations(
    "campaigns", [.campaigns], empty: { $0.campaigns = [] },
    one: { $0.campaigns = [Fixture.calm] },
    many: { state in
      state.campaigns = hundredThousand
      state.list = ListPosition(cursor: 1, top: 0)
    })
  + situations(
    "campaign", [.campaigns, .campaign("Autumn-24")],
    empty: { state in
      var detail = Fixture.campaignDetail(strata: 0)
      detail.summary = Fixture.campaigns[0]
      (detail.summary.waves, detail.summary.total, detail.summary.toGo) = ([], 0, 0)
      (detail.approver, detail.selection) = (nil, "")
      state.campaign = detail
    },
    one: { state in
      var detail = Fixture.campaignDetail(strata: 1)
      detail.summary.waves = [.init(number: 1, size: 1, ended: 0, inFlight: 1, waiting: false)]
      (detail.summary.total, detail.summary.migrated, detail.summary.toGo) = (1, 0, 0)
      (detail.summary.inFlight, detail.summary.failed, detail.summary.quarantined) = (1, 0, 0)
      detail.strata[0].state = .open(wave: 1)
      (detail.strata[0].size, detail.strata[0].phases) = (1, [.downloading: 1])
      state.campaign = detail
    },
    many: { state in
      var detail = Fixture.campaignDetail(strata: 30)
      detail.summary.waves += (6...40).map {
        .init(number: $0, size: 2500, ended: 0, inFlight: 0, waiting: false)
      }
      detail.summary.total = 100_000
      state.campaign = detail
      state.list = ListPosition(cursor: 3, top: 0)
    }) + [
    Scene("campaign-usual", [.campaigns, .campaign("Autumn-24")]) { state in
      state.campaign = Fixture.campaign
      state.list = ListPosition(cursor: 3, top: 0)
    },
    Scene("campaign-finished", [.campaigns, .campaign("Probe")]) { state in
      var detail = Fixture.campaignDetail(strata: 3)
      detail.summary = Fixture.over
      for index in detail.strata.indices {
        (detail.strata[index].state, detail.strata[index].verdict) = (.finished, nil)
      }
      detail.strata[1].decisions = [
        Decision(by: "berta", reason: "one cabinet", at: now, wave: 2, word: .fail)
      ]
      state.campaign = detail
    },
    Scene("campaign-draft", [.campaigns, .campaign("Spring-27")]) { state in
      var detail = Fixture.campaignDetail(strata: 1)
      (detail.summary, detail.approver) = (Fixture.campaigns[0], nil)
      detail.strata[0].state = .open(wave: 1)
      (detail.strata[0].phases, detail.strata[0].verdict) = ([.planned: 3000], nil)
      state.campaign = detail
    },
    Scene("campaign-missing", [.campaigns, .campaign("Winter")]) { $0.missing = $0.screen },
  ]

private let waves =
  situations(
    "wave", [.wave(campaign: "Autumn-24", number: 4)],
    empty: { state in
      var wave = Fixture.waveDetail(failed: 0, deferred: 0)
      (wave.gates, wave.size) = ([], 0)
      for index in wave.funnel.indices { wave.funnel[index].count = 0 }
      state.wave = wave
    },
    one: { state in
      var wave = Fixture.waveDetail(failed: 1, deferred: 0)
      wave.unknown = []
      state.wave = wave
    },
    many: { state in
      state.wave = hugeWave
      state.list = ListPosition(cursor: 99_999, top: 99_993)
    }) + [
    Scene("wave-usual", [.wave(campaign: "Autumn-24", number: 4)]) { state in
      state.wave = Fixture.wave
      state.list = ListPosition(cursor: 1, top: 0)
    },
    // Its gate failed, and a person let it go on.
    Scene("wave-overridden", [.wave(campaign: "Autumn-24", number: 2)]) { state in
      var wave = Fixture.waveDetail(failed: 1, deferred: 0)
      (wave.number, wave.summary.waves[1].overriddenBy) = (2, "berta")
      wave.gates[0].state = .open(wave: 3)
      state.wave = wave
    },
  ]

private let registers =
  situations(
    "end-of-life", [.endOfLife], empty: { $0.endOfLife = Fixture.endOfLife(0) },
    one: { $0.endOfLife = Fixture.endOfLife(1) },
    many: { state in
      state.list = ListPosition(cursor: 50_005, top: 50_000)
      let query = RegisterQuery(offset: 49_990, limit: 100)
      state.endOfLife = Fixture.endOfLife(100_000, query)
    })
  + situations(
    "audit", [.audit], empty: { $0.audit = Fixture.audit(0) },
    one: { $0.audit = Fixture.audit(1) },
    many: { state in
      state.list = ListPosition(cursor: 2, top: 0)
      state.audit = Fixture.audit(100_000)
    })
  + situations(
    "firmware", [.firmware], empty: { fillFirmware(&$0, 0) }, one: { fillFirmware(&$0, 1) },
    many: { state in
      state.list = ListPosition(cursor: 2, top: 0)
      fillFirmware(&state, 100_000)
    })

private let overlays: [Scene] = [
  Scene("form-import", []) { state in
    state.dashboard = Fixture.dashboard
    state.form = state.importForm
    state.show(
      FormFixture.checkedTable, of: .importChargers(csv: "", source: "f.csv", dryRun: true))
  },
  Scene("form-firmware", [.firmware]) { state in
    fillFirmware(&state, 3)
    state.form = state.firmwareForm
  },
  Scene("form-end-of-life", [.fleet, .charger(identity)]) { state in
    show(Fixture.detail(identity), in: &state)
    state.form = FormFixture.endOfLife
  },
  Scene("form-abort", [.campaigns, .campaign("Autumn-24")]) { state in
    state.campaign = Fixture.campaign
    state.form = FormFixture.abort
  },
  Scene("form-override", [.wave(campaign: "Autumn-24", number: 4)]) { state in
    state.wave = Fixture.wave
    state.form = FormFixture.override
  },
  Scene("form-bulk", [.fleet]) { state in
    fillFleet(&state, 100_000)
    state.form = FormFixture.bulk
  },
  Scene("form-long", [.wave(campaign: "Autumn-24", number: 4)]) { state in
    state.wave = Fixture.wave
    state.form = FormFixture.long
  },
  Scene("help", [.fleet]) { state in
    fillFleet(&state, 100_000)
    state.helpTop = 0
  },
  Scene("palette", []) { state in
    state.dashboard = Fixture.dashboard
    state.line = .palette(InputLine("h"))
  },
]

private let traffics =
  situations(
    "messages", [.messages(identity)],
    empty: { $0.traffic = Fixture.traffic(0, of: identity, traced: []) },
    one: { $0.traffic = Fixture.traffic(1, of: identity) },
    many: { state in
      state.traffic = Fixture.traffic(200, of: identity)
      state.list = ListPosition(cursor: 198, top: 0)
      state.settleList()
    }) + [
    Scene("messages-waiting", [.messages(identity)]) {
      $0.traffic = Fixture.traffic(0, of: identity)
    },
    Scene("messages-nobody", [.messages(nil)]) {
      $0.traffic = Fixture.traffic(0, of: nil, traced: [])
    },
    Scene("messages-all", [.messages(nil)]) { state in
      state.traffic = Fixture.traffic(40, of: nil)
      state.list = ListPosition(cursor: 39, top: 0)
      state.settleList()
    },
    Scene("messages-fault", [.messages(identity)]) { state in
      state.traffic = Fixture.traffic(12, of: identity)
      state.list = ListPosition(cursor: 7, top: 0)
      state.settleList()
    },
    Scene("messages-open", [.messages(identity)]) { state in
      state.traffic = Fixture.traffic(12, of: identity)
      state.list = ListPosition(cursor: 7, top: 0)
      state.trafficView.openTop = 0
    },
    Scene("messages-paused", [.messages(identity)]) { state in
      state.traffic = Fixture.traffic(30, of: identity)
      state.trafficView.frozen = Fixture.traffic(18, of: identity)
      state.list = ListPosition(cursor: 17, top: 0)
      state.settleList()
    },
    Scene("messages-filter", [.messages(identity)]) { state in
      state.registerFilters[state.screen] = "err Status"
      state.traffic = Fixture.traffic(0, of: identity)
    },
    Scene("messages-past", [.messages(identity)]) { state in
      state.traffic = Fixture.traffic(200, of: identity)
      state.trafficView.past = [now + .minutes(-90)]
      state.list = ListPosition(cursor: 3, top: 0)
    },
  ]

private let composers: [Scene] = [
  ComposerFixture.scene("composer-list") { $0.press(.down, .down) },
  ComposerFixture.scene("composer-find") { $0.type("trig") },
  ComposerFixture.scene("composer-form") { $0.choose("TriggerMessage") },
  ComposerFixture.scene("composer-choices") { state in
    state.choose("TriggerMessage")
    state.press(.enter)
    state.type("me")
  },
  ComposerFixture.scene("composer-fault") { state in
    state.choose("TriggerMessage")
    state.press(.down, .enter)
    state.type("x")
  },
  ComposerFixture.scene("composer-required") { state in
    state.choose("SetVariables")
    state.press(.down, .down)
  },
  ComposerFixture.scene("composer-json") { state in
    state.choose("SetVariables")
    state.fillVariable()
    state.press(.ctrl("r"))
  },
  ComposerFixture.scene("composer-send") { state in
    state.choose("TriggerMessage")
    state.press(.enter, .enter, .ctrl("s"))
  },
  ComposerFixture.scene("composer-refused") { state in
    state.choose("Reset")
    state.press(.enter, .enter, .ctrl("s"), .enter)
    state.reply(
      .failure(
        .refused(
          "A car charges at \(identity). To send Reset all the same, give a reason with"
            + " --override.")))
    state.type("agreed with the driver")
  },
  ComposerFixture.scene("composer-answer") { state in
    state.choose("SetVariables")
    state.fillVariable()
    state.press(.ctrl("s"), .enter)
    state.reply(.success(Outcome(message: ComposerFixture.answer)))
  },
  ComposerFixture.scene("composer-never-connected", speaks: nil) { _ in },
]

let scenes =
  dashboards + fleets + chargers + campaigns + waves + registers + traffics + composers + overlays

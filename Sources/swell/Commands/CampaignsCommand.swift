import Control
import Fleet
import Rollout

/// `swell plan`.
enum PlanCommand {
  static let all: [CommandInfo] = [
    CommandInfo(
      "plan", "NAME [--filter TERMS]", "make a campaign: a canary wave, then growing ones",
      [
        Workplace.option, FilterText.option,
        OptionInfo("playbook", "NAME|FILE", "in-place when left out"),
        OptionInfo("dry-run", nil, "show the plan, store nothing"),
        OptionInfo("preview", nil, "lay the plan out in time; stores nothing"),
        OptionInfo("gantt", nil, "the preview as bars over time; stores nothing"),
        OptionInfo("compare", nil, "2.0.1 beside 2.1 for the same chargers; stores nothing"),
        OptionInfo("ascii", nil, "bars without a letter beyond ASCII"), Out.tableOrJSON,
      ], run: plan)
  ]

  private static func plan(_ arguments: inout Arguments) throws {
    let name = try arguments.word(0, "a name")
    try arguments.noMoreWords(than: 1)
    let lays = arguments.has("preview") || arguments.has("gantt") || arguments.has("compare")
    let place = try Workplace(arguments)
    var request = PlanRequest(
      name: name, playbook: try StockContent.playbook(arguments["playbook"] ?? "in-place"),
      selection: try FilterText.checked(arguments["filter"], place),
      dryRun: arguments.has("dry-run") || lays)
    request.lays = lays ? true : nil
    if arguments.has("compare") { return try compare(request, place, arguments) }
    let outcome = try place.perform(.plan(request))
    if Out.wantsJSON(arguments) { return try Out.json(outcome) }
    if let plan = outcome.plan, let schedule = plan.schedule, arguments.has("gantt") {
      for line in PlanPreview(preview: schedule, isASCII: arguments.has("ascii")).gantt {
        Out.line(line)
      }
      return Out.line("plan \(plan.planHash.prefix(12)), \(plan.chargers) chargers")
    }
    if let plan = outcome.plan { show(plan) }
    if let schedule = outcome.plan?.schedule {
      Out.line("")
      PlanPreview(preview: schedule).show()
    }
    Out.line(outcome.message)
  }

  /// One target beside the other.
  private struct Comparison: Encodable {
    var target: String
    var plan: PlanView?
    /// Why there is no plan.
    var refused: String?
  }

  private static func compare(
    _ request: PlanRequest, _ place: Workplace, _ arguments: Arguments
  ) throws {
    guard request.playbook.route != .rollBack else {
      throw UsageError(
        "The playbook \(request.playbook.name) goes back to 1.6: nothing to compare.")
    }
    let found = try [ProtocolVersion.ocpp201, .ocpp21].map { target in
      var request = request
      request.playbook.target = target
      do {
        let plan = try place.perform(.plan(request)).plan
        return Comparison(target: target.label, plan: plan, refused: nil)
      } catch ControlError.refused(let why) {
        return Comparison(target: target.label, plan: nil, refused: why)
      }
    }
    if Out.wantsJSON(arguments) { return try Out.json(found) }
    func row(_ name: String, _ text: (Comparison) -> String) -> [String] {
      [name] + found.map(text)
    }
    let verdicts = Set(found.flatMap { $0.plan?.leftOut.map(\.verdict) ?? [] })
      .sorted { $0.label < $1.label }
    Out.table(
      [""] + found.map(\.target),
      [
        row("can go", { "\($0.plan?.chargers ?? 0)" }),
        row("done", { $0.plan?.schedule?.done.map { Out.time($0) } ?? "never" }),
        row("P90", { $0.plan?.schedule?.late.map { Out.time($0) } ?? "-" }),
        row(
          "no plan takes less than",
          { $0.plan?.schedule.map { PlanPreview.span($0.bound) } ?? "-" }),
        row(
          "mobile data", { $0.plan?.schedule?.cost.map { "\(Figure.spelt($0))" } ?? "-" }),
      ]
        + verdicts.map { verdict in
          row("missing: \(verdict.label)") { side in
            "\(side.plan?.leftOut.first { $0.verdict == verdict }?.count ?? 0)"
          }
        })
    for side in found { if let why = side.refused { Out.line("\(side.target): \(why)") } }
  }

  static func show(_ plan: PlanView) {
    let waves = plan.strata.map(\.waves.count).max() ?? 0
    Out.table(
      ["STRATUM"] + (0..<waves).map { $0 == 0 ? "CANARY" : "WAVE \($0 + 1)" },
      plan.strata.map { stratum in
        [stratum.label]
          + (0..<waves).map { $0 < stratum.waves.count ? String(stratum.waves[$0]) : "" }
      }, right: Set(1...max(1, waves)))
    Out.line("")
    for left in plan.leftOut { Out.line("left out: \(left.count) \(left.verdict.label)") }
    for warning in plan.warnings { Out.line("note: \(warning)") }
    Out.line("plan \(plan.planHash.prefix(12)), \(plan.chargers) chargers")
  }
}

/// `swell campaigns …`.
enum CampaignsCommand {
  private static let reason = OptionInfo("reason", "TEXT", "why; kept in the audit")

  static let all: [CommandInfo] = [
    CommandInfo("campaigns list", "", "all campaigns", [Workplace.option, Out.option], run: list),
    CommandInfo(
      "campaigns show", "NAME", "strata, gates and waves of a campaign",
      [Workplace.option, Out.tableOrJSON],
      run: show),
    CampaignDiff.info,
    CommandInfo(
      "campaigns forecast", "NAME", "when a campaign will be done, and what that rests on",
      [Workplace.option, Out.tableOrJSON], run: showForecast),
    CommandInfo(
      "campaigns upgrades", "NAME", "each charger of a campaign", [Workplace.option, Out.option],
      run: upgrades),
    CommandInfo(
      "campaigns approve", "NAME [--plan HASH]", "approve a plan",
      [
        Workplace.option,
        OptionInfo("plan", "HASH", "the plan that was looked at; 8 digits suffice"),
      ]
    ) { arguments in
      try perform(.approve(campaign: try name(arguments), planHash: arguments["plan"]), arguments)
    },
    CommandInfo("campaigns start", "NAME", "let an approved campaign run", [Workplace.option]) {
      arguments in
      try perform(.start(campaign: try name(arguments)), arguments)
    },
    CommandInfo("campaigns hold", "NAME", "send nothing new", [Workplace.option, reason]) {
      arguments in
      try perform(
        .hold(campaign: try name(arguments), reason: arguments["reason"] ?? ""), arguments)
    },
    CommandInfo(
      "campaigns recall", "NAME --reason TEXT",
      "hold, and take back what can still be cancelled: drivers get their connectors",
      [Workplace.option, reason]
    ) { arguments in
      try perform(
        .recall(campaign: try name(arguments), reason: try arguments.required("reason")), arguments)
    },
    CommandInfo("campaigns resume", "NAME", "end a hold", [Workplace.option, reason]) { arguments in
      try perform(
        .resume(campaign: try name(arguments), reason: arguments["reason"] ?? ""), arguments)
    },
    CommandInfo(
      "campaigns abort", "NAME --confirm NAME --reason TEXT",
      "end a campaign at each charger's next safe point",
      [Workplace.option, OptionInfo("confirm", "NAME", "the campaign's name once more"), reason]
    ) { arguments in
      let name = try name(arguments)
      guard arguments["confirm"] == name else {
        throw UsageError("An abort can't be undone: say --confirm \(name).")
      }
      try perform(.abort(campaign: name, reason: try arguments.required("reason")), arguments)
    },
    CommandInfo(
      "campaigns override", "NAME --stratum LABEL --reason TEXT",
      "let a stratum go on although its gate did not pass",
      [Workplace.option, OptionInfo("stratum", "LABEL", "its label, or a part of it"), reason]
    ) { arguments in
      try perform(
        .overrideGate(
          campaign: try name(arguments), stratum: try arguments.required("stratum"),
          reason: try arguments.required("reason")), arguments)
    },
    CommandInfo(
      "campaigns stop-stratum", "NAME --stratum LABEL --reason TEXT",
      "end a stratum: the rest of it stays on 1.6",
      [Workplace.option, OptionInfo("stratum", "LABEL", "its label, or a part of it"), reason]
    ) { arguments in
      try perform(
        .stopStratum(
          campaign: try name(arguments), stratum: try arguments.required("stratum"),
          reason: try arguments.required("reason")), arguments)
    },
    CommandInfo("hold", "", "hold every running campaign", [Workplace.option, reason]) {
      arguments in
      try perform(.holdEverything(reason: arguments["reason"] ?? ""), arguments)
    },
  ]

  private static func name(_ arguments: Arguments) throws -> String {
    try arguments.noMoreWords(than: 1)
    return try arguments.word(0, "a campaign")
  }

  private static func perform(_ command: Command, _ arguments: Arguments) throws {
    Out.line(try Workplace(arguments).perform(command).message)
  }

  private static func list(_ arguments: inout Arguments) throws {
    guard case .campaigns(let campaigns) = try Workplace(arguments).ask(.campaigns) else { return }
    try Listing.show(
      campaigns, arguments,
      [
        "CAMPAIGN", "STATUS", "TO", "CHARGERS", "MIGRATED", "IN FLIGHT", "TO GO", "FAILED",
        "QUARANTINED", "LEFT OUT", "DONE",
      ],
      right: [3, 4, 5, 6, 7, 8, 9]
    ) { c in
      [c.name, c.status.rawValue, c.target.label]
        + [c.total, c.migrated, c.inFlight, c.toGo, c.failed, c.quarantined, c.leftOut]
        .map(String.init) + [c.forecast.map(forecast) ?? "-"]
    }
  }

  private static func show(_ arguments: inout Arguments) throws {
    let name = try name(arguments)
    guard case .campaign(let found) = try Workplace(arguments).ask(.campaign(name)), let found
    else {
      throw ControlError.unknownCampaign(name)
    }
    if Out.wantsJSON(arguments) { return try Out.json(found) }
    let summary = found.summary
    Out.line(
      "\(summary.name)   \(summary.status.rawValue)   to \(summary.target.label)   plan \(summary.planHash.prefix(12))"
    )
    Out.line(
      "planned by \(found.author)\(found.approver.map { ", approved by \($0)" } ?? "")   selection \(found.selection.isEmpty ? "all that are ready" : found.selection)"
    )
    if let staying = summary.staying, staying > 0 {
      Out.line(
        "\(staying) more \(staying == 1 ? "was" : "were") selected and not taken: swell campaigns report \(summary.name.shellWord) says why"
      )
    }
    if let started = summary.startedAt { Out.line("started \(Out.time(started))") }
    if let stalled = summary.stalled { Out.line("nothing begins: \(stalled)") }
    if let known = summary.forecast { Out.line("done \(forecast(known))") }
    Out.line("")
    Out.table(
      ["STRATUM", "CHARGERS", "STATE", "GATE"],
      found.strata.map { stratum in
        [
          stratum.label, String(stratum.size), state(stratum.state),
          stratum.verdict?.sentence ?? "-",
        ]
      }, right: [1])
    Out.line("")
    Out.table(
      ["WAVE", "SIZE", "ENDED", "IN FLIGHT"],
      summary.waves.map {
        [String($0.number), String($0.size), String($0.ended), String($0.inFlight)]
      },
      right: [0, 1, 2, 3])
    if !summary.failures.isEmpty {
      Out.line("")
      Out.table(
        ["FAILED", "CHARGERS"], summary.failures.map { [$0.reason, String($0.count)] }, right: [1])
    }
  }

  /// `2026-03-12 04:10:00, at the pace of …`, or why it can't be said.
  static func forecast(_ forecast: Forecast) -> String {
    forecast.done.map { done in
      let late = forecast.late.map { " (P90 \(Out.time($0)))" } ?? ""
      return "\(Out.time(done))\(late), \(forecast.basis)"
    } ?? "unknown: \(forecast.basis)"
  }

  private static func showForecast(_ arguments: inout Arguments) throws {
    let name = try name(arguments)
    guard case .campaign(let found) = try Workplace(arguments).ask(.campaign(name)), let found
    else { throw ControlError.unknownCampaign(name) }
    if Out.wantsJSON(arguments) { return try Out.json(found.summary.forecast) }
    guard let known = found.summary.forecast else {
      return Out.line("\(name) is \(found.summary.status.rawValue): there is nothing to forecast.")
    }
    if let done = known.done {
      Out.line("done \(Out.time(done))")
      if let late = known.late { Out.line("P90  \(Out.time(late))") }
    }
    Out.line(known.basis)
  }

  static func state(_ state: StratumProgress.State) -> String {
    switch state {
    case .open(let wave): "wave \(wave) open"
    case .waiting(let wave, let verdict):
      verdict.awaitsApproval == true
        ? "wave \(wave) passed: waits for an approval"
        : "wave \(wave) \(verdict.word.rawValue): waits for a decision"
    case .finished: "finished"
    case .stopped: "stopped"
    }
  }

  private static func upgrades(_ arguments: inout Arguments) throws {
    guard
      case .upgrades(let rows) = try Workplace(arguments).ask(
        .upgrades(campaign: try name(arguments)))
    else { return }
    try Listing.show(
      rows, arguments, ["CHARGER", "SITE", "WAVE", "STRATUM", "PHASE", "SINCE", "DETAIL"],
      right: [2]
    ) {
      [
        $0.identity, $0.site, String($0.wave), $0.stratum, $0.phase.label, Out.time($0.since),
        $0.detail,
      ]
    }
  }
}

/// `swell status`: the dashboard for a script.
enum StatusCommand {
  static let info = CommandInfo(
    "status", "", "the dashboard in words", [Workplace.option, Out.tableOrJSON]
  ) { arguments in
    let place = try Workplace(arguments)
    guard case .dashboard(let board) = try place.ask(.dashboard) else { return }
    if Out.wantsJSON(arguments) {
      return try Out.json(StatusReport(board: board, engine: try EngineStatus(place)))
    }
    for line in try EngineWords.lines(place) { Out.line(line) }
    Out.line("\(board.chargers) chargers, \(board.online) online")
    for need in board.needsYou { Out.line("needs you: \(need.text)") }
    for campaign in board.campaigns {
      Out.line(
        "campaign \(campaign.name), \(campaign.status.rawValue): \(campaign.migrated) of \(campaign.total) migrated, "
          + "\(campaign.inFlight) in flight, \(campaign.toGo) to go, \(campaign.failed) failed"
          + (campaign.forecast.map { "; done \(CampaignsCommand.forecast($0))" } ?? ""))
    }
    Out.line("")
    Out.table(
      ["PROTOCOL", "CHARGERS", "IN 7 DAYS"],
      board.versions.map { [$0.label, String($0.count), change($0.change)] }
        + [["held on 1.6", String(board.held), change(board.heldChange)]], right: [1, 2])
    Out.line("")
    Out.table(
      ["READY", "CHARGERS"], board.verdicts.map { [$0.verdict.label, String($0.count)] }, right: [1]
    )
    if !board.failures.isEmpty {
      Out.line("")
      Out.table(
        ["FAILED, LAST 7 DAYS", "CHARGERS"], board.failures.map { [$0.reason, String($0.count)] },
        right: [1])
    }
  }

  private static func change(_ change: Int?) -> String {
    change.map { $0 > 0 ? "+\($0)" : String($0) } ?? "-"
  }
}

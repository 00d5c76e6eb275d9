import Canvas
import Control
import Fleet
import Rollout

/// What campaigns, strata and waves do, in words that need no manual.
extension ConsoleState {
  /// The state of a campaign in one or two words, for tables.
  func shortState(of campaign: CampaignSummary) -> Text {
    switch campaign.status {
    case .draft: return Text("draft", .warning)
    case .approved: return Text("approved", .warning)
    case .running:
      if engine == nil { return Text("no engine", .bad) }
      if campaign.waitingWave != nil { return Text("waits for you", .bad) }
      return campaign.stalled == nil ? Text("running", .good) : Text("stalled", .warning)
    case .held: return Text("held", .warning)
    case .aborting: return Text("aborting", .warning)
    case .aborted: return Text("aborted", .dim)
    case .finished: return Text("finished", .good)
    }
  }

  /// The state of a campaign in a sentence that a manager reads right.
  func state(of campaign: CampaignSummary) -> Text {
    switch campaign.status {
    case .draft: return Text("draft: waits for its approval", .warning)
    case .approved: return Text("approved: waits for its start", .warning)
    case .running:
      if engine == nil { return Text("stands still: no engine is running", .bad) }
      if let wave = campaign.waitingWave {
        let and = campaign.inFlight > 0 ? "running; " : ""
        return Text("\(and)wave \(wave) waits for you", .bad)
      }
      if let stalled = campaign.stalled {
        return Text("nothing can begin: \(say(stalled))", .warning)
      }
      return Text("running", .good)
    case .held:
      if let why = campaign.stalled { return Text("held: \(say(why))", .warning) }
      let rest = campaign.inFlight > 0 ? "\(grouped(campaign.inFlight)) finish, " : ""
      return Text("held: \(rest)nothing new begins", .warning)
    case .aborting:
      return Text("being aborted: \(grouped(campaign.inFlight)) still under way", .warning)
    case .aborted:
      return Text(
        campaign.endedAt.map { "aborted, over since " + setup.time.moment($0, now: now) }
          ?? "aborted", .warning)
    case .finished:
      return Text(
        campaign.endedAt.map { "finished " + setup.time.moment($0, now: now) } ?? "finished",
        .good)
    }
  }

  /// What there is to say of a campaign's end: the label, a moment or a step, what it rests on.
  struct Ending: Equatable {
    var label: String
    /// Empty: `basis` is all there is.
    var day = Text("")
    var basis = ""

    /// `done about 12 Mar (P90 2 Apr), 31 in the last 24 h`, `next: S starts it`
    var sentence: String {
      label + (isStep || day.text.isEmpty ? ": " : " ")
        + [day.text, basis].filter { !$0.isEmpty }.joined(separator: ", ")
    }
    /// Whether it is what a person has to do.
    var isStep = false
  }

  /// nil when nothing is known of it.
  func ending(of campaign: CampaignSummary) -> Ending? {
    switch campaign.status {
    case .draft:
      return Ending(label: "next", day: Text("A approves its plan", .warning), isStep: true)
    case .approved: return Ending(label: "next", day: Text("S starts it", .warning), isStep: true)
    case .finished, .aborted:
      guard let began = campaign.startedAt, let ended = campaign.endedAt, began <= ended else {
        return nil
      }
      return Ending(
        label: "took", day: Text(LocalTime.words(ended - began)),
        basis: "from " + setup.time.moment(began, now: now))
    case .running, .held, .aborting: break
    }
    if engine == nil { return Ending(label: "no date", basis: "no engine is running") }
    guard let forecast = campaign.forecast else { return nil }
    guard forecast.done != nil else { return Ending(label: "no date", basis: say(forecast.basis)) }
    return Ending(
      label: "done about", day: Text(done(campaign, width: .max).text, .accent),
      basis: say(forecast.basis))
  }

  /// The moment of a campaign's end, for a column: `12 Mar (P90 2 Apr)`; without its latest where
  /// that does not fit.
  func done(_ campaign: CampaignSummary, width: Int) -> Text {
    switch campaign.status {
    case .draft, .approved: return Text(setup.glyphs.idle, .dim)
    case .finished, .aborted:
      return campaign.endedAt.map {
        Text(setup.time.moment($0, now: now), campaign.status == .finished ? .good : .dim)
      } ?? Text(setup.glyphs.idle, .dim)
    case .running, .held, .aborting: break
    }
    guard engine != nil, let forecast = campaign.forecast, let day = forecast.done else {
      return Text("?", .dim)
    }
    let away = day - now
    // A day without a year must be less than a year away.
    let far = away > .hours(24 * 330) ? " (in \(away.milliseconds / 86_400_000) d)" : ""
    let text = setup.time.moment(day, now: now) + far
    let late = forecast.late.map { " (P90 \(setup.time.moment($0, now: now)))" } ?? ""
    return Text(displayWidth(text + late) <= width ? text + late : text, .accent)
  }

  /// A wave in a few columns: `3 412/1 000`, `4 ✗ gate`.
  func word(of wave: WaveSummary) -> Text {
    let glyphs = setup.glyphs
    if wave.waiting { return Text("\(wave.number) \(glyphs.cross) gate", .bad) }
    if wave.ended >= wave.size {
      if let by = wave.overriddenBy {
        return Text("\(wave.number) \(glyphs.tick) by \(say(by))", .warning)
      }
      return Text("\(wave.number) \(glyphs.tick)", .good)
    }
    if wave.ended + wave.inFlight > 0 {
      return Text("\(wave.number): \(grouped(wave.ended))/\(grouped(wave.size))", .accent)
    }
    return Text("\(wave.number) \(glyphs.idle)", .dim)
  }

  /// The state of a wave in words.
  func state(of wave: WaveSummary, in campaign: CampaignSummary) -> Text {
    if wave.waiting { return Text("gate waits for you", .bad) }
    // What an abort left out has ended, too, and is not done.
    if campaign.status == .aborted { return Text("ended", .warning) }
    if wave.ended >= wave.size {
      if let by = wave.overriddenBy { return Text("let on by \(say(by))", .warning) }
      return Text("done", .good)
    }
    let begun = wave.ended + wave.inFlight > 0
    switch campaign.status {
    case .running where engine == nil && begun: return Text("stands still", .bad)
    case .running: return begun ? Text("under way", .accent) : Text("to come", .dim)
    case .held: return begun ? Text("held", .warning) : Text("to come", .dim)
    case .aborting, .aborted, .finished: return Text(begun ? "ended" : "did not run", .warning)
    case .draft, .approved: return Text("to come", .dim)
    }
  }

  /// Where a stratum stands, without its numbers.
  func state(of stratum: StratumProgress.State) -> Text {
    switch stratum {
    case .open(let wave): return Text("in wave \(wave)", .accent)
    case .waiting(let wave, let verdict):
      if verdict.awaitsApproval == true {
        return Text("? gate of wave \(wave) waits for you", .warning)
      }
      return verdict.word == .fail
        ? Text("\(setup.glyphs.cross) gate of wave \(wave) failed", .bad)
        : Text("? gate of wave \(wave) undecided", .warning)
    case .finished: return Text("\(setup.glyphs.tick) done", .good)
    case .stopped: return Text("stopped", .warning)
    }
  }

  /// What a stratum's gates came to so far: a person's word before that of the numbers.
  func gate(of stratum: CampaignDetail.StratumRow) -> Text {
    let overrides = stratum.decisions.filter(\.isOverride).map { say($0.deed) }
    switch stratum.state {
    case .waiting(_, let verdict): return Text(say(verdict.sentence), word(of: verdict).style)
    case .open(let wave):
      if let last = overrides.last { return Text(last, .warning) }
      return wave > 1
        ? Text("passed after wave \(wave - 1)", .good)
        : Text("judged when wave 1 has ended", .dim)
    case .finished, .stopped:
      if let last = overrides.last { return Text(last, .warning) }
      return Text("no gate is left", .dim)
    }
  }

  /// A gate's word, with its mark.
  func word(of verdict: GateVerdict) -> Text {
    switch verdict.word {
    case .pass: Text("\(setup.glyphs.tick) passes", .good)
    case .fail: Text("\(setup.glyphs.cross) fails", .bad)
    case .inconclusive: Text("? not enough yet", .warning)
    }
  }

  /// Those that need or do something first, those that are over last; the newest first.
  func byUrgency(_ campaigns: [CampaignSummary]) -> [CampaignSummary] {
    campaigns.sorted { ($0.urgency, $1.id) < ($1.urgency, $0.id) }
  }
}

extension Decision {
  /// `ann let it go on after wave 1`
  var deed: String { "\(by) let it go on after wave \(wave)" }
}

extension CampaignSummary {
  /// The first wave whose gate waits for a person.
  var waitingWave: Int? { waves.first(where: \.waiting)?.number }

  /// 0 first.
  fileprivate var urgency: Int {
    switch status {
    case .running: waitingWave == nil ? 1 : 0
    case .held, .aborting: 2
    case .approved, .draft: 3
    case .finished, .aborted: 4
    }
  }

  /// Ended without success for a reason in the build or the charger.
  var lost: Int { failed + quarantined }
}

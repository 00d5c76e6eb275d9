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
    case .aborted: return Text("aborted", .warning)
    case .finished:
      return Text(
        campaign.forecast?.done.map { "finished " + setup.time.day($0) } ?? "finished", .good)
    }
  }

  /// When a campaign will be done: a day, and what the day rests on.
  func done(_ campaign: CampaignSummary) -> (day: Text, basis: String) {
    switch campaign.status {
    case .finished: return (Text(campaign.forecast?.done.map(setup.time.day) ?? "done", .good), "")
    case .aborted: return (Text("never", .dim), "")
    case .draft, .approved: return (Text("not begun", .dim), "")
    case .running, .held, .aborting: break
    }
    if engine == nil { return (Text("not said", .warning), "no engine is running") }
    guard let forecast = campaign.forecast else { return (Text("not said", .dim), "") }
    guard let day = forecast.done else { return (Text("not said", .warning), say(forecast.basis)) }
    let away = day - now
    // A day without a year must be less than a year away.
    let far = away > .hours(24 * 330) ? " (in \(away.milliseconds / 86_400_000) d)" : ""
    let short = setup.time.short(day, now: now)
    let text = short.contains(":") ? "today " + short : short + far
    let late = forecast.late.map { " (P90 \(setup.time.short($0, now: now)))" } ?? ""
    return (Text(text + late, .accent), say(forecast.basis))
  }

  /// A wave in a few columns: `3 412/1 000`, `4 ✗ gate`.
  func word(of wave: WaveSummary) -> Text {
    let glyphs = setup.glyphs
    if wave.waiting { return Text("\(wave.number) \(glyphs.cross) gate", .bad) }
    if wave.ended >= wave.size { return Text("\(wave.number) \(glyphs.tick)", .good) }
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
    if wave.ended >= wave.size { return Text("done", .good) }
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

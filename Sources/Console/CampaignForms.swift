import Canvas
import Control
import Fleet
import Rollout

/// Forms about campaigns, their strata and gates.
extension ConsoleState {
  func form(_ action: CampaignAction, on summary: CampaignSummary) -> Form {
    var form = Form(title: "", purpose: .campaign(action, name: summary.name))
    var verb = ""
    func ask(_ title: String, _ lines: [String], _ fields: [Form.Field] = []) {
      verb = title
      form.title = "\(summary.name) · \(title)"
      form.lines = lines
      form.fields = fields
    }
    func confirm(by word: String) {
      form.word = word
      form.fields.append(Form.Field(label: "type \(word)"))
    }
    let reason = Form.Field(label: "reason")
    let optional = Form.Field(label: "reason", isOptional: true)
    let flying =
      summary.inFlight == 0
      ? "Nothing is in flight."
      : "\(grouped(summary.inFlight)) in flight go on to their next safe point."
    switch action {
    case .approve(let planHash):
      ask(
        "approve",
        scope(of: summary) + ["Plan \(planHash.prefix(12)). Nothing is sent before it is started."])
      confirm(by: String(summary.total))
    case .start:
      ask(
        "start",
        scope(of: summary) + [
          "Wave 1 begins in each site's window; later waves wait for their gates. Hold: h, any time."
        ])
      confirm(by: String(summary.total))
    case .hold:
      ask("hold", ["Nothing new is sent. \(flying) Resume: r, any time."], [optional])
    case .resume:
      ask(
        "resume", ["\(grouped(summary.toGo)) have not begun and may begin again. Hold: h."],
        [optional])
    case .recall:
      ask(
        "recall",
        [
          "A hold that also takes back what can be cancelled: chargers that wait to be free go back"
            + " to planned, drivers get their connectors. \(flying) Resume: r, any time."
        ], [optional])
      confirm(by: summary.name)
    case .abort:
      ask(
        "abort",
        [
          "Ends the campaign for good: \(grouped(summary.toGo)) that have not begun stay as they"
            + " are, \(grouped(summary.migrated)) migrated stay migrated. \(flying)"
            + " This can't be undone; another campaign can be planned."
        ], [reason])
      confirm(by: summary.name)
    }
    form.focus = form.fields.isEmpty ? -1 : 0
    form.offer(verb)
    return form
  }

  /// Whom a campaign touches, and whom it leaves out.
  private func scope(of summary: CampaignSummary) -> [String] {
    let waves = summary.waves.map { grouped($0.size) }
    let sizes = waves.prefix(6).joined(separator: ", ") + (waves.count > 6 ? ", …" : "")
    var lines = [
      "\(grouped(summary.total)) chargers to \(summary.target.label) in"
        + " \(waves.count) wave\(waves.count == 1 ? "" : "s") of \(sizes)."
    ]
    if summary.leftOut > 0 { lines[0] += " \(grouped(summary.leftOut)) left out." }
    if let campaign, campaign.summary.name == summary.name {
      for stratum in campaign.strata.prefix(4) {
        lines.append("\(stratum.label): \(grouped(stratum.size))")
      }
      let more = campaign.strata.count - 4
      if more > 0 { lines.append("and \(more) more strata") }
      let all = campaign.selection.isEmpty ? "every charger" : campaign.selection
      lines.append("Planned by \(campaign.author) for: \(all.prefix(120))")
    }
    return lines
  }

  /// - Parameter campaign: the name of the campaign on top.
  func form(_ action: StratumAction, campaign: String) -> Form {
    let isOverride = action == .override
    let found = lettered(strata).filter { isOverride ? $0.0.isWaiting : !$0.0.isOver }
    var form = Form(
      title: "\(campaign) · " + (isOverride ? "override gate" : "stop stratum"),
      fields: [Form.Field(label: "reason")],
      purpose: .stratum(action, campaign: campaign, found.map(\.0.label)))
    for (stratum, letter) in found {
      let numbers = stratum.sentences.first.map { ": " + $0 } ?? ""
      form.choices.append(.init(key: letter, text: stratum.label + numbers))
    }
    if found.count == 1 {
      form.lines = found[0].0.sentences
      form.choices[0].text = found[0].0.label
      form.chosen = 0
    }
    if isOverride {
      form.lines.append(
        "It goes on to the next wave although its gate did not pass; your name and reason are kept."
      )
    } else {
      form.lines.append(
        "What has not begun stays on 1.6; what is in flight ends. This can't be undone;"
          + " another campaign can plan it again.")
      form.word = "stop"
      form.fields.append(Form.Field(label: "type stop"))
    }
    form.offer(isOverride ? "override" : "stop")
    return form
  }

  /// Each stratum with the letter that chooses it: its own, however few are left to choose among.
  private func lettered(_ strata: [StratumSubject]) -> [(StratumSubject, Character)] {
    Array(
      zip(strata, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))
  }

  /// Why the gates of the wave stand as they do.
  var gatesForm: Form? {
    guard let wave else { return nil }
    var lines: [String] = []
    for gate in wave.gates {
      lines.append("\(gate.stratum): \(Self.word(gate.state))")
      lines += gate.explanation.sentences
      lines += gate.decisions.map {
        "Wave \($0.wave): \($0.by) decided \(setup.time.day($0.at)): \($0.reason)"
      }
    }
    if lines.isEmpty { lines = ["No stratum has chargers in this wave."] }
    return Form(
      title: "\(wave.summary.name) · wave \(wave.number) · gates", lines: lines,
      keys: [Hint(key: "Esc", word: "close", rank: 0)], purpose: .read)
  }

  private static func word(_ state: StratumProgress.State) -> String {
    switch state {
    case .open(let wave): "wave \(wave) is open"
    case .waiting(let wave, _): "waits for a person after wave \(wave)"
    case .finished: "finished"
    case .stopped: "stopped"
    }
  }
}

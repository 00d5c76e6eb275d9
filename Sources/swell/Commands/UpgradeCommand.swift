import Control
import Fleet
import Rollout

/// `swell upgrade show`: a charger's upgrade in sentences.
enum UpgradeCommand {
  static let all = [
    CommandInfo(
      "upgrade show", "CHARGER", "what happened to a charger's upgrade and what happens next",
      [Workplace.option, Out.tableOrJSON], run: show)
  ]

  private static func show(_ arguments: inout Arguments) throws {
    let name = try arguments.word(0, "a charger")
    try arguments.noMoreWords(than: 1)
    let place = try Workplace(arguments)
    guard case .upgrade(let found) = try place.ask(.upgrade(charger: name)) else { return }
    guard let upgrade = found else {
      guard case .charger(let known) = try place.ask(.charger(name)), let known else {
        throw ControlError.unknownCharger(name)
      }
      throw Failure("\(known.row.identity) has never been in a campaign: see swell plan.")
    }
    if Out.wantsJSON(arguments) { return try Out.json(upgrade) }
    let row = upgrade.row
    Out.line(
      [
        row.identity, row.site, "campaign \(upgrade.campaign)", "wave \(row.wave)", row.stratum,
        upgrade.online ? "online" : "offline",
      ].filter { !$0.isEmpty }.joined(separator: "   "))
    Out.line("now   \(upgrade.explanation.now)")
    for sentence in upgrade.explanation.next { Out.line("next  \(sentence)") }
    if let failure = upgrade.failure {
      let detail = failure.detail.isEmpty ? "" : ": \(failure.detail)"
      Out.line("why   \(failure.reason.rawValue) while \(failure.phase.label)\(detail)")
    }
    if let continuity = upgrade.continuity {
      Out.line("")
      SessionsCommand.show(continuity)
    }
    if !upgrade.story.isEmpty {
      Out.line("")
      for line in upgrade.story { Out.line("\(Out.time(line.at))  \(line.text)") }
    }
    if !upgrade.attempts.isEmpty {
      Out.line("")
      Out.table(
        ["SENT", "ORDER", "ATTEMPT", "STATE", "EVIDENCE"],
        upgrade.attempts.map {
          [
            Out.time($0.writtenAt), $0.step, String($0.number), $0.state.label, $0.evidence,
          ]
        }, right: [2])
    }
  }
}

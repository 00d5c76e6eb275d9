import Control
import Fleet
import Rollout

/// `swell wave …`.
enum WaveCommand {
  static let all = [
    CommandInfo(
      "wave show", "CAMPAIGN N", "one wave: how far its chargers are, who failed, who waits",
      [Workplace.option, Out.tableOrJSON], run: show),
    CommandInfo(
      "wave why", "CAMPAIGN [N]",
      "why a gate passes or not, with its numbers; of all strata or of a wave's",
      [Workplace.option, Out.tableOrJSON], run: why),
    CommandInfo(
      "wave approve", "CAMPAIGN --stratum LABEL [--reason TEXT]",
      "open a gate that passed and, by its playbook, waits for a person",
      [
        Workplace.option, OptionInfo("stratum", "LABEL", "its label, or a part of it"),
        OptionInfo("reason", "TEXT", "why; kept in the audit"),
      ], run: approve),
    PowerCommand.info,
  ]

  private static func show(_ arguments: inout Arguments) throws {
    let wave = try wave(arguments, try number(arguments))
    if Out.wantsJSON(arguments) { return try Out.json(wave) }
    let summary = wave.summary
    Out.line(
      "\(summary.name)   wave \(wave.number) of \(summary.waves.count)   \(wave.size) chargers   "
        + summary.status.rawValue)
    if let stalled = summary.stalled { Out.line("nothing begins: \(stalled)") }
    for gate in wave.gates {
      Out.line("gate  \(gate.stratum): \(gate.explanation.verdict.sentence) (\(state(gate)))")
    }
    Out.line("")
    Out.table(
      ["STATE", "CHARGERS"], wave.funnel.map { [$0.label, String($0.count)] }, right: [1])
    list("FAILED", wave.failedCount, wave.failed)
    list("OUTCOME NOT KNOWN", wave.unknownCount, wave.unknown)
    list("KEPT WAITING", wave.deferredCount, wave.deferred)
  }

  private static func list(_ title: String, _ count: Int, _ rows: [UpgradeRow]) {
    if rows.isEmpty { return }
    Out.line("")
    Out.table(
      ["\(title) \(count)", "SITE", "SINCE", "WHY"],
      rows.map { [$0.identity, $0.site, Out.time($0.since), $0.detail] })
    if rows.count < count { Out.line("… and \(count - rows.count) more") }
  }

  private static func why(_ arguments: inout Arguments) throws {
    let gates: [GateDetail]
    if arguments.words.count > 1 {
      gates = try wave(arguments, try number(arguments)).gates
    } else {
      let name = try arguments.word(0, "a campaign")
      guard case .gates(let all) = try Workplace(arguments).ask(.gates(campaign: name)) else {
        return
      }
      gates = all
    }
    if Out.wantsJSON(arguments) { return try Out.json(gates) }
    for (index, gate) in gates.enumerated() {
      if index > 0 { Out.line("") }
      Out.line("\(gate.stratum)   \(state(gate))")
      for sentence in gate.explanation.sentences { Out.line("  \(sentence)") }
      let explained = gate.explanation
      let verdict = explained.verdict
      Out.line(
        "  done \(verdict.done)   failed \(verdict.failed)   at risk \(explained.atRisk) of "
          + "\(explained.allowance) allowed   not begun \(explained.planned)")
      for decision in gate.decisions {
        Out.line("  \(Out.time(decision.at))  \(decision.sentence)")
      }
    }
  }

  private static func approve(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 1)
    let command = Command.openGate(
      campaign: try arguments.word(0, "a campaign"), stratum: try arguments.required("stratum"),
      reason: arguments["reason"] ?? "")
    Out.line(try Workplace(arguments).perform(command).message)
  }

  private static func number(_ arguments: Arguments) throws -> Int {
    try arguments.noMoreWords(than: 2)
    let word = try arguments.word(1, "the number of a wave")
    guard let number = Int(word), number > 0 else {
      throw UsageError("\"\(word)\" is no number of a wave; they count from 1.")
    }
    return number
  }

  private static func wave(_ arguments: Arguments, _ number: Int) throws -> WaveDetail {
    let name = try arguments.word(0, "a campaign")
    let place = try Workplace(arguments)
    if case .wave(let found?) = try place.ask(.wave(campaign: name, number: number)) {
      return found
    }
    guard case .campaign(let campaign?) = try place.ask(.campaign(name)) else {
      throw ControlError.unknownCampaign(name)
    }
    throw Failure(
      "Campaign \(name) has no wave \(number); it has \(campaign.summary.waves.count).")
  }

  private static func state(_ gate: GateDetail) -> String { CampaignsCommand.state(gate.state) }
}

import Canvas
import Control
import Fleet
import Rollout

extension ConsoleAction {
  /// A command of the kind that comes of it, for the role it needs.
  var sample: Command? {
    switch self {
    case .holdEverything: .holdEverything(reason: "")
    case .plan:
      .plan(
        PlanRequest(
          name: "", playbook: Playbook(name: "", title: "", target: .ocpp201), selection: ""))
    case .importChargers: .importChargers(csv: "", source: "", dryRun: true)
    case .addFirmware:
      .addFirmware(
        Firmware(
          id: FirmwareID(rawValue: 0), model: "", version: "", protocols: [],
          location: .depot(path: "")))
    case .markEndOfLife: .markEndOfLife(charger: "", .other, evidence: "", replacement: "")
    case .undoEndOfLife: .undoEndOfLife(charger: "", reason: "")
    case .pin: .pin(charger: "", reason: "")
    case .note: .note(charger: "", text: "")
    case .repaired: .endQuarantine(charger: "", reason: "")
    case .acceptCharger: .accept(charger: "")
    case .rollBack: .rollBack(charger: "", reason: "")
    case .trace: .trace(charger: "", on: true)
    case .compose: .send(charger: "", action: "a message", payload: "", override: nil)
    case .approve: .approve(campaign: "", planHash: nil)
    case .start: .start(campaign: "")
    case .hold: .hold(campaign: "", reason: "")
    case .resume: .resume(campaign: "", reason: "")
    case .recall: .recall(campaign: "", reason: "")
    case .abort: .abort(campaign: "", reason: "")
    case .overrideGate: .overrideGate(campaign: "", stratum: "", reason: "")
    case .stopStratum: .stopStratum(campaign: "", stratum: "", reason: "")
    default: nil
    }
  }
}

extension ConsoleState {
  /// Whether an action can be done now; if not, why, and what would help.
  func availability(_ action: ConsoleAction) -> Availability {
    if let sample = action.sample {
      if let why = refusal(of: sample) { return .unavailable(why) }
      if action == .holdEverything {
        return isHolding ? .unavailable("Already asked to hold everything.") : .available
      }
      if work != nil {
        return .unavailable(
          "The last command is not answered yet; hold everything (H) always goes.")
      }
    }
    return whyNot(action).map { .unavailable($0) } ?? .available
  }

  /// Why nobody here may give such a command: no engine, or the role.
  func refusal(of command: Command) -> String? {
    if engine == nil {
      return "no engine: read-only. Next: swell serve --db \(setup.database)"
    }
    guard caller.role < command.role else { return nil }
    // Only the engine knows who has the role.
    return "Not allowed: \(command.word) needs the role \(command.role.label);"
      + " you are \(caller.role.label). Who may: swell roles list"
  }

  /// Why the state of things does not allow it.
  private func whyNot(_ action: ConsoleAction) -> String? {
    switch action {
    case .markEndOfLife, .undoEndOfLife, .pin, .note, .repaired, .acceptCharger, .rollBack:
      whyNotCharger(action)
    case .compose: charger == nil ? noRow : nil
    case .open where isOnTraffic: currentFrame == nil ? noRow : nil
    case .pauseTraffic: trafficLines.isEmpty && !isPaused ? noRow : nil
    case .trace: whyNotTrace
    case .composeSend, .composeRaw, .composeDrop: whyNotCompose(action)
    case .approve, .start, .hold, .resume, .recall, .abort, .overrideGate, .stopStratum:
      whyNotCampaign(action)
    case .plan:
      if screen != .fleet {
        "Plan: from the fleet (f), for what is marked or filtered there."
      } else if setup.playbooks.isEmpty {
        "Plan: no playbook is known here."
      } else {
        fleet.marked.isEmpty && (fleet.matching ?? 0) == 0 ? noRow : nil
      }
    case .mark, .markRange: fleet.current == nil ? noRow : nil
    case .markAll: (fleet.matching ?? 0) == 0 ? noRow : nil
    case .why: wave == nil ? "Why: of a wave (w), once it is here." : nil
    case .wave:
      liveWave == nil ? "No campaign runs, as far as is known here. Campaigns: c" : nil
    default: nil
    }
  }

  private func whyNotCompose(_ action: ConsoleAction) -> String? {
    guard let composer else { return nil }
    if composer.answer != nil { return "This is the answer. Enter: back to the message." }
    if composer.action == nil { return "Choose a message first." }
    if composer.choosing != nil { return "Choose one first, or leave the list: Esc" }
    return action == .composeDrop && composer.raw != nil
      ? "As JSON a field is left out by erasing it." : nil
  }

  private var whyNotTrace: String? {
    guard charger != nil else { return noRow }
    guard traffic != nil else { return "Still on its way." }
    return traffic?.traced == nil
      ? "The engine was told to trace every charger: swell serve --trace all" : nil
  }

  private func whyNotCharger(_ action: ConsoleAction) -> String? {
    guard chargerCount > 0 else { return noRow }
    guard let charger else {
      if action == .undoEndOfLife,
        fleet.marked.allSatisfy({
          fleet.verdict(ofMarked: $0).map { $0 != .endOfLife } ?? false
        })
      {
        return "None of the \(grouped(fleet.marked.count)) marked is end-of-life."
      }
      return action == .rollBack ? "Roll back: one at a time." : nil
    }
    let (name, verdict) = (charger.identity, charger.verdict)
    switch action {
    case .undoEndOfLife where verdict != nil && verdict != .endOfLife:
      return "\(name) is not marked end-of-life."
    case .repaired:
      // A mark or a pin speaks before a quarantine.
      let hides: [Readiness.Verdict?] = [nil, .quarantined, .endOfLife, .pinned]
      let isQuarantined = charger.detail.map { $0.quarantine != nil } ?? hides.contains(verdict)
      return isQuarantined ? nil : "\(name) is not quarantined."
    case .rollBack where charger.detail != nil && charger.detail?.upgrade == nil:
      return "\(name) is in no campaign: nothing to roll back."
    default: return nil
    }
  }

  private func whyNotCampaign(_ action: ConsoleAction) -> String? {
    guard let campaign = campaignSubject else {
      return "This is about a campaign: open one first (c)."
    }
    let (name, status) = (campaign.name, campaign.status)
    func only(_ fits: Bool, _ word: String, _ help: String = "") -> String? {
      fits ? nil : "\(word): \(name) is \(status.rawValue)\(help)."
    }
    switch action {
    case .approve:
      return only(status == .draft, "Approve")
    case .start:
      return only(status == .approved, "Start", status == .draft ? ", not approved yet" : "")
    case .hold: return only(status == .running, "Hold")
    case .resume:
      return only(
        status == .held, "Resume", status == .running ? "; a gate that waits is overridden: o" : "")
    case .recall: return only(status == .running || status == .held, "Recall")
    case .abort:
      return only(![.aborting, .aborted, .finished].contains(status), "Abort")
    case .overrideGate:
      if screen == .campaigns { return "Override: open the campaign first (Enter)." }
      return strata.contains(where: \.isWaiting)
        ? nil : "Override: no gate here waits for a decision."
    case .stopStratum:
      if screen == .campaigns { return "Stop: open the campaign first (Enter)." }
      return strata.contains { !$0.isOver } ? nil : "Stop: every stratum here has ended."
    default: return nil
    }
  }

  /// Why there is nothing under the pointer.
  var noRow: String {
    switch screen {
    case .dashboard where dashboard != nil: "Nothing needs you."
    case .fleet where fleet.matching != 0: "This row is still on its way."
    case .fleet: "There is no charger in this list."
    case .charger:
      missing == screen ? "This charger is not in the inventory." : "Still on its way."
    case .campaigns where campaigns != nil: "There is no campaign yet; plan one from the fleet: f"
    case .campaign where campaign != nil: "It has no waves."
    case .wave where wave != nil: "No charger is listed here."
    case .endOfLife where rowCount == 0 && endOfLife != nil: "There is no charger in this list."
    case .audit, .firmware: "Nothing to open here."
    case .messages(nil) where traffic != nil: "Choose a charger first: f, then m on it."
    case .messages where traffic != nil: "There is no message here."
    default: "This is still on its way."
    }
  }
}

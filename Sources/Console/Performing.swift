import Canvas
import Control
import Fleet

/// Commands under way: one is sent after the other, so that a person can still stop.
struct Work: Sendable, Equatable {
  var current: Command
  /// Not sent yet, the next one last.
  var rest: [Command]
  let total: Int
  var done = 0
  var refused = 0
  var firstRefusal: ControlError?

  /// - Returns: nil when there is nothing to do.
  init?(_ commands: [Command]) {
    guard let first = commands.first else { return nil }
    current = first
    rest = commands.dropFirst().reversed()
    total = commands.count
  }

  var progress: String {
    "\(grouped(done + refused)) of \(grouped(total))"
      + (refused > 0 ? ", \(grouped(refused)) refused" : "")
  }
}

extension ConsoleState {
  // MARK: Forms

  /// - Parameter isByEnter: whether Enter opened it.
  mutating func open(_ form: Form, isByEnter: Bool) {
    helpTop = nil
    self.form = form
    self.form?.isArmed = !isByEnter
  }

  mutating func editForm(_ key: Key) {
    guard var form, form.waiting == nil else { return }
    form.isArmed = true
    form.edit(key)
    self.form = withoutStaleImport(withoutStalePlan(form))
  }

  mutating func moveFocus(by step: Int) {
    guard let form, form.waiting == nil else { return }
    // Nothing to answer: what moves is the text.
    if form.fields.isEmpty, form.choices.isEmpty { return scrollForm(by: step) }
    self.form?.isArmed = true
    self.form?.moveFocus(by: step)
  }

  mutating func scrollForm(by step: Int) {
    guard let form else { return }
    let top = max(0, min(form.top + step, formOverflow))
    self.form?.top = top
  }

  /// Esc: leaves the form. Of several commands under way, what was not sent stays undone.
  mutating func dismissForm() {
    if form?.waiting != nil, let work, !work.rest.isEmpty {
      self.work?.rest = []
      form?.waiting = "Stopping after this one" + setup.glyphs.ellipsis
    } else {
      form = nil
    }
  }

  mutating func confirmForm() -> [ConsoleEffect] {
    guard let form, form.waiting == nil else { return [] }
    if form.purpose == .read {
      // Enter may have opened it; it harms nothing.
      self.form = nil
      return []
    }
    guard form.isArmed else {
      self.form?.problem = "Enter opened this: press another key first, space will do."
      return []
    }
    if let missing = form.missing {
      self.form?.complain(missing)
      return []
    }
    if form.purpose == .markAll {
      self.form = nil
      startMarking()
      return []
    }
    switch request(of: form) {
    case .failure(let problem):
      self.form?.problem = problem.text
      return []
    case .success(let request?):
      self.form?.problem = nil
      self.form?.reads = request
      self.form?.waiting = "Reading \(request.name)" + setup.glyphs.ellipsis
      return [.read(request)]
    case .success(nil): return begin(commands(of: form))
    }
  }

  /// The file that a form must have read before anything can be sent.
  private func request(of form: Form) -> Result<FileRequest?, FormProblem> {
    switch form.purpose {
    case .importChargers(nil): .success(.table(path: form.fields[0].text))
    case .addFirmware: firmware(of: form).map { _ in .image(path: form.fields[0].text) }
    default: .success(nil)
    }
  }

  /// Sends the commands of the form on top, one after the other.
  mutating func begin(_ commands: [Command]) -> [ConsoleEffect] {
    if let first = commands.first, let why = refusal(of: first) {
      self.form?.problem = why
      return []
    }
    guard work == nil else {
      self.form?.problem = "The last command is not answered yet."
      return []
    }
    guard let work = Work(commands) else { return [] }
    self.work = work
    self.form?.problem = nil
    self.form?.waiting =
      work.total > 1 ? work.progress : "Waiting for the engine" + setup.glyphs.ellipsis
    return [.perform(work.current)]
  }

  /// What a form that is filled in asks for.
  private func commands(of form: Form) -> [Command] {
    let texts = form.answers.map(\.text)
    let first = texts.first ?? ""
    switch form.purpose {
    case .read, .markAll, .addFirmware, .importChargers(nil): return []
    case .importChargers(let table?):
      return [.importChargers(csv: table.csv, source: table.source, dryRun: false)]
    case .chargers(let action, let identities):
      let reasons = EndOfLife.Reason.allCases
      let reason = form.chosen.flatMap { reasons.indices.contains($0) ? reasons[$0] : nil }
      return identities.map { charger in
        switch action {
        case .endOfLife:
          .markEndOfLife(
            charger: charger, reason ?? .other, evidence: first,
            replacement: texts.count > 1 ? texts[1] : "")
        case .undoEndOfLife: .undoEndOfLife(charger: charger, reason: first)
        case .pin: .pin(charger: charger, reason: first)
        case .unpin: .unpin(charger: charger, reason: first)
        case .note: .note(charger: charger, text: first)
        case .repaired: .endQuarantine(charger: charger, reason: first)
        case .accept: .accept(charger: charger)
        case .rollBack: .rollBack(charger: charger, reason: first)
        case .trace(let on): .trace(charger: charger, on: on)
        }
      }
    case .campaign(let action, let name):
      switch action {
      case .approve(let planHash): return [.approve(campaign: name, planHash: planHash)]
      case .start: return [.start(campaign: name)]
      case .hold: return [.hold(campaign: name, reason: first)]
      case .resume: return [.resume(campaign: name, reason: first)]
      case .recall: return [.recall(campaign: name, reason: first)]
      case .abort: return [.abort(campaign: name, reason: first)]
      }
    case .stratum(let action, let campaign, let strata):
      guard let chosen = form.chosen, strata.indices.contains(chosen) else { return [] }
      let stratum = strata[chosen]
      return switch action {
      case .override: [.overrideGate(campaign: campaign, stratum: stratum, reason: first)]
      case .stop: [.stopStratum(campaign: campaign, stratum: stratum, reason: first)]
      }
    case .send(let charger, let action, let payload):
      return [
        .send(
          charger: charger, action: action, payload: payload,
          override: first.isEmpty ? nil : first)
      ]
    case .plan(_, let shown):
      return planRequest(form, dryRun: shown == nil).map { [.plan($0)] } ?? []
    }
  }

  // MARK: Results

  mutating func takeResult(
    _ command: Command, _ result: Result<Outcome, ControlError>
  ) -> [ConsoleEffect] {
    if case .holdEverything = command {
      isHolding = false
      tell(result)
      seeAtOnce()
      return []
    }
    guard var work, work.current == command else { return [] }
    switch result {
    case .success:
      work.done += 1
      if let charger = command.charger { fleet.unmark(charger) }
    case .failure(let error):
      work.refused += 1
      work.firstRefusal = work.firstRefusal ?? error
      // The others would fail alike.
      if error.isForAll { work.rest = [] }
    }
    if let next = work.rest.popLast() {
      work.current = next
      self.work = work
      if form?.waiting != nil { form?.waiting = work.progress }
      return [.perform(next)]
    }
    self.work = nil
    seeAtOnce()
    if work.total > 1 { finish(work) } else { finish(command, result) }
    return []
  }

  private mutating func finish(_ command: Command, _ result: Result<Outcome, ControlError>) {
    let isShown = form?.waiting != nil
    form?.waiting = nil
    switch result {
    case .success(let outcome):
      if isShown, case .plan(let request) = command, request.dryRun, let plan = outcome.plan {
        return show(plan, of: request)
      }
      if isShown, case .importChargers(_, _, dryRun: true) = command {
        return show(outcome, of: command)
      }
      if isShown { form = nil }
      if case .send(let charger, let action, _, _) = command, isShown {
        return showAnswer(outcome.message, to: action, of: charger)
      }
      if case .plan(let request) = command, !request.dryRun {
        fleet.unmarkAll()
        go(to: .campaign(request.name))
      }
      tell(result, next: command.next)
    case .failure(let error):
      guard isShown else { return tell(result) }
      form?.problem = error.message
      if case .send = command { offerOverride(error) }
    }
  }

  /// Of several commands. What was refused or not sent stays marked, to be tried again.
  private mutating func finish(_ work: Work) {
    if form?.waiting != nil { form = nil }
    let unsent = work.total - work.done - work.refused
    var text = "\(work.current.word): \(grouped(work.done)) of \(grouped(work.total)) done"
    if work.refused > 0 { text += ", \(grouped(work.refused)) refused" }
    if unsent > 0 { text += ", \(grouped(unsent)) not sent" }
    if work.done < work.total { text += " and still marked" }
    if let first = work.firstRefusal { text += ". First: \(first.message)" }
    notice = Notice(text: text, style: work.done == work.total ? .good : .bad)
  }

  private mutating func tell(_ result: Result<Outcome, ControlError>, next: String? = nil) {
    switch result {
    case .success(let outcome):
      // What to type in a shell next is no help to somebody with keys.
      let message = outcome.message.part(before: " Next: swell ")
      notice = Notice(text: message + (next.map { " Next: \($0)" } ?? ""), style: .good)
    case .failure(let error): notice = Notice(text: error.message, style: .bad)
    }
  }

  /// What a command changed should be seen at once.
  private mutating func seeAtOnce() { last = nil }
}

extension Command {
  /// The key that comes after it.
  fileprivate var next: String? {
    switch self {
    case .plan: "A approves it."
    case .approve: "S starts it."
    case .start: "w shows its wave."
    case .importChargers: "F shows the catalogue; there i adds an image."
    case .addFirmware: "f shows who is ready; there p plans a campaign."
    default: nil
    }
  }

  /// The charger that a mark of the console may stand for.
  fileprivate var charger: String? {
    switch self {
    case .markEndOfLife(let charger, _, _, _), .undoEndOfLife(let charger, _),
      .pin(let charger, _), .unpin(let charger, _), .note(let charger, _),
      .endQuarantine(let charger, _), .accept(let charger):
      charger
    default: nil
    }
  }
}

extension ControlError {
  /// Whether it says nothing of the one charger it answers for.
  fileprivate var isForAll: Bool {
    switch self {
    case .forbidden, .failed: true
    default: false
    }
  }
}

extension String {
  /// What stands before a text, or all of it.
  fileprivate func part(before text: String) -> String {
    var start = startIndex
    while start < endIndex, !self[start...].hasPrefix(text) { start = index(after: start) }
    return String(self[..<start])
  }
}

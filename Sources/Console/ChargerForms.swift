import Canvas
import Control
import Fleet

extension EndOfLife.Reason {
  /// The letter that chooses it.
  var letter: Character {
    switch self {
    case .memoryTooSmall: "m"
    case .noVendorFirmware: "v"
    case .damaged: "d"
    case .parts: "p"
    case .siteCloses: "s"
    case .other: "o"
    }
  }
}

/// Forms about chargers.
extension ConsoleState {
  func form(_ action: ChargerAction) -> Form {
    let identities = chargers
    let many = identities.count > 1
    let who = many ? "\(grouped(identities.count)) chargers" : identities.first ?? ""
    var form = Form(title: "", purpose: .chargers(action, identities))
    if many { form.lines = [scope(of: identities)] }
    var verb = ""
    func ask(_ title: String, _ lines: [String], _ fields: [Form.Field], _ word: String) {
      form.title = "\(who) · \(title)"
      form.lines += lines
      form.fields = fields
      verb = word
    }
    let reason = Form.Field(label: "reason")
    let optional = Form.Field(label: "reason", isOptional: true)
    switch action {
    case .endOfLife:
      ask("end of life", endOfLifeLines(many), endOfLifeFields(many), "mark")
      form.choices = EndOfLife.Reason.allCases.map { .init(key: $0.letter, text: $0.rawValue) }
      form.chosen = likelyReason.flatMap { EndOfLife.Reason.allCases.firstIndex(of: $0) }
    case .undoEndOfLife:
      let mark = charger?.detail?.endOfLife.map {
        ["Marked \(setup.time.day($0.at)) by \($0.by): \($0.reason.rawValue)."]
      }
      ask(
        "undo end of life",
        (mark ?? []) + ["In service again; a campaign may plan it. It can be marked again: e."],
        [optional], "undo")
      // The reason may be given, but nothing has to be typed.
      form.focus = -1
    case .pin:
      ask("pin", ["Stays as it is and leaves every campaign. Unpin: P, any time."], [reason], "pin")
    case .unpin:
      ask("unpin", ["A campaign may plan it again."], [reason], "unpin")
    case .note: ask("note", [], [Form.Field(label: "note")], "add")
    case .repaired:
      ask(
        "repaired", ["Ends the quarantine: it may be planned again."],
        [Form.Field(label: "what was done")], "end quarantine")
    case .accept:
      ask(
        "accept",
        ["It came unannounced and its boots are answered Pending; from here on it is accepted."],
        [], "accept")
    case .trace(let on):
      ask(on ? "trace on" : "trace off", traceLines(on), [], on ? "start" : "stop")
    case .rollBack:
      let identity = identities.first ?? ""
      ask(
        "roll back",
        [
          "2.0.1 is taken back and the charger is reset as soon as no car charges;"
            + " it comes up in 1.6 with its present firmware. A later campaign may move it again."
        ], [reason, Form.Field(label: "type \(identity)")], "roll back")
      form.word = identity
    }
    if many {
      form.word = String(identities.count)
      form.fields.append(Form.Field(label: "type \(identities.count)"))
    }
    form.offer(verb)
    if action != .endOfLife, action != .undoEndOfLife { form.focus = form.fields.isEmpty ? -1 : 0 }
    return form
  }

  private func endOfLifeLines(_ many: Bool) -> [String] {
    var lines: [String] = []
    if let charger, !charger.reason.isEmpty { lines.append(charger.reason) }
    let upgrade = charger?.detail?.upgrade
    if let upgrade, !upgrade.row.phase.isEnd {
      lines.append("Its upgrade in \(upgrade.campaign) ends at its next safe point.")
    }
    lines.append(
      (many ? "They stay as they are and leave" : "\(stays), leaves")
        + " every campaign. Undo: u, any time.")
    return lines
  }

  /// What a charger stays on once nothing moves it any more.
  private var stays: String {
    guard let row = charger?.row, let speaks = row.speaks else { return "Stays as it is" }
    let firmware = row.firmware.isEmpty ? "" : " with firmware \(row.firmware)"
    return "Stays on \(speaks.label)\(speaks == .ocpp16 ? "" : firmware)"
  }

  private func endOfLifeFields(_ many: Bool) -> [Form.Field] {
    let before = charger?.detail?.endOfLife
    let evidence = Form.Field(
      label: "evidence", input: InputLine(before?.evidence ?? ""), isOptional: true)
    let replacement = Form.Field(
      label: "replaced by", input: InputLine(before?.replacement ?? ""), isOptional: true)
    return many ? [evidence] : [evidence, replacement]
  }

  /// What a technician would most likely say, from what is known.
  private var likelyReason: EndOfLife.Reason? {
    if let before = charger?.detail?.endOfLife { return before.reason }
    let verdicts =
      charger.map { [$0.verdict] } ?? fleet.marked.map { fleet.verdict(ofMarked: $0) }
    if verdicts.allSatisfy({ $0 == .tooSmall }) { return .memoryTooSmall }
    if verdicts.allSatisfy({ $0 == .noFirmware }) { return .noVendorFirmware }
    return nil
  }

  /// Whether `P` takes pins away: when every charger it is about is pinned.
  var unpins: Bool {
    if let detail = charger?.detail { return detail.pin != nil }
    if let charger { return charger.verdict == .pinned }
    return fleet.marked.allSatisfy { fleet.verdict(ofMarked: $0) == .pinned }
  }

  /// `KLN-DTZ-04, KLN-DTZ-05, KLN-DTZ-06 and 28 more`
  func scope(of identities: [String]) -> String {
    let shown = identities.prefix(3).joined(separator: ", ")
    let more = identities.count - 3
    return more > 0 ? "\(shown) and \(grouped(more)) more" : shown
  }
}

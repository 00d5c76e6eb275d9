import Canvas
import Control

extension ConsoleState {
  /// What a key press does.
  mutating func press(_ key: Key) -> [ConsoleEffect] {
    notice = nil
    if key != .ctrl("c") { asksToLeave = false }
    switch ConsoleKeys.table.meaning(of: key, in: scope, availability: availability) {
    case .action(let action): return act(action, by: key)
    case .refused(_, let why):
      notice = Notice(text: why, style: .warning)
      return []
    case .nothing:
      edit(key)
      return []
    }
  }

  private mutating func edit(_ key: Key) {
    if line != nil { return editLine(key) }
    if form == nil, composer != nil { return editComposer(key) }
    editForm(key)
  }

  /// - Parameter key: what caused it; Enter for a command of the palette.
  mutating func act(_ action: ConsoleAction, by key: Key) -> [ConsoleEffect] {
    pinFrame(for: action)
    switch action {
    case .quit: return leave()
    case .holdEverything:
      isHolding = true
      notice = Notice(text: "Holding every campaign" + setup.glyphs.ellipsis, style: .warning)
      return [.perform(.holdEverything(reason: "held from the console"))]
    case .accept: return acceptLine()
    case .confirm: return confirmForm()
    case .sort, .reverse:
      if screen != .fleet { go(to: .fleet) }
      if action == .sort { fleet.sortByNextColumn() } else { fleet.reverse() }
      return [
        .remember(ViewState(fleetSort: fleet.sort, fleetDescending: fleet.descending))
      ]
    case .up, .down, .pageUp, .pageDown, .first, .last: move(action)
    case .palette, .filter, .leave, .complete, .older, .newer: actOnLine(action)
    case .dismiss: dismissForm()
    case .nextField: moveFocus(by: 1)
    case .previousField: moveFocus(by: -1)
    case .textDown: scrollForm(by: Self.bodyRows(in: size) / 2)
    case .textUp: scrollForm(by: -Self.bodyRows(in: size) / 2)
    case .mark, .markRange, .markAll, .unmarkAll: actOnMarks(action, by: key)
    case .open, .item, .back, .help, .dashboard, .fleet, .charger, .campaigns, .campaign, .wave,
      .endOfLife, .audit, .messages, .firmware:
      navigate(action, by: key)
    case .pauseTraffic: pauseTraffic()
    case .compose: if let charger { compose(to: charger.identity) }
    case .composeEnter, .composeLeave, .composeUp, .composeDown, .composePageUp,
      .composePageDown, .composeDrop, .composeRaw, .composeSend:
      actInComposer(action, by: key)
    case .approve where screen == .campaigns:
      // Nobody approves a plan unseen.
      guard openCurrent() else { break }
      notice = Notice(text: "This is the plan. A approves it.", style: .warning)
    case .plan, .markEndOfLife, .undoEndOfLife, .pin, .note, .repaired, .acceptCharger, .rollBack,
      .approve, .start, .hold, .resume, .recall, .abort, .overrideGate, .stopStratum, .why, .trace,
      .importChargers, .addFirmware:
      if let form = form(for: action) { open(form, isByEnter: key == .enter) }
    }
    return []
  }

  /// Asks once when the engine would end with the console.
  private mutating func leave() -> [ConsoleEffect] {
    guard let engine, engine.process == setup.process, !asksToLeave else { return [.quit] }
    asksToLeave = true
    let count = engine.connections
    let who =
      count == 0
      ? "No charger is connected."
      : "\(grouped(count)) charger\(count == 1 ? " is" : "s are") connected to it."
    notice = Notice(
      text: "The engine runs in this console and ends with it. \(who)"
        + " Ctrl-C again ends both, any other key stays.", style: .warning)
    return []
  }

  private mutating func navigate(_ action: ConsoleAction, by key: Key) {
    switch action {
    case .dashboard: go(to: .dashboard)
    case .fleet: go(to: .fleet)
    case .campaigns: go(to: .campaigns)
    case .endOfLife: go(to: .endOfLife)
    case .audit: go(to: .audit)
    case .firmware: go(to: .firmware)
    case .messages: openTraffic()
    case .wave:
      guard let live = liveWave else { return }
      go(to: live)
    case .help: helpTop = helpTop == nil ? 0 : nil
    case .back: back()
    case .item:
      guard case .character(let digit) = key, let number = digit.wholeNumberValue else { return }
      guard case .item(_, let place) = row(number - 1) else {
        notice = Notice(text: "There is no item \(number).", style: .warning)
        return
      }
      list.cursor = number - 1
      open(place)
    default:
      if !openCurrent() { notice = Notice(text: noRow, style: .warning) }
    }
  }

  private mutating func actOnMarks(_ action: ConsoleAction, by key: Key) {
    switch action {
    case .mark:
      fleet.toggleMark()
      fleet.move(by: 1)
    case .markRange:
      if !fleet.markRange() {
        notice = Notice(
          text: "The last mark is too far away for a range. Narrow the filter, then * marks all.",
          style: .warning)
      }
    case .unmarkAll: fleet.unmarkAll()
    default: openMarkAll(isByEnter: key == .enter)
    }
  }

  private mutating func openMarkAll(isByEnter: Bool) {
    let count = fleet.matching ?? 0
    guard count <= Marking.most else {
      notice = Notice(
        text: "At most \(grouped(Marking.most)) can be marked. A plan (p) takes the filter itself.",
        style: .warning)
      return
    }
    let word = String(count)
    var form = Form(
      title: "Mark \(grouped(count)) chargers",
      lines: [
        fleet.filter.isEmpty ? "The whole fleet." : "Filter: \(fleet.filter)",
        "Marks do nothing by themselves. Drop them: M",
      ], fields: [Form.Field(label: "type \(word)")], focus: 0, purpose: .markAll)
    form.word = word
    form.offer("mark")
    open(form, isByEnter: isByEnter)
  }

  private func form(for action: ConsoleAction) -> Form? {
    switch action {
    case .plan: return planForm
    case .importChargers: return importForm
    case .addFirmware: return firmwareForm
    case .why: return gatesForm
    case .markEndOfLife: return form(.endOfLife)
    case .undoEndOfLife: return form(.undoEndOfLife)
    case .pin: return form(unpins ? .unpin : .pin)
    case .note: return form(.note)
    case .repaired: return form(.repaired)
    case .acceptCharger: return form(.accept)
    case .rollBack: return form(.rollBack)
    case .trace: return form(.trace(on: !(charger.flatMap { isTraced($0.identity) } ?? false)))
    default: break
    }
    guard let campaign = campaignSubject else { return nil }
    return switch action {
    case .approve: form(.approve(planHash: campaign.planHash), on: campaign)
    case .start: form(.start, on: campaign)
    case .hold: form(.hold, on: campaign)
    case .resume: form(.resume, on: campaign)
    case .recall: form(.recall, on: campaign)
    case .abort: form(.abort, on: campaign)
    case .overrideGate: form(.override, campaign: campaign.name)
    case .stopStratum: form(.stop, campaign: campaign.name)
    default: nil
    }
  }
}

import Canvas
import Control
import Fleet

/// What keys do while a message is made.
extension ConsoleState {
  mutating func compose(to charger: String) {
    push(.compose(charger))
    composer = Composer(charger: charger)
    // What it speaks is asked anew, even where the screen before asked the same.
    last = nil
  }

  /// A key that is none of the composer's own: types.
  mutating func editComposer(_ key: Key) {
    guard var composer else { return }
    composer.problem = nil
    if composer.answer != nil { return }
    if composer.raw != nil {
      _ = composer.raw?.handle(key)
    } else if composer.choosing != nil {
      if composer.choosing?.search.handle(key) == true { composer.choosing?.cursor = 0 }
    } else if composer.action == nil {
      if composer.search.handle(key) { composer.picked = 0 }
    } else {
      composer.edit(key)
    }
    self.composer = composer
  }

  mutating func actInComposer(_ action: ConsoleAction, by key: Key) {
    guard var composer else { return }
    composer.problem = nil
    self.composer = composer
    switch action {
    case .composeLeave: leaveComposer()
    case .composeEnter: enterInComposer()
    case .composeSend: openSend(isByEnter: false)
    case .composeDrop: self.composer?.drop()
    case .composeRaw: self.composer?.toggleRaw()
    default:
      let page = max(1, composerRoom - 1)
      let step =
        switch action {
        case .composeUp: -1
        case .composeDown: 1
        case .composePageUp: -page
        default: page
        }
      composer.move(by: step)
      let top = settledAnswerTop(composer)
      composer.answer?.top = top
      self.composer = composer
    }
    settleComposer()
  }

  private func settledAnswerTop(_ composer: Composer) -> Int {
    let beyond = answerLines(composer, width: size.columns - 2).count - Self.bodyRows(in: size)
    return max(0, min(composer.answer?.top ?? 0, beyond))
  }

  /// Keeps the row under the pointer on the screen.
  private mutating func settleComposer() {
    guard var composer else { return }
    composer.top = Table.scrolled(
      top: composer.top, selected: composer.cursor, count: composer.rows.count,
      visible: composerRoom)
    self.composer = composer
  }

  /// Closes what is on top: choices, an answer, JSON, the form, then the composer.
  private mutating func leaveComposer() {
    guard let composer else { return }
    if composer.choosing != nil {
      self.composer?.choosing = nil
    } else if composer.answer != nil {
      self.composer?.answer = nil
    } else if composer.raw != nil {
      self.composer?.toggleRaw()
    } else if composer.action != nil {
      self.composer?.unpick()
    } else {
      back()
    }
  }

  private mutating func enterInComposer() {
    guard let composer else { return }
    if composer.answer != nil {
      self.composer?.answer = nil
    } else if composer.choosing != nil {
      self.composer?.choose()
    } else if composer.action == nil {
      let found = composer.found
      if found.indices.contains(composer.picked) {
        self.composer?.pick(found[composer.picked].name)
      } else if composer.actions != nil {
        self.composer?.problem = "No message has that in its name."
      }
    } else if composer.raw != nil {
      openSend(isByEnter: true)
    } else if composer.currentRow?.content == .send {
      openSend(isByEnter: true)
    } else {
      self.composer?.enter(at: now)
    }
  }

  // MARK: Sending

  /// Shows what would be sent, to be confirmed.
  private mutating func openSend(isByEnter: Bool) {
    guard let composer, composer.answer == nil, composer.choosing == nil,
      let action = composer.action, composer.form != nil
    else {
      if composer?.action == nil { self.composer?.problem = "Choose a message first." }
      return
    }
    guard composer.isChecked else {
      self.composer?.problem = "It is still being checked. Once more, in a moment."
      return
    }
    if let fault = composer.fault {
      let path = fault.path.isEmpty ? "" : fault.path + ": "
      self.composer?.problem = "It would not be sent. \(path)\(fault.what)"
      return
    }
    var lines = [
      "To this one charger, at once, in OCPP \(composer.version?.label ?? "?"). What it does can't"
        + " be taken back; the audit keeps who sent it.",
      composer.text,
    ]
    if !composer.isOnline { lines.append("The charger is not connected, as far as is known here.") }
    var form = Form(
      title: "\(composer.charger) · send \(action)", lines: lines,
      purpose: .send(charger: composer.charger, action: action, payload: composer.text))
    form.offer("send")
    open(form, isByEnter: isByEnter)
  }

  /// What the engine refuses for the sake of a car or an upgrade goes with a reason all the same.
  mutating func offerOverride(_ error: ControlError) {
    guard case .refused(let why) = error, why.contains(Self.overrideFlag) else { return }
    form?.problem = why.replacing(Self.overrideFlag, with: "")
    if form?.fields.isEmpty == true {
      form?.fields = [Form.Field(label: "reason to send it all the same")]
      form?.focus = 0
    }
  }

  private static let overrideFlag = " with --override"

  mutating func showAnswer(_ text: String, to action: String, of charger: String) {
    guard composer?.charger == charger else {
      notice = Notice(text: "\(action) answered: \(text)", style: .good)
      return
    }
    composer?.answer = Composer.Answer(
      action: action, payload: PayloadValue(text), text: text, at: now)
  }
}

extension Composer {
  fileprivate mutating func move(by step: Int) {
    if answer != nil {
      answer?.top += step
    } else if choosing != nil {
      let count = choosing?.found.count ?? 0
      let next = (choosing?.cursor ?? 0) + step
      choosing?.cursor = max(0, min(next, count - 1))
    } else if action == nil {
      picked = max(0, min(picked + step, found.count - 1))
    } else if raw == nil {
      cursor += step
      load()
    }
  }

  /// A key that goes into the value under the pointer.
  fileprivate mutating func edit(_ key: Key) {
    guard let row = currentRow, case .value(let kind) = row.content else { return }
    switch kind {
    case .boolean:
      if key == .character(" ") { toggle(row) }
      if key == .character("t") { payload[row.path] = .flag(true) }
      if key == .character("f") { payload[row.path] = .flag(false) }
    case .choice(let options):
      guard case .character = key else { return }
      openChoices(row, options)
      if key != .character(" ") { _ = choosing?.search.handle(key) }
    default:
      guard input.handle(key) else { return }
      store()
    }
  }

  private mutating func toggle(_ row: Row) {
    payload[row.path] = .flag(payload[row.path] != .flag(true))
  }

  private mutating func openChoices(_ row: Row, _ options: [String]) {
    choosing = Choosing(path: row.path, name: row.name, options: options)
    let now = payload[row.path]?.plain
    choosing?.cursor = options.firstIndex { $0 == now } ?? 0
  }

  fileprivate mutating func choose() {
    guard let open = choosing else { return }
    guard open.found.indices.contains(open.cursor) else {
      problem = "None of them has that in its name."
      return
    }
    payload[open.path] = .text(open.found[open.cursor])
    choosing = nil
    step()
  }

  /// On to the next row.
  private mutating func step() {
    cursor += 1
    load()
  }

  fileprivate mutating func enter(at now: Instant) {
    guard let row = currentRow else { return }
    switch row.content {
    case .send: break
    case .add(let kind, let index):
      payload[row.path + [.item(index)]] = Self.start(kind)
      load()
    case .group(let fields):
      if !row.isPresent { payload[row.path] = Self.start(.group(fields)) }
      step()
    case .list:
      if !row.isPresent { payload[row.path] = .list([]) }
      step()
    case .value(.choice(let options)): openChoices(row, options)
    case .value(.boolean): toggle(row)
    case .value(let kind):
      if !row.isPresent, input.text.isEmpty, kind == .dateTime {
        payload[row.path] = .text(LocalTime.stamp(now))
        return load()
      }
      step()
    }
  }

  /// Leaves out what is under the pointer.
  fileprivate mutating func drop() {
    guard raw == nil, choosing == nil, answer == nil, let row = currentRow else { return }
    switch row.content {
    case .send, .add: return
    case .group where row.isRequired, .list where row.isRequired:
      problem = "\(row.name) is required."
    case .value, .group, .list:
      payload[row.path] = nil
      load()
    }
  }

  fileprivate mutating func toggleRaw() {
    guard form != nil, answer == nil, choosing == nil else { return }
    guard let raw else {
      self.raw = InputLine(payload.json)
      return
    }
    self.raw = nil
    if let typed = PayloadValue(raw.text), case .object = typed {
      payload = typed
    } else {
      // Nobody is kept in front of a text that they can't mend.
      problem = "That was no JSON object. The fields are as they were before it."
    }
    load()
  }
}

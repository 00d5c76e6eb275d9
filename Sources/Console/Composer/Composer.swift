import Canvas
import Control
import Fleet

/// A message that a person makes for a charger: which action, what stands in its fields, and what
/// the message tables say about it so far.
struct Composer: Sendable, Equatable {
  /// A value's choices, open over the form.
  struct Choosing: Sendable, Equatable {
    var path: [PayloadStep]
    var name: String
    var options: [String]
    var search = InputLine()
    var cursor = 0

    var found: [String] { Composer.matching(search.text, options, \.self) }
  }

  /// What the charger answered.
  struct Answer: Sendable, Equatable {
    var action: String
    var payload: PayloadValue?
    var text: String
    var at: Instant
    /// First line shown.
    var top = 0
  }

  let charger: String
  /// Nil until the inventory said what it speaks.
  private(set) var version: ProtocolVersion?
  private(set) var isOnline = false
  /// Why no message can be made for it.
  private(set) var obstacle: String?
  private(set) var actions: [MessageAction]?
  /// What is typed to find an action, and the one under the pointer.
  var search = InputLine()
  var picked = 0
  /// The action once it is chosen.
  private(set) var action: String?
  private(set) var form: MessageForm?
  var payload = PayloadValue.object([])
  /// Row of the form under the pointer.
  var cursor = 0
  var top = 0
  /// What stands in the value under the pointer, as it is typed.
  var input = InputLine()
  var choosing: Choosing?
  /// The payload as JSON while it is typed as such; the fields keep what they were until then.
  var raw: InputLine?
  /// The text that `fault` is about.
  private(set) var checked: String?
  private(set) var fault: MessageFault?
  /// Why the last key did nothing.
  var problem: String?
  var answer: Answer?

  init(charger: String) { self.charger = charger }

  /// The payload as it would be sent.
  var text: String { raw?.text ?? payload.json }

  /// Whether what the message tables said is about what stands here now.
  var isChecked: Bool { checked == text }

  /// What must be known next.
  var question: Question? {
    guard let version else { return .charger(charger) }
    if actions == nil { return .messages(.actions(version)) }
    guard let action else { return nil }
    if form == nil { return .messages(.form(version, action: action)) }
    return isChecked ? nil : .messages(.check(version, action: action, payload: text))
  }

  /// Actions by what is typed, in the order of their groups.
  var found: [MessageAction] {
    let sorted = (actions ?? []).sorted { ($0.group, $0.name) < ($1.group, $1.name) }
    return Self.matching(search.text, sorted, \.name)
  }

  /// Those that begin with what is typed come first, then those that hold it.
  static func matching<Item>(
    _ typed: String, _ items: [Item], _ name: (Item) -> String
  ) -> [Item] {
    let word = typed.lowercased().filter { $0 != " " }
    if word.isEmpty { return items }
    let found = items.filter { name($0).lowercased().contains(word) }
    return found.filter { name($0).lowercased().hasPrefix(word) }
      + found.filter { !name($0).lowercased().hasPrefix(word) }
  }

  // MARK: Answers

  mutating func take(_ detail: ChargerDetail?, at now: Instant) {
    guard let detail else {
      obstacle = "\(charger) is not in the inventory."
      return
    }
    guard let speaks = detail.row.speaks else {
      obstacle = "\(charger) never connected, so nobody knows which OCPP it speaks."
      return
    }
    obstacle = nil
    isOnline = detail.row.online
    guard speaks != version else { return }
    // Its messages are others in another version.
    (version, actions, form, checked, fault) = (speaks, nil, nil, nil, nil)
  }

  mutating func take(_ reply: MessageReply, at now: Instant) {
    switch reply {
    case .actions(let actions): self.actions = actions
    case .form(let form):
      guard let form, form.action == action else {
        problem = "A CSMS sends no \(action ?? "such message") in OCPP \(version?.label ?? "?")."
        action = nil
        return
      }
      self.form = form
      // What a person did not choose is not sent: required fields begin empty.
      if payload == .object([]), !form.fields.isEmpty {
        payload = Self.start(.group(form.fields))
      }
      load()
    case .fault(let fault): (self.fault, checked) = (fault, text)
    case .traffic: break
    }
  }

  // MARK: Choosing an action

  mutating func pick(_ name: String) {
    (action, form, payload, checked, fault) = (name, nil, .object([]), nil, nil)
    (cursor, top, raw, choosing, problem) = (0, 0, nil, nil, nil)
  }

  /// Back to the list of actions.
  mutating func unpick() {
    (action, form, raw, choosing, problem) = (nil, nil, nil, nil, nil)
    search = InputLine()
  }
}

import Canvas

/// A question put to the person over the screen.
struct Form: Sendable, Equatable {
  struct Choice: Sendable, Equatable {
    /// The letter that chooses it.
    var key: Character
    var text: String
  }

  struct Field: Sendable, Equatable {
    var label: String
    var input = InputLine()
    var isOptional = false
    var text: String {
      String(input.text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
  }

  /// `KLN-DTZ-07 · end of life`
  var title: String
  /// Scope, reversibility, consequences; shown before the fields.
  var lines: [String] = []
  /// Empty: nothing to choose.
  var choices: [Choice] = []
  var chosen: Int?
  /// The field for `word`, when there is one, is the last.
  var fields: [Field] = []
  /// Index into `fields`; -1 while letters choose among `choices`, or there is no field.
  var focus = -1
  /// Must be typed exactly before Enter works.
  var word: String?
  /// Why Enter did nothing.
  var problem: String?
  /// What is under way since Enter: `3 of 31, 1 refused`; keys but Esc do nothing meanwhile.
  var waiting: String?
  /// The file that is being read for it.
  var reads: FileRequest?
  var keys: [Hint] = []
  /// First of the lines that is shown, when there are more than fit.
  var top = 0
  var purpose: Purpose
  /// False until a key came that is not the one that opened it, when that was Enter: a key that
  /// bounces must not confirm.
  var isArmed = true

  /// Fields that are typed into for their own sake.
  var answers: [Field] { word == nil ? fields : Array(fields.dropLast()) }

  /// Places that take keys: the choices, and each field.
  private var places: Int { fields.count + (choices.isEmpty ? 0 : 1) }

  /// The form's keys; Tab where there is more than one place.
  mutating func offer(_ word: String) {
    keys = [Hint(key: "Enter", word: word, rank: 0), Hint(key: "Esc", word: "leave", rank: 0)]
    if places > 1 { keys.insert(Hint(key: "Tab", word: "next", rank: 1), at: 1) }
  }

  /// To the next place that takes keys, or the one before.
  mutating func moveFocus(by step: Int) {
    guard places > 0 else { return }
    let first = choices.isEmpty ? 0 : -1
    focus = first + ((focus - first + step) % places + places) % places
  }

  /// A key that is none of the form's own: chooses or edits.
  mutating func edit(_ key: Key) {
    problem = nil
    if fields.indices.contains(focus) {
      _ = fields[focus].input.handle(key)
      return
    }
    guard case .character(let letter) = key else { return }
    if let index = choices.firstIndex(where: { $0.key == letter }) {
      chosen = index
    } else if word != nil, letter != " ", !lacksAnswer {
      // What is no letter of a choice can only be meant for the word.
      focus = fields.count - 1
      _ = fields[focus].input.handle(key)
    } else if !choices.isEmpty, letter != " " {
      problem = chosen == nil ? keysOfChoices : "\(keysOfChoices) Tab: on to what is typed."
    }
  }

  /// What still keeps Enter from working, and where that is mended: an index like `focus`.
  var missing: (text: String, place: Int)? {
    if !choices.isEmpty, chosen == nil { return (keysOfChoices, -1) }
    if let index = answers.firstIndex(where: { !$0.isOptional && $0.text.isEmpty }) {
      return ("Fill in \"\(answers[index].label)\" first.", index)
    }
    if let word, fields.last?.text != word {
      return ("Type \(word) to confirm.", fields.count - 1)
    }
    return nil
  }

  /// Says what is missing, and goes there.
  mutating func complain(_ missing: (text: String, place: Int)) {
    (problem, focus) = (missing.text, missing.place)
  }

  private var lacksAnswer: Bool { answers.contains { !$0.isOptional && $0.text.isEmpty } }

  private var keysOfChoices: String {
    "Choose by a key: \(choices.map { String($0.key) }.joined(separator: " "))."
  }
}

import Canvas
import Control
import Fleet

@testable import Console

enum FormFixture {
  /// What a dry run says of a table with rows that can't be taken.
  static let checkedTable = Outcome(
    message: "Dry run, nothing was stored: 310 chargers would be added, 4 changed, 2 refused.",
    refused: [
      RefusedRow(
        line: 14, column: "zone", reason: "Europe/Kolln is no IANA time zone of this system"),
      RefusedRow(line: 212, column: "budget", reason: "a whole number from 0, not \"two\""),
    ])

  static let endOfLife: Form = {
    var form = Form(title: "KLN-DTZ-00007 · end of life", purpose: .read)
    form.lines = ["Stays on 1.6, leaves every campaign (none running). Undo: u, any time."]
    form.choices = zip("mvdpso", EndOfLife.Reason.allCases).map {
      .init(key: $0, text: $1.rawValue)
    }
    form.chosen = 0
    form.fields = [
      .init(label: "evidence", input: InputLine("140 of 200 kB flash"), isOptional: true),
      .init(label: "replaced by", isOptional: true),
    ]
    form.focus = 1
    form.keys = [
      Hint(key: "Enter", word: "mark", rank: 0), Hint(key: "Tab", word: "next field", rank: 1),
      Hint(key: "Esc", word: "leave", rank: 0),
    ]
    return form
  }()

  static let abort: Form = {
    var form = Form(title: "Autumn-24 · abort", purpose: .read)
    form.lines = [
      "Ends the campaign for good: 2 460 chargers that have not begun stay on 1.6; 48 under way"
        + " finish their step and are given back to drivers.",
      "It can't be undone. To stop for a while, leave this and press h (hold).",
    ]
    form.fields = [.init(label: "why"), .init(label: "type Autumn-24 to abort")]
    form.fields[0].input = InputLine("the image bricks every third charger of this batch, and more")
    form.fields[1].input = InputLine("Autumn-2")
    form.focus = 1
    form.word = "Autumn-24"
    form.problem = "Type Autumn-24 to confirm."
    form.keys = [
      Hint(key: "Enter", word: "abort", rank: 0), Hint(key: "Esc", word: "leave", rank: 0),
    ]
    return form
  }()

  static let override: Form = {
    var form = Form(title: "Autumn-24 · override a gate", purpose: .read)
    form.lines = [
      "Lets a stratum go on although its gate did not pass. Your name and reason stay in the audit."
    ]
    form.choices = [
      .init(
        key: "a",
        text: "Volta AC22 2.3.1→2.4.0: 31 done, 3 failed: at most 23 % at 95 %, limit 10 %"),
      .init(key: "b", text: "Alpitronic HYC300 1.8.0-3→2.0.0: none done, no evidence"),
    ]
    form.fields = [.init(label: "why")]
    form.keys = [
      Hint(key: "Enter", word: "override", rank: 0), Hint(key: "Esc", word: "leave", rank: 0),
    ]
    return form
  }()

  static let bulk: Form = {
    var form = Form(title: "31 chargers · end of life", purpose: .read)
    form.lines = ["All of them stay on 1.6 and leave every campaign. Undo: u on each, any time."]
    form.choices = endOfLife.choices
    form.chosen = 3
    form.fields = [.init(label: "type 31 to mark them")]
    form.word = "31"
    form.waiting = "Marking: 12 of 31, 1 refused (KLN-DTZ-00011 is marked already)."
    form.keys = [Hint(key: "Esc", word: "stop", rank: 0)]
    return form
  }()

  static let long: Form = {
    var form = Form(title: "Why: gates of wave 4", purpose: .read)
    form.lines = (1...12).map {
      "\($0). Volta AC22 2.3.1→2.4.0: the rule says that at most 10 % may fail, said with 95 %"
        + " certainty; 31 ended and 3 of them failed."
    }
    form.keys = [Hint(key: "Enter", word: "close", rank: 0)]
    return form
  }()
}

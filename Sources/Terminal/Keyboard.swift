import CNCurses
import Canvas
import Glibc

/// Turns what curses reads into keys, and collects bracketed pastes.
@UI
struct Keyboard {
  /// Codes above those of curses and of its extended capabilities.
  private static let pasteBegin: Int32 = 4001
  private static let pasteEnd: Int32 = 4002
  private static let shiftTab: Int32 = 4003
  /// A paste grows no further than this; a command line or a note is far shorter.
  private static let pasteLimit = 65536

  private var pasted: String?
  var isPasting: Bool { pasted != nil }

  static func define() {
    define_key("\u{1B}[200~", pasteBegin)
    define_key("\u{1B}[201~", pasteEnd)
    define_key("\u{1B}[Z", shiftTab)
    // Cursor keys have two forms; a terminal that missed the switch of mode sends the other one.
    let cursor = [
      ("A", KEY_UP), ("B", KEY_DOWN), ("C", KEY_RIGHT), ("D", KEY_LEFT), ("H", KEY_HOME),
      ("F", KEY_END),
    ]
    for (letter, code) in cursor {
      define_key("\u{1B}[\(letter)", code)
      define_key("\u{1B}O\(letter)", code)
    }
  }

  /// Reads until nothing is left. The window must be in no-delay mode.
  mutating func read(_ window: UnsafeMutablePointer<WINDOW>?) -> [Key] {
    var keys: [Key] = []
    var code: wint_t = 0
    while true {
      let kind = wget_wch(window, &code)
      if kind == ERR { return keys }
      if kind == KEY_CODE_YES {
        switch Int32(bitPattern: code) {
        case Keyboard.pasteBegin: pasted = pasted ?? ""
        case Keyboard.pasteEnd: if let key = endPaste() { keys.append(key) }
        case let code: if pasted == nil, let key = Keyboard.special(code) { keys.append(key) }
        }
      } else if let scalar = Unicode.Scalar(code) {
        if pasted == nil {
          if let key = Keyboard.plain(scalar) { keys.append(key) }
        } else if (pasted?.utf8.count ?? 0) < Keyboard.pasteLimit {
          pasted?.unicodeScalars.append(scalar == "\r" ? "\n" : scalar)
        }
      }
    }
  }

  /// What was pasted so far, as a key.
  mutating func endPaste() -> Key? {
    defer { pasted = nil }
    return pasted.map { .paste($0) }
  }

  static func plain(_ scalar: Unicode.Scalar) -> Key? {
    switch scalar.value {
    case 8, 127: .backspace
    case 9: .tab
    case 10, 13: .enter
    case 27: .escape
    case 1...26: Unicode.Scalar(scalar.value + 0x60).map { .ctrl(Character($0)) }
    case 0..<32, 0x80..<0xA0: nil
    default: .character(Character(scalar))
    }
  }

  static func special(_ code: Int32) -> Key? {
    switch code {
    case KEY_UP: .up
    case KEY_DOWN: .down
    case KEY_LEFT: .left
    case KEY_RIGHT: .right
    case KEY_PPAGE: .pageUp
    case KEY_NPAGE: .pageDown
    case KEY_HOME: .home
    case KEY_END: .end
    case KEY_DC: .delete
    case KEY_BACKSPACE: .backspace
    case KEY_ENTER: .enter
    case KEY_BTAB, shiftTab: .backTab
    // KEY_RESIZE among others: the size comes by signal.
    default: swell_function_key(code) > 0 ? .f(Int(swell_function_key(code))) : nil
    }
  }
}

/// A key press, or what else reaches the console from the keyboard's side.
package enum Key: Hashable, Sendable {
  case character(Character)
  case enter, escape, tab, backTab, backspace, delete
  case up, down, left, right, pageUp, pageDown, home, end
  /// A function key, from 1.
  case f(Int)
  /// Control with a lower-case letter.
  case ctrl(Character)
  /// Text that came as one piece (bracketed paste). Never a command, whatever it holds.
  case paste(String)
  /// The terminal has another size.
  case resize

  /// The name in hints and help.
  package var label: String {
    switch self {
    case .character(" "): "space"
    case .character(let character): String(character)
    case .enter: "Enter"
    case .escape: "Esc"
    case .tab: "Tab"
    case .backTab: "S-Tab"
    case .backspace: "Bksp"
    case .delete: "Del"
    case .up: "Up"
    case .down: "Down"
    case .left: "Left"
    case .right: "Right"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .home: "Home"
    case .end: "End"
    case .f(let number): "F\(number)"
    case .ctrl(let character): "^" + character.uppercased()
    case .paste: "paste"
    case .resize: "resize"
    }
  }
}

import CNCurses
import Glibc

/// What restores the terminal when the loop cannot: on `exit`, and on a crash.
///
/// The state lives in C statics of the shim, which exist once per object file; so this file alone
/// may call them.
@UI
enum Reset {
  private static var installed = false

  /// Prepares and arms: from now on the process cannot end and leave the terminal raw.
  static func arm(output: Int32, text: String, mode: termios) throws(TerminalError) {
    var mode = mode
    guard text.withCString({ swell_reset_prepare(output, $0, &mode) }) == 0 else {
      throw .system(call: "terminal reset string", errno: E2BIG)
    }
    if !installed {
      installed = true
      swell_reset_install()
    }
    swell_reset_arm(1)
  }

  static func pause() { swell_reset_arm(0) }
  static func resume() { swell_reset_arm(1) }

  /// A string capability of the open terminal without its padding (`$<5>`), empty when it has none.
  static func capability(_ name: String) -> String {
    guard let text = tigetstr(name), Int(bitPattern: text) != -1 else { return "" }
    var out = ""
    var padding = false
    for character in String(cString: text) {
      if character == "$" {
        padding = true
      } else if !padding {
        out.append(character)
      } else if character == ">" {
        padding = false
      }
    }
    return out
  }
}

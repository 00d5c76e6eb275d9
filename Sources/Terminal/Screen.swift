import CNCurses
import Canvas
import Glibc

/// The open terminal: paints canvases, reads keys, steps aside and comes back.
@UI
final class Screen {
  private(set) var size: Size
  let glyphs: Glyphs
  /// To be polled for keys.
  let input: Int32

  private let output: Int32
  private let files: (in: UnsafeMutablePointer<FILE>, out: UnsafeMutablePointer<FILE>)
  private let handle: OpaquePointer
  private let palette: Palette
  private var keyboard = Keyboard()
  private var shown: Canvas
  private var wide: [wchar_t] = []
  private var isClosed = false

  init(_ options: Terminal.Options, input: Int32, output: Int32, name: String?)
    throws(TerminalError)
  {
    let name = name ?? getenv("TERM").map { String(cString: $0) } ?? ""
    var cup: Int32 = 0
    let found = swell_terminal_entry(name, output, &cup)
    guard found == 1, !name.isEmpty else { throw .unknown(term: name) }
    guard cup == 1 else { throw .noCursorAddressing(term: name) }
    let utf8 = Screen.chooseLocale()
    glyphs = options.ascii || !utf8 ? .ascii : .unicode

    var mode = termios()
    guard tcgetattr(output, &mode) == 0 else { throw .system(call: "tcgetattr", errno: errno) }
    // Own descriptors: closing the screen then leaves standard input and output open.
    let into = fcntl(input, F_DUPFD_CLOEXEC, 3)
    let out = fcntl(output, F_DUPFD_CLOEXEC, 3)
    guard into >= 0, out >= 0, let readable = fdopen(into, "r"), let writable = fdopen(out, "w")
    else { throw .system(call: "fdopen", errno: errno) }
    files = (readable, writable)
    self.input = into
    self.output = out
    guard let handle = newterm(name, writable, readable) else {
      fclose(readable)
      fclose(writable)
      throw .unknown(term: name)
    }
    self.handle = handle
    raw()
    noecho()
    nonl()
    set_escdelay(25)
    let window = swell_stdscr()
    keypad(window, true)
    nodelay(window, true)
    scrollok(window, false)
    Keyboard.define()
    palette = Palette(monochrome: options.monochrome)
    size = Size(rows: Int(swell_rows()), columns: Int(swell_columns()))
    shown = Canvas(size)
    let text =
      Screen.pasteOff + ["sgr0", "op", "rmkx", "cnorm"].map(Reset.capability).joined()
      // Without a second screen, below what is drawn is the place to go on.
      + (Reset.capability("rmcup").isEmpty ? "\r\n" : Reset.capability("rmcup"))
    do throws(TerminalError) {
      try Reset.arm(output: out, text: text, mode: mode)
    } catch {
      close()
      throw error
    }
    send(Screen.pasteOn)
  }

  private static let pasteOn = "\u{1B}[?2004h"
  private static let pasteOff = "\u{1B}[?2004l"

  /// Takes the user's locale for characters only: numbers keep their form.
  /// - Returns: whether it is UTF-8.
  private static func chooseLocale() -> Bool {
    if setlocale(LC_CTYPE, "") == nil {
      // A locale that is named but not installed; its encoding is what matters.
      let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { (name: String) in getenv(name) }
      let first = names.first { $0.pointee != 0 }.map { String(cString: $0).lowercased() } ?? ""
      let wantsUTF8 = first.hasSuffix("utf-8") || first.hasSuffix("utf8")
      _ = setlocale(LC_CTYPE, wantsUTF8 ? "C.UTF-8" : "C")
    }
    return nl_langinfo(nl_item(CODESET)).map { String(cString: $0) } == "UTF-8"
  }

  /// Shows a canvas: writes what differs from the one before.
  func paint(_ canvas: Canvas) {
    let window = swell_stdscr()
    if canvas.size != shown.size { werase(window) }
    canvas.forEachRun(from: shown) { row, column, style, scalars in
      let look = palette.look(style)
      wattr_set(window, look.attributes, look.pair, nil)
      guard wmove(window, Int32(row), Int32(column)) == OK else { return }
      wide.removeAll(keepingCapacity: true)
      for scalar in scalars { append(scalar) }
      // In the last cell of the screen it reports an error, having drawn it.
      _ = wide.withUnsafeBufferPointer { waddnwstr(window, $0.baseAddress, Int32($0.count)) }
    }
    shown = canvas
    if let cursor = canvas.cursor, wmove(window, Int32(cursor.row), Int32(cursor.column)) == OK {
      curs_set(1)
    } else {
      curs_set(0)
    }
    wnoutrefresh(window)
    doupdate()
  }

  /// A scalar of which the C library thinks otherwise than the canvas (another Unicode version, a
  /// locale that lacks it) would shift the line or vanish: it becomes `?` of the same width.
  private func append(_ scalar: UInt32) {
    if scalar < 0x7F {
      wide.append(wchar_t(scalar))
      return
    }
    let columns = Unicode.Scalar(scalar).map { displayWidth($0) } ?? 1
    if Int(swell_width(scalar)) == columns {
      wide.append(wchar_t(scalar))
    } else {
      for _ in 0..<columns { wide.append(0x3F) }
    }
  }

  var isPasting: Bool { keyboard.isPasting }
  func readKeys() -> [Key] { keyboard.read(swell_stdscr()) }
  func endPaste() -> Key? { keyboard.endPaste() }

  /// Takes over the terminal's size.
  /// - Returns: whether it is another one.
  func resize() -> Bool {
    var rows: Int32 = 0
    var columns: Int32 = 0
    guard swell_window_size(output, &rows, &columns) == 0 else { return false }
    let new = Size(rows: Int(rows), columns: Int(columns))
    guard new != size, resizeterm(rows, columns) == OK else { return false }
    size = new
    shown = Canvas(new)
    werase(swell_stdscr())
    clearok(swell_curscr(), true)
    return true
  }

  /// The next frame repaints all, whatever stands on the terminal.
  func redraw() {
    clearok(swell_curscr(), true)
  }

  func suspend() {
    send(Screen.pasteOff)
    def_prog_mode()
    endwin()
    Reset.pause()
  }

  func resume() {
    reset_prog_mode()
    Reset.resume()
    clearok(swell_curscr(), true)
    doupdate()
    send(Screen.pasteOn)
  }

  /// Restores the terminal. Further calls do nothing.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    send(Screen.pasteOff)
    endwin()
    Reset.pause()
    delscreen(handle)
    fclose(files.in)
    fclose(files.out)
  }

  /// Writes past curses, which knows nothing of pastes; short enough to go out in one piece.
  private func send(_ text: String) {
    _ = text.withCString { write(output, $0, text.utf8.count) }
  }
}

import CNCurses
import Canvas
import Glibc
import Synchronization
import Testing

@testable import Terminal

/// Each test runs the real loop on a thread of its own against a pseudo-terminal. There is one
/// curses in a process, hence one test at a time.
@Suite("Terminal", .serialized)
struct TerminalTests {
  @Test("a canvas reaches the cells of the terminal, text and attributes")
  func paints() throws {
    let session = try Session(monochrome: true)
    session.waitForFrame()
    let cells = try #require(session.onUI { (0..<6).map { curses(0, Int32($0)) } })
    #expect(cells.map(\.text) == ["K", "ö", "l", "n", " ", "日"])
    #expect(cells[0].attributes & swell_bold != 0)
    #expect(cells[5].attributes & swell_reverse != 0)
    session.type("q")
    #expect(session.outcome() == .success(.finished))
  }

  @Test(
    "keys arrive as what they are",
    arguments: [
      ("a", [.character("a")]), ("ö日", [.character("ö"), .character("日")]), ("\r", [.enter]),
      ("\u{1B}[A\u{1B}OB", [.up, .down]), ("\u{1B}[5~\u{1B}OP", [.pageUp, .f(1)]),
      ("\u{7F}\t\u{1B}[Z", [.backspace, .tab, .backTab]),
      ("\u{3}\u{12}", [.ctrl("c"), .ctrl("r")]),
      ("\u{1B}", [.escape]),
      ("\u{1B}[200~rm -rf\rq\u{1B}[201~x", [.paste("rm -rf\nq"), .character("x")]),
    ] as [(String, [Key])])
  func keys(typed: String, expected: [Key]) throws {
    let session = try Session()
    session.waitForFrame()
    session.type(typed)
    session.wait { session.recorder.keys.count >= expected.count }
    #expect(session.recorder.keys == expected)
    session.type("q")
    #expect(session.outcome() == .success(.finished))
  }

  @Test("a new size is a new frame of that size")
  func resizes() throws {
    let session = try Session()
    session.waitForFrame()
    session.resize(rows: 10, columns: 33)
    session.wait { session.recorder.sizes.last == Size(rows: 10, columns: 33) }
    #expect(session.recorder.keys == [.resize])
    session.type("q")
    #expect(session.outcome() == .success(.finished))
  }

  @Test("jobs and tasks of other threads run on the UI thread, in order, and are drawn")
  func posts() async throws {
    let session = try Session()
    session.waitForFrame()
    let recorder = session.recorder
    for number in 0..<50 { session.handle?.post { recorder.note(number) } }
    let onUI = await Task { @UI in pthread_equal(recorder.thread, pthread_self()) != 0 }.value
    #expect(onUI)
    session.wait { recorder.notes.count == 50 }
    #expect(recorder.notes == Array(0..<50))
    session.type("q")
    #expect(session.outcome() == .success(.finished))
  }

  @Test("a burst of work is one frame in 50 ms, and silence none at all")
  func coalesces() throws {
    let session = try Session()
    session.waitForFrame()
    let before = session.recorder.sizes.count
    let start = UI.now()
    for _ in 0..<500 { session.onUI {} }
    let after = session.recorder.sizes.count
    #expect(Int64(after - before) <= (UI.now() - start) / 50 + 2)
    session.type("q")
    #expect(session.outcome() == .success(.finished))
  }

  @Test("the app's own time is kept, and no more often than frames")
  func ticks() throws {
    let session = try Session()
    session.waitForFrame()
    let start = UI.now()
    session.onUI { session.recorder.app?.nextTick = start }
    session.wait { session.recorder.ticks >= 3 }
    #expect(UI.now() - start >= 90)
    session.type("q")
    #expect(session.outcome() == .success(.finished))
  }

  @Test(
    "a signal to end ends the loop, and the terminal is as before",
    arguments: [SIGTERM, SIGHUP, SIGINT])
  func signals(number: Int32) throws {
    let session = try Session()
    session.waitForFrame()
    #expect(session.mode.c_lflag & tcflag_t(ICANON | ECHO) == 0)
    pthread_kill(session.thread, number)
    #expect(session.outcome() == .success(.signal(number)))
    #expect(session.mode.c_lflag & tcflag_t(ICANON | ECHO) == tcflag_t(ICANON | ECHO))
    session.wait { session.output.contains("\u{1B}[?1049l") }
    #expect(session.output.contains("\u{1B}[?2004l"))
  }

  @Test("a terminal that goes away ends the loop")
  func hangup() throws {
    let session = try Session()
    session.waitForFrame()
    session.hangUp()
    #expect(session.outcome() == .success(.hangup))
  }

  @Test(
    "a terminal that cannot place its cursor is refused by name",
    arguments: [
      ("dumb", TerminalError.noCursorAddressing(term: "dumb")),
      ("no-such-terminal", .unknown(term: "no-such-terminal")), ("", .unknown(term: "")),
    ])
  func refuses(name: String, error: TerminalError) throws {
    let session = try Session(name: name)
    #expect(session.outcome() == .failure(error))
    #expect(session.mode.c_lflag & tcflag_t(ICANON) != 0)
  }

  @Test("the canvas and the C library agree on widths wherever both know the character")
  func widths() {
    setlocale(LC_CTYPE, "C.UTF-8")
    var differing: [String] = []
    for value in UInt32(0xA0)..<0x20000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let known = swell_width(value)
      switch scalar.properties.generalCategory {
      case .unassigned, .privateUse, .control: continue
      default:
        if known >= 0, Int(known) != displayWidth(scalar) {
          differing.append(String(value, radix: 16))
        }
      }
    }
    // The soft hyphen is never drawn; the other one changed its class in Unicode 15.
    #expect(differing == ["ad", "1171e"])
  }
}

/// A cell of what curses believes to be on the terminal.
@UI
func curses(_ row: Int32, _ column: Int32) -> (text: String, attributes: attr_t) {
  var cell = cchar_t()
  mvwin_wch(swell_curscr(), row, column, &cell)
  let scalar = Unicode.Scalar(UInt32(bitPattern: cell.chars.0)) ?? "?"
  return (String(Character(scalar)), cell.attr)
}

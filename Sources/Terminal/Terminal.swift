import CLinux
import CNCurses
import Canvas
import Glibc

/// Terminal: the one place that knows ncurses, and the main loop of the console.
///
/// It owns the terminal from opening to restoring, the thread that may touch it (``UI``), the
/// keyboard, colours, and the pace of frames. It refuses to know any screen: an app gives it
/// canvases and gets keys. `swell` alone imports it.
package enum Terminal {
  package struct Options: Hashable, Sendable {
    /// Draw with ASCII even where the locale could do more.
    package var ascii: Bool
    /// No colours; bold, underline and reverse carry the meaning.
    package var monochrome: Bool

    /// `NO_COLOR` set to anything but nothing means monochrome (no-color.org).
    package init(ascii: Bool = false, monochrome: Bool? = nil) {
      self.ascii = ascii
      self.monochrome = monochrome ?? (getenv("NO_COLOR").map { $0.pointee != 0 } ?? false)
    }
  }

  /// Why the loop ended. The terminal is restored in each case.
  package enum Outcome: Hashable, Sendable {
    /// The app said so.
    case finished
    /// TERM, HUP or INT.
    case signal(Int32)
    /// The terminal went away.
    case hangup
  }

  static let signals: [Int32] = [SIGWINCH, SIGTSTP, SIGTERM, SIGHUP, SIGINT, SIGCONT]

  static var signalSet: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in signals { sigaddset(&set, number) }
    return set
  }

  /// Blocks the signals that the loop reads as events, in this thread and in those it starts.
  /// To be called first in `main`, or a signal finds a thread that does not block it.
  package static func blockSignals() {
    var set = signalSet
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Opens the terminal, runs the app until it is finished, and restores the terminal.
  ///
  /// To be called from the main thread, synchronously: this thread becomes that of ``UI``.
  /// - Parameter app: makes the app; the handle lets other threads post to the UI thread.
  package static func run(
    _ options: Options = Options(), app: @UI (UIHandle) -> any TerminalApp
  ) throws(TerminalError) -> Outcome {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else {
      throw .notATerminal
    }
    return try run(options, input: STDIN_FILENO, output: STDOUT_FILENO, app: app)
  }

  /// The same on given descriptors; `name` overrides `TERM`.
  static func run(
    _ options: Options, input: Int32, output: Int32, name: String? = nil,
    app: @UI (UIHandle) -> any TerminalApp
  ) throws(TerminalError) -> Outcome {
    blockSignals()
    UI.adopt()
    let result: Result<Outcome, TerminalError> = UI.assumeIsolated {
      do throws(TerminalError) {
        let screen = try Screen(options, input: input, output: output, name: name)
        defer { screen.close() }
        return .success(try Loop(screen, app: app(UIHandle())).run())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

/// Why there is no console.
package enum TerminalError: Error, Hashable, Sendable {
  /// Standard input or output is a file or a pipe.
  case notATerminal
  /// `TERM` is empty or not in the terminal database.
  case unknown(term: String)
  /// The terminal cannot place its cursor (the `cup` capability), as `TERM=dumb`.
  case noCursorAddressing(term: String)
  /// A call of the system failed.
  case system(call: String, errno: Int32)
}

/// What the loop drives. All of it happens on the UI thread.
@UI
package protocol TerminalApp: AnyObject {
  /// The screen as it should be now. Called at most 20 times a second.
  func frame(size: Size, glyphs: Glyphs) -> Canvas
  func key(_ key: Key)
  /// The time of ``nextTick`` has come.
  func tick()
  /// When to be called next, in milliseconds of the monotonic clock (``UI/now()``); nil leaves
  /// the loop asleep.
  var nextTick: Int64? { get }
  /// What is on the screen may stay until then, in milliseconds of the monotonic clock: what the
  /// next frame needs is on its way, and half of it would only flicker.
  var frameNotBefore: Int64 { get }
  var finished: Bool { get }
}

extension TerminalApp {
  package var frameNotBefore: Int64 { 0 }
}

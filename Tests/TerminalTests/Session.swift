import CNCurses
import Canvas
import Glibc
import Patience
import Testing
import Threads

@testable import Terminal

/// What the app under test saw, readable from the test's thread.
final class Recorder: Sendable {
  struct Seen: Sendable {
    var keys: [Key] = []
    var sizes: [Size] = []
    var notes: [Int] = []
    var ticks = 0
    var handle: UIHandle?
    var thread = pthread_t()
    var app: RecordingApp?
    var outcome: Result<Terminal.Outcome, TerminalError>?
    var output: [UInt8] = []
    var hungUp = false
  }
  let seen = Monitor(Seen())

  func note(_ number: Int) { seen.withLock { $0.notes.append(number) } }
  // Copied one by one: a sanitizer does not follow the reference counts of what leaves the lock.
  var keys: [Key] { seen.withLock { $0.keys.map { $0 } } }
  var sizes: [Size] { seen.withLock { $0.sizes.map { $0 } } }
  var notes: [Int] { seen.withLock { $0.notes.map { $0 } } }
  var ticks: Int { seen.withLock { $0.ticks } }
  var thread: pthread_t { seen.withLock { $0.thread } }
  var app: RecordingApp? { seen.withLock { $0.app } }
}

@UI
final class RecordingApp: TerminalApp {
  let recorder: Recorder
  var nextTick: Int64?
  var finished = false

  init(_ recorder: Recorder) { self.recorder = recorder }

  func frame(size: Size, glyphs: Glyphs) -> Canvas {
    var canvas = Canvas(size)
    canvas.put("Köln", at: 0, 0, .title)
    canvas.put("日", at: 0, 5, .selected)
    recorder.seen.withLock { $0.sizes.append(size) }
    return canvas
  }

  func key(_ key: Key) {
    if key == .character("q") {
      finished = true
    } else {
      recorder.seen.withLock { $0.keys.append(key) }
    }
  }

  func tick() {
    recorder.seen.withLock { $0.ticks += 1 }
    if recorder.ticks >= 3 { nextTick = nil }
  }
}

private final class Answer<T: Sendable>: Sendable {
  let value = Monitor<T?>(nil)
}

/// The loop on its own thread, the test at the other end of the pseudo-terminal.
final class Session: Sendable {
  let recorder = Recorder()
  let thread: pthread_t
  private let master: Int32
  private let slave: Int32

  init(monochrome: Bool = false, name: String = "xterm-256color") throws {
    var master: Int32 = -1
    var slave: Int32 = -1
    var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
    try #require(openpty(&master, &slave, nil, nil, &size) == 0)
    setenv("LC_ALL", "C.UTF-8", 1)
    self.master = master
    self.slave = slave
    let terminal = slave
    let recorder = recorder
    let options = Terminal.Options(monochrome: monochrome)
    // What the program writes must be read, or it would block.
    let mine = master
    _ = Session.start {
      var bytes = [UInt8](repeating: 0, count: 4096)
      var ready = pollfd(fd: mine, events: Int16(POLLIN), revents: 0)
      while !recorder.seen.withLock({ $0.hungUp }) {
        guard poll(&ready, 1, 20) > 0 else { continue }
        let count = read(mine, &bytes, bytes.count)
        if count <= 0 { break }
        let some = bytes[..<count]
        recorder.seen.withLock { $0.output += some }
      }
      close(mine)
    }
    thread = Session.start {
      let result: Result<Terminal.Outcome, TerminalError>
      do throws(TerminalError) {
        result = .success(
          try Terminal.run(options, input: terminal, output: terminal, name: name) { handle in
            let app = RecordingApp(recorder)
            recorder.seen.withLock {
              $0.handle = handle
              $0.thread = pthread_self()
              $0.app = app
            }
            return app
          })
      } catch {
        result = .failure(error)
      }
      recorder.seen.withLock {
        $0.outcome = result
        $0.app = nil  // Which holds the recorder.
      }
    }
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs `run` on a thread that nobody joins.
  private static func start(_ run: @escaping @Sendable () -> Void) -> pthread_t {
    var thread = pthread_t()
    let body = Unmanaged.passRetained(Body(run)).toOpaque()
    pthread_create(
      &thread, nil,
      { raw in
        if let raw { Unmanaged<Body>.fromOpaque(raw).takeRetainedValue().run() }
        return nil
      }, body)
    pthread_detach(thread)
    return thread
  }

  var handle: UIHandle? { recorder.seen.withLock { $0.handle } }
  // Made under the lock: a sanitizer does not follow the reference counts of what leaves it.
  var output: String { recorder.seen.withLock { String(decoding: $0.output, as: UTF8.self) } }

  /// The mode of the terminal now.
  var mode: termios {
    var mode = termios()
    tcgetattr(slave, &mode)
    return mode
  }

  func type(_ text: String) {
    _ = text.withCString { write(master, $0, text.utf8.count) }
  }

  func resize(rows: UInt16, columns: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    pthread_kill(thread, SIGWINCH)
  }

  func hangUp() { recorder.seen.withLock { $0.hungUp = true } }

  /// Waits until something is so, for at most 10 s of patience.
  func wait(_ location: SourceLocation = #_sourceLocation, until condition: () -> Bool) {
    let start = UI.now()
    while !condition() {
      if UI.now() - start > .init(Patience.seconds(10) * 1000) {
        Issue.record("waited in vain", sourceLocation: location)
        return
      }
      sched_yield()
    }
  }

  /// Waits until the first frame stands on the terminal.
  func waitForFrame() {
    wait { output.contains("ln") }
  }

  /// Runs on the UI thread and waits for the result.
  @discardableResult
  func onUI<T: Sendable>(_ body: @escaping @UI @Sendable () -> T) -> T? {
    let answer = Answer<T>()
    handle?.post {
      let value = body()
      answer.value.withLock { $0 = value }
    }
    wait { answer.value.withLock { $0 != nil } }
    return answer.value.withLock { $0 }
  }

  func outcome() -> Result<Terminal.Outcome, TerminalError>? {
    wait { recorder.seen.withLock { $0.outcome != nil } }
    return recorder.seen.withLock { $0.outcome }
  }
}

import CLinux
import Canvas
import Glibc

/// The main loop: sleeps in `poll` until a key, a signal, a job or the app's own time, and draws
/// at most 20 frames a second; what a key did is seen sooner. With nothing to do it does not wake
/// at all.
@UI
final class Loop {
  private static let frameInterval: Int64 = 50
  /// Between frames while somebody types: faster than any key repeats.
  private static let keyFrameInterval: Int64 = 10
  /// What comes in so soon after a key is taken to be what the person waits for.
  private static let awaiting: Int64 = 500
  /// A paste whose end got lost is delivered after this silence.
  private static let pastePatience: Int64 = 500

  private let screen: Screen
  private let app: any TerminalApp
  private let signals: Int32
  private var needsFrame = true
  /// The next frame is awaited by somebody who pressed a key.
  private var isAwaited = false
  private var lastFrame: Int64 = .min / 2
  private var lastTick: Int64 = .min / 2
  private var lastKey: Int64 = .min / 2
  private var outcome: Terminal.Outcome?
  private var idle = IdleReport()
  private var frameTimes = FrameTimes()

  init(_ screen: Screen, app: any TerminalApp) throws(TerminalError) {
    self.screen = screen
    self.app = app
    var set = Terminal.signalSet
    signals = signalfd(-1, &set, Int32(SFD_NONBLOCK | SFD_CLOEXEC))
    guard signals >= 0 else { throw .system(call: "signalfd", errno: errno) }
  }

  func run() -> Terminal.Outcome {
    defer {
      Glibc.close(signals)
      idle.close()
      frameTimes.write()
    }
    while true {
      if let outcome { return outcome }
      if app.finished { return .finished }
      let now = UI.now()
      if let due = tickTime, due <= now {
        lastTick = now
        app.tick()
        needsFrame = true
        continue
      }
      if needsFrame, now >= nextFrame {
        needsFrame = false
        isAwaited = false
        lastFrame = now
        frameTimes.measure { screen.paint(app.frame(size: screen.size, glyphs: screen.glyphs)) }
        idle.frames += 1
      }
      wait(now)
    }
  }

  private var nextFrame: Int64 {
    max(
      lastFrame + (isAwaited ? Loop.keyFrameInterval : Loop.frameInterval), app.frameNotBefore)
  }

  /// An app whose time does not move on is called no more often than frames are drawn.
  private var tickTime: Int64? {
    app.nextTick.map { max($0, lastTick + Loop.frameInterval) }
  }

  private func wait(_ now: Int64) {
    var until: Int64?
    if needsFrame { until = nextFrame }
    if let tick = tickTime { until = min(until ?? tick, tick) }
    if screen.isPasting { until = min(until ?? .max, now + Loop.pastePatience) }
    if !needsFrame { idle.report() }
    let timeout = until.map { Int32(clamping: max(0, $0 - now)) } ?? -1
    let input = Int16(POLLIN)
    var fds = [
      pollfd(fd: screen.input, events: input, revents: 0),
      pollfd(fd: signals, events: input, revents: 0),
      pollfd(fd: UI.shared.executor.wake, events: input, revents: 0),
    ]
    let ready = poll(&fds, nfds_t(fds.count), timeout)
    if ready == 0, screen.isPasting, let key = screen.endPaste() { handle(key) }
    guard ready > 0 else { return }
    if fds[1].revents != 0 { readSignals() }
    if fds[2].revents != 0, UI.shared.executor.drain() {
      needsFrame = true
      if UI.now() < lastKey + Loop.awaiting { isAwaited = true }
    }
    guard fds[0].revents != 0 else { return }
    for key in screen.readKeys() {
      handle(key)
      if app.finished || outcome != nil { return }
    }
    // Linux reports a terminal that is gone as readable too.
    if fds[0].revents & ~input != 0 { outcome = outcome ?? .hangup }
  }

  private func handle(_ key: Key) {
    idle.keys += 1
    needsFrame = true
    isAwaited = true
    lastKey = UI.now()
    switch key {
    case .ctrl("z"): suspend()
    case .ctrl("l"): screen.redraw()
    default: app.key(key)
    }
  }

  private func readSignals() {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    while read(signals, &info, size) == size {
      let number = Int32(bitPattern: info.ssi_signo)
      switch number {
      case SIGWINCH: resize()
      case SIGTSTP: suspend()
      case SIGCONT:
        // Somebody else may have written to the terminal meanwhile.
        screen.redraw()
        resize()
      default: outcome = .signal(number)
      }
      needsFrame = true
    }
  }

  private func resize() {
    guard screen.resize() else { return }
    app.key(.resize)
    needsFrame = true
  }

  private func suspend() {
    // A session leader has no shell above it that could continue it.
    guard getsid(0) != getpid() else { return }
    screen.suspend()
    kill(getpid(), SIGSTOP)
    screen.resume()
    resize()
    needsFrame = true
  }
}

/// Tells a scripted test when the console sleeps: the file that `SWELL_CONSOLE_IDLE` names holds
/// one line, `idle N keys K frames F`, each a count so far. Without the variable it does nothing.
struct IdleReport {
  var keys = 0
  var frames = 0
  private var count = 0
  private var lastKeys = -1
  private var lastFrames = -1
  private let file: Int32

  init() {
    file =
      getenv("SWELL_CONSOLE_IDLE").map { open($0, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o600) }
      ?? -1
  }

  mutating func report() {
    guard file >= 0, keys != lastKeys || frames != lastFrames else { return }
    count += 1
    lastKeys = keys
    lastFrames = frames
    let line = "idle \(count) keys \(keys) frames \(frames)\n"
    // One write at a fixed place: counts only grow, so a reader sees the old line or the new.
    _ = line.withCString { pwrite(file, $0, line.utf8.count, 0) }
  }

  func close() {
    if file >= 0 { Glibc.close(file) }
  }
}

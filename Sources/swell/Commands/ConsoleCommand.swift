import CSMS
import Canvas
import Console
import Control
import ControlLink
import Dispatch
import Fleet
import FleetStore
import Glibc
import Synchronization
import Terminal

/// `swell` on a terminal, and `swell run`.
enum ConsoleCommand {
  static let ascii = OptionInfo("ascii", nil, "draw with ASCII only")

  static let info = CommandInfo(
    "console", "[--db FILE]", "the console: live with an engine, read-only without one",
    [Workplace.option, ascii]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let path = Workplace.path(arguments)
    let link = ConsoleLink(path: path)
    if !link.isAnyoneThere {
      throw Failure(
        "There is no inventory at \(path). Make one with swell import FILE.csv, or see swell demo.")
    }
    try show(link, name: path, ascii: arguments.has("ascii"))
  }

  /// Runs the console until the person leaves; ends the process when a signal did.
  static func show(_ link: ConsoleLink, name: String, ascii: Bool) throws {
    let file = name.split(separator: "/").last.map(String.init) ?? name
    let outcome = try Terminal.run(.init(ascii: ascii)) { handle in
      ConsoleApp(link: link, database: file, handle: handle)
    }
    switch outcome {
    case .finished: return
    case .signal(let number): exit(128 + number)
    case .hangup: exit(128 + SIGHUP)
    }
  }
}

/// `swell run`: engine and console in one process.
enum RunCommand {
  static let info = CommandInfo(
    "run", "[--db FILE] [--listen HOST:PORT]", "engine and console in one process",
    ServeCommand.options + [ConsoleCommand.ascii]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let path = Workplace.path(arguments)
    let service = try Service(
      path: path, settings: try ServeCommand.settings(arguments),
      log: try .file(path + ".log", ServeCommand.level(arguments)))
    defer { service.stop() }
    try ConsoleCommand.show(ConsoleLink(path: path), name: path, ascii: arguments.has("ascii"))
  }
}

extension Log {
  /// Lines at the end of a file.
  static func file(_ path: String, _ level: Level) throws -> Log {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else {
      throw Failure("\(path) can't be written: \(String(cString: strerror(errno)))")
    }
    return Log(level: level) { line in
      let bytes = Array((line + "\n").utf8)
      _ = Glibc.write(descriptor, bytes, bytes.count)
    }
  }
}

/// Where a console's answers come from: the engine when there is one, else the file, read-only.
final class ConsoleLink: Sendable {
  private let path: String
  private let socket: String
  private let held = Mutex<(client: ControlClient?, reader: Reader?)>((nil, nil))

  init(path: String) {
    self.path = path
    socket = Workplace.socket(of: path)
  }

  var isAnyoneThere: Bool { access(path, F_OK) == 0 || engine() != nil }

  /// The engine, or nil while there is none.
  func engine() -> EngineInfo? {
    guard let client = client() else { return nil }
    do {
      return try client.engine()
    } catch {
      held.withLock { $0.client = nil }
      return nil
    }
  }

  private func client() -> ControlClient? {
    held.withLock { held in
      if held.client == nil { held.client = try? ControlClient(path: socket) }
      return held.client
    }
  }

  func answer(_ question: Question) -> Result<Reply, ControlError> {
    result {
      if let client = client() {
        do {
          return try client.answer(question, at: SystemClock.now)
        } catch is LinkError {
          held.withLock { $0.client = nil }
        }
      }
      return try reader().answer(question, at: SystemClock.now)
    }
  }

  private func reader() throws -> Reader {
    try held.withLock { held in
      if let reader = held.reader { return reader }
      let made = try Reader(path, schema: StockContent.migrations.count)
      held.reader = made
      return made
    }
  }

  func perform(_ command: Command) -> Result<Outcome, ControlError> {
    result {
      guard let client = client() else {
        throw ControlError.refused(
          "There is no engine, so nothing can be changed here. Start one: swell serve.")
      }
      return try client.perform(command, by: ControlServer.ownCaller)
    }
  }

  private func result<Value>(_ body: () throws -> Value) -> Result<Value, ControlError> {
    do {
      return .success(try body())
    } catch let error as ControlError {
      return .failure(error)
    } catch let error as StoreError {
      return .failure(.failed(error.message))
    } catch {
      return .failure(.failed("\(error)"))
    }
  }
}

/// Console state on a terminal: events in, effects carried out off the thread that draws.
@UI
final class ConsoleApp: TerminalApp {
  private var state: ConsoleState?
  private let link: ConsoleLink
  private let database: String
  private let handle: UIHandle
  private let data = DispatchQueue(label: "console data")
  private var isAskingEngine = false
  private var engine: EngineInfo?
  private(set) var finished = false
  private(set) var nextTick: Int64? = 0

  init(link: ConsoleLink, database: String, handle: UIHandle) {
    self.link = link
    self.database = database
    self.handle = handle
  }

  func frame(size: Size, glyphs: Glyphs) -> Canvas {
    if state == nil {
      let setup = ConsoleSetup(
        database: database, caller: ControlServer.ownCaller, glyphs: glyphs, time: Self.localTime())
      state = ConsoleState(setup: setup, size: size, now: SystemClock.now, engine: engine)
      take(.clock(SystemClock.now))
    }
    if state?.size != size { take(.resized(size)) }
    var canvas = Canvas(size)
    state?.render(into: &canvas)
    return canvas
  }

  func key(_ key: Key) { take(.key(key)) }

  func tick() {
    take(.clock(SystemClock.now))
    nextTick = UI.now() + 1000
    guard !isAskingEngine else { return }
    isAskingEngine = true
    data.async { [link, handle] in
      let info = link.engine()
      handle.post { [weak self] in self?.takeEngine(info) }
    }
  }

  private func takeEngine(_ info: EngineInfo?) {
    isAskingEngine = false
    engine = info
    take(.engine(info))
  }

  private func take(_ event: ConsoleEvent) {
    guard let effects = state?.update(event) else { return }
    for effect in effects {
      switch effect {
      case .quit: finished = true
      // Kept for as long as this console is open, by the state itself.
      case .remember: break
      case .ask(let question):
        data.async { [link, handle] in
          let result = link.answer(question)
          handle.post { [weak self] in self?.take(.answered(question, result)) }
        }
      case .perform(let command):
        data.async { [link, handle] in
          let result = link.perform(command)
          handle.post { [weak self] in self?.take(.performed(command, result)) }
        }
      }
    }
  }

  /// The offset now; a console that is open when summer time ends is an hour off until restarted
  /// in lines of that night only.
  private static func localTime() -> LocalTime {
    var seconds = time(nil)
    var parts = tm()
    localtime_r(&seconds, &parts)
    return LocalTime(offset: parts.tm_gmtoff)
  }
}

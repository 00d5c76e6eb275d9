import CSMS
import FleetStore
import Glibc
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
        "There is no inventory at \(path). Make one with swell import FILE.csv, or with swell run, whose console reads the file too (i); swell demo shows a fleet."
      )
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
    // Before the log's file, which lies beside it.
    try Store.checkWritable(path)
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

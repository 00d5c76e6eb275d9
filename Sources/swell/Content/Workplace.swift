import CSMS
import Control
import ControlLink
import Fleet
import FleetStore
import Glibc
import OCPP
import Transport
import Trust

/// The way to an inventory: through its running engine when there is one, else to the file itself.
final class Workplace {
  let path: String
  private let client: ControlClient?
  private var core: Core?
  private var worker: WorkerThread?

  static let option = OptionInfo("db", "FILE", "the inventory; else $SWELL_DB, else fleet.db here")

  init(_ arguments: Arguments) throws {
    path = Self.path(arguments)
    client = try? ControlClient(path: Self.socket(of: path))
  }

  static func path(_ arguments: Arguments) -> String {
    arguments["db"] ?? getenv("SWELL_DB").map { String(cString: $0) } ?? "fleet.db"
  }

  /// Beside the database; a path too long for a socket gets one in /tmp.
  static func socket(of path: String) -> String {
    let own = path + ".sock"
    if own.utf8.count < 100 { return own }
    let full = realpath(path, nil).map { pointer in
      defer { free(pointer) }
      return String(cString: pointer)
    }
    return
      "/tmp/swell-\(Hex.encode(Array(Digest.sha256(Array((full ?? path).utf8)).prefix(8)))).sock"
  }

  /// Where the frames of traced chargers are written.
  static func traces(of path: String) -> String { path + ".trace" }

  /// Where chargers leave their logs.
  static func uploads(of path: String) -> String { path + ".uploads" }

  /// The running engine and who the caller is to it; nil without one.
  func engine() throws -> (info: EngineInfo, caller: Caller)? {
    try client.map { (try $0.engine(), try $0.caller()) }
  }

  var hasEngine: Bool { client != nil }

  func ask(_ question: Question) throws -> Reply {
    if let client { return try client.answer(question, at: SystemClock.now) }
    return try Self.answers(path, try reader()).answer(question, at: SystemClock.now)
  }

  /// What answers in an engine, and without one.
  static func answers(
    _ path: String, _ reader: Reader, quirks: QuirkTable? = nil, tracesAll: Bool = false
  ) throws -> Answers {
    Answers(
      inventory: QuirkInventory(
        inventory: reader, quirks: try quirks ?? StockContent.quirks()),
      desk: MessageDesk(
        messages: try StockContent.messages(), traces: traces(of: path), tracesAll: tracesAll),
      uploads: UploadListing(uploads(of: path)))
  }

  func reader() throws -> Reader {
    guard access(path, F_OK) == 0 else {
      throw Failure(
        "There is no inventory at \(path). Make one: swell import FILE.csv --db \(path)")
    }
    return try Reader(path, schema: StockContent.migrations.count)
  }

  /// Through the engine, or with the file's lock in this process.
  func perform(_ command: Command) throws -> Outcome {
    if let client { return try client.perform(command, by: ControlServer.ownCaller) }
    switch command {
    case .send, .getLog:
      throw Failure("Messages are sent by a running engine; none runs on \(path).", .unavailable)
    default: break
    }
    return try offlineCore().perform(command, by: ControlServer.ownCaller)
  }

  private func offlineCore() throws -> Core {
    if let core { return core }
    let worker = try WorkerThread(name: "writer")
    var settings = EngineSettings()
    settings.trace = try Trace(directory: Self.traces(of: path), log: .silent)
    let made = try Self.makeCore(
      path: path, worker: worker, settings: settings, log: .silent)
    try made.wait { try $0.loadForCommands() }
    self.worker = worker
    core = made
    return made
  }

  /// Opens the inventory and takes its lock.
  static func makeCore(
    path: String, worker: WorkerThread, settings: EngineSettings, log: Log
  ) throws -> Core {
    let store = try Store.open(
      path, migrations: StockContent.migrations.map { Migration(name: $0.name, sql: $0.sql) },
      notice: { text in
        log(.warning, text)
        Out.talk("swell: \(text)")
      })
    return try Core(
      store: store, worker: worker, settings: settings, keyMap: try StockContent.keyMap(), log: log)
  }
}

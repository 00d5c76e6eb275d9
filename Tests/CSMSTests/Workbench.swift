import Control
import Fleet
import FleetStore
import Glibc
import OCPP
import Patience
import Rollout
import Stock
import Testing
import Threads
import Transport

@testable import CSMS

/// A running engine over an inventory of its own; both are gone with the test.
final class Workbench {
  let directory: String
  let fault = Fault()
  let log = LogLines()
  private let settings: EngineSettings
  private var running: (worker: WorkerThread, engine: Engine)?

  var engine: Engine {
    guard let running else { preconditionFailure("the engine was stopped by the test") }
    return running.engine
  }

  var port: UInt16 { engine.port }

  /// - Parameter chargers: rows of a CSV, its header line included.
  init(
    _ chargers: String = "", tokens: String = "", _ edit: (inout EngineSettings) -> Void = { _ in }
  ) throws {
    var template = Array("/tmp/swell-csms-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { mkdtemp($0) != nil } ?? false
    }
    #expect(made)
    directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var settings = EngineSettings()
    settings.listeners[0].port = 0
    settings.quietAfterConnect = .milliseconds(20)
    settings.quietAfterBoot = .milliseconds(20)
    settings.dispatchEvery = .milliseconds(10)
    settings.flushEvery = .milliseconds(20)
    edit(&settings)
    self.settings = settings
    signal(SIGPIPE, SIG_IGN)
    running = try Self.start(directory, settings, fault, log)
    if !chargers.isEmpty {
      let outcome = try perform(.importChargers(csv: chargers, source: "test.csv", dryRun: false))
      #expect(outcome.refused.isEmpty)
    }
    if !tokens.isEmpty {
      try perform(.importTokens(csv: tokens, source: "tokens.csv", dryRun: false))
    }
  }

  private static func start(
    _ directory: String, _ settings: EngineSettings, _ fault: Fault, _ log: LogLines
  ) throws -> (worker: WorkerThread, engine: Engine) {
    let worker = try WorkerThread(name: "writer")
    let migrations = Stock.files(below: "Inventory/migrations/").map {
      Migration(name: $0.name, sql: $0.text)
    }
    let store = try Store.open(directory + "/fleet.db", migrations: migrations)
    let lines = Log(level: .debug) { log.add($0) }
    let core = try Core(
      store: TestStore(store, fault: fault), worker: worker, settings: settings,
      keyMap: try KeyMap(csv: Stock.file("Inventory/keymap.csv")?.text ?? ""), log: lines)
    return (
      worker,
      try Engine(core: core, messages: Messages.catalogue, settings: settings, log: lines)
    )
  }

  deinit {
    stop()
    for name in ["", "-wal", "-shm", ".lock"] { unlink(directory + "/fleet.db" + name) }
    unlink(directory + "/image.bin")
    rmdir(directory)
  }

  /// Ends the engine as SIGTERM would.
  func stop() {
    running?.engine.stop()
    running?.worker.stop()
    // The inventory's lock goes with the last reference to the store.
    running = nil
  }

  /// Starts another engine on the same file, at another port.
  func restart() throws {
    stop()
    running = try Self.start(directory, settings, fault, log)
  }

  @discardableResult
  func perform(_ command: Command, as role: Role = .admin) throws -> Outcome {
    try engine.perform(command, by: Caller(name: role.label, role: role))
  }

  /// Looks at the core's state on its thread.
  func look<Result: Sendable>(
    _ body: @escaping @Sendable (isolated Core) throws -> Result
  ) throws -> Result {
    try engine.core.wait(body)
  }

  func charger(_ identity: String) throws -> Charger {
    let found = try look { core in
      try core.store.charger(identity: identity).map { core.live[$0.id]?.charger ?? $0 }
    }
    return try #require(found)
  }

  /// What the tables say, whatever memory knows.
  func stored(_ identity: String) throws -> Charger {
    try #require(try look { try $0.store.charger(identity: identity) })
  }

  var ledger: [LedgerEntry] {
    get throws { try look { try $0.store.entries(after: 0, limit: 100_000) } }
  }

  func ledger(_ action: String) throws -> [LedgerEntry] {
    try ledger.filter { $0.action == action }
  }

  /// Every session of a charger, by what starts and stops said: rows are numbered from 1.
  func sessions() throws -> [Session] {
    try look { core in
      try (1...200).compactMap { try core.store.session(SessionID(rawValue: $0)) }
    }
  }

  func upgrade(_ identity: String) throws -> Upgrade {
    let found = try look { core in
      try core.store.charger(identity: identity).flatMap { try core.store.upgrade(of: $0.id) }
    }
    return try #require(found)
  }

  func attempts(_ identity: String) throws -> [Attempt] {
    let id = try upgrade(identity).id
    return try look { try $0.store.attempts(of: id) }
  }
}

/// What an engine logged.
final class LogLines: Sendable {
  private let lines = Monitor<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  /// Copied line by line: of an array that left the lock the engine would go on changing what a test
  /// reads, as far as a sanitizer can see that does not follow reference counts.
  var all: [String] { lines.withLock { $0.map { $0 } } }
  func contains(_ text: String) -> Bool { all.contains { $0.contains(text) } }
}

/// Waits until a condition holds, 20 s at most; false when it did not come.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  for _ in 0..<Int(Patience.seconds(20) * 500) {
    if try condition() { return true }
    usleep(2000)
  }
  return try condition()
}

/// The stock message tables.
enum Messages {
  static let catalogue: MessageCatalogue = {
    do {
      var tables: [OCPPVersion: [UInt8]] = [:]
      for version in OCPPVersion.allCases {
        tables[version] = Stock.file("Inventory/messages/ocpp\(version.label).txt")?.bytes
      }
      let codes = try ViolationCodes(csv: Stock.file("Inventory/violations.csv")?.text ?? "")
      return try MessageCatalogue(tables: tables, codes: codes)
    } catch {
      preconditionFailure("stock tables: \(error)")
    }
  }()

  static func violation(
    response: JSON, to action: String, in version: OCPPVersion
  ) throws -> Violation? {
    let action = try #require(catalogue.action(named: action, version: version))
    return catalogue.validate(response: response, of: action)
  }

  static func violation(
    request: JSON, of action: String, in version: OCPPVersion
  ) throws -> Violation? {
    let action = try #require(catalogue.action(named: action, version: version))
    return catalogue.validate(request: request, of: action)
  }
}

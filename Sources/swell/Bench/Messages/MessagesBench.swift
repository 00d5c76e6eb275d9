import Foundation
import OCPP

/// A real engine under everything that stations may send, right and wrong: it must live, answer
/// each call exactly once, and answer only what validates.
struct MessagesBench {
  /// Frames of each message that a station sends.
  var mutations: Int
  /// Answers to each message that the engine sends.
  var answers: Int
  var seed: UInt64
  /// Only messages of that name.
  var action: String?

  func run() throws -> [Figure] {
    let catalogue = try StockContent.messages()
    let all = OCPPVersion.allCases.flatMap { catalogue.actions(of: $0) }
      .filter { action == nil || $0.name == action }
    guard !all.isEmpty else { throw UsageError("No version has a message \(action ?? "").") }
    let directory = NSTemporaryDirectory() + "swell-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var figures: [Figure] = []
    let calls = all.filter { $0.mayBeSent(by: .station) }
    if mutations > 0, !calls.isEmpty { figures += try probe(calls, catalogue, directory) }
    let orders = all.filter { $0.mayBeSent(by: .csms) }
    if answers > 0, !orders.isEmpty { figures += try order(orders, catalogue, directory) }
    return figures
  }

  /// What stations send.
  private func probe(
    _ actions: [ActionDescriptor], _ catalogue: MessageCatalogue, _ directory: String
  ) throws -> [Figure] {
    // Nothing of the engine's own in between: its quiet outlasts the bench.
    let engine = try EngineProcess(
      database: directory + "/probed.db", directory: directory, Self.options + ["--quiet", "600"])
    defer { engine.kill() }
    let run = try ProbeRun(
      catalogue: catalogue, actions: actions, mutations: mutations, seed: seed, port: engine.port)
    let start = Moment.now
    var halfway: Double?
    run.start()
    var next = start + Self.beat
    try wait("every station is done", patience: .max / 2) {
      if Moment.now >= next {
        Out.talk("bench: \(run.progress) of \(run.total) frames")
        next += Self.beat
      }
      if halfway == nil, run.progress * 2 >= run.total {
        halfway = ProcessFigures.resident(of: engine.id)
      }
      return run.isDone || !engine.isRunning
    }
    let seconds = Double(Moment.now - start) / 1000
    let lives = engine.isRunning
    let memory = ProcessFigures.resident(of: engine.id)
    run.stop()
    let tally = run.tally
    for text in tally.words { Out.talk("bench: \(text)") }
    return [
      Figure("messages of stations", Double(actions.count), ""),
      Figure("frames sent", Double(run.progress), ""),
      Figure("of them a second", Double(run.progress) / seconds, "/s"),
      Figure("answered by CALLRESULT", Double(tally.results), ""),
    ]
      + tally.errors.sorted { $0.key < $1.key }.map {
        Figure("answered by \($0.key)", Double($0.value), "")
      } + [
        Figure("wanted no answer", Double(tally.silent), ""),
        Figure("closed for text that is no UTF-8", Double(tally.closes), ""),
        Figure("engine lives", lives ? 1 : 0, "", .atLeast(1)),
        Figure("not as it must be", Double(tally.findings), "", .atMost(0)),
        Figure("engine's memory halfway", halfway ?? memory, "MB"),
        Figure("engine's memory at the end", memory, "MB"),
        // The store's page cache may fill up: 64 MB.
        Figure("engine's growth from half to end", memory - (halfway ?? memory), "MB", .atMost(80)),
      ]
  }

  /// What the engine sends, and stations answer.
  private func order(
    _ actions: [ActionDescriptor], _ catalogue: MessageCatalogue, _ directory: String
  ) throws -> [Figure] {
    let database = directory + "/ordered.db"
    let engine = try EngineProcess(
      database: database, directory: directory, Self.options + ["--quiet", "0"])
    defer { engine.kill() }
    let run = try OrderRun(
      catalogue: catalogue, actions: actions, answers: answers, seed: seed, port: engine.port,
      socket: Workplace.socket(of: database))
    let start = Moment.now
    try run.run { engine.isRunning }
    let seconds = Double(Moment.now - start) / 1000
    let lives = engine.isRunning
    run.stop()
    let tally = run.tally
    for text in tally.words { Out.talk("bench: \(text)") }
    return [
      Figure("messages of the engine", Double(actions.count), ""),
      Figure("sent by people", Double(run.total), ""),
      Figure("of them a second", Double(run.total) / seconds, "/s"),
      Figure("their answer told", Double(tally.told), ""),
      Figure("told that it was an error or no answer", Double(tally.failed), ""),
      Figure("engine lives", lives ? 1 : 0, "", .atLeast(1)),
      Figure("not as it must be", Double(tally.findings), "", .atMost(0)),
      Figure(
        "persons left without a word", Double(run.total - tally.told - tally.failed), "", .atMost(0)
      ),
    ]
  }

  /// Milliseconds between words about how far it is.
  private static let beat = 10_000
  private static let options = ["--admit", "any", "--authorize", "any", "--log", "error"]
}

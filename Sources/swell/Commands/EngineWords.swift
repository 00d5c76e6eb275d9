import Control
import Fleet

/// The engine in words, for `swell status`.
enum EngineWords {
  static func lines(_ place: Workplace) throws -> [String] {
    guard let (engine, caller) = try place.engine() else {
      return ["no engine runs: swell serve starts one"]
    }
    var lines = ["the engine runs; to it you are \(caller.name), \(caller.role.label)"]
    if let fault = engine.storageFault {
      lines.append(
        "STORAGE FAILED since \(Out.time(fault.since)): \(fault.reason) Nothing is acknowledged "
          + "until it works; the engine tries again by itself.")
    }
    lines += (engine.listeners ?? []).map(line)
    lines += warnings(engine)
    if let size = engine.traceSize, size > 0 {
      lines.append("the message trace takes \(BackupCommand.label(size))")
    }
    if let watchers = engine.watchers, watchers > 0 {
      lines.append("\(watchers) console\(watchers == 1 ? "" : "s") watching")
    }
    return lines
  }

  /// Of one address.
  private static func line(_ listener: ListenerInfo) -> String {
    let profile =
      listener.minimum == 0
      ? "any security profile"
      : "security profile \(listener.minimum)\(listener.minimum == 3 ? "" : " or higher")"
    let certificates = listener.certificates.map {
      "; \($0.key) certificate until \(Out.time($0.notAfter))"
    }
    return "chargers connect to \(listener.url) with \(profile)" + certificates.joined()
  }

  /// Each once, however many addresses share a certificate.
  static func warnings(_ engine: EngineInfo) -> [String] {
    var told: Set<String> = []
    return (engine.listeners ?? []).flatMap(\.warnings).filter { told.insert($0).inserted }
  }
}

/// `swell status --format json`: the dashboard, and the engine beside it.
struct StatusReport: Encodable {
  var board: Dashboard
  /// Null without an engine.
  var engine: EngineStatus?

  private enum Key: CodingKey {
    case engine
  }

  func encode(to encoder: any Encoder) throws {
    try board.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(engine, forKey: .engine)
  }
}

/// What a script wants to know of the engine.
struct EngineStatus: Encodable {
  var process: Int32
  /// When it started.
  var since: Instant
  var listening: [String]
  var listeners: [ListenerInfo]
  var connections: Int
  /// Null while everything can be stored.
  var storageFault: StorageFault?
  /// Who asked, and their role.
  var caller: Caller
  /// Bytes of the message trace.
  var traceSize: Int
  /// Consoles that wait for a change.
  var watchers: Int

  /// Nil without an engine.
  init?(_ place: Workplace) throws {
    guard let (info, caller) = try place.engine() else { return nil }
    process = info.process
    since = info.startedAt
    listening = info.listening
    listeners = info.listeners ?? []
    connections = info.connections
    storageFault = info.storageFault
    self.caller = caller
    traceSize = info.traceSize ?? 0
    watchers = info.watchers ?? 0
  }

  private enum Key: CodingKey {
    case process, since, listening, listeners, connections, storageFault, caller, traceSize,
      watchers
  }

  /// Every field is always there.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(process, forKey: .process)
    try container.encode(since, forKey: .since)
    try container.encode(listening, forKey: .listening)
    try container.encode(listeners, forKey: .listeners)
    try container.encode(connections, forKey: .connections)
    try container.encode(storageFault, forKey: .storageFault)
    try container.encode(
      ["name": caller.name, "role": caller.role.label], forKey: .caller)
    try container.encode(traceSize, forKey: .traceSize)
    try container.encode(watchers, forKey: .watchers)
  }
}

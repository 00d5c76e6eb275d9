import Control

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
    if let size = engine.traceSize, size > 0 {
      lines.append("the message trace takes \(BackupCommand.label(size))")
    }
    if let watchers = engine.watchers, watchers > 0 {
      lines.append("\(watchers) console\(watchers == 1 ? "" : "s") watching")
    }
    return lines
  }
}

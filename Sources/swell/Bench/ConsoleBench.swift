import Foundation
import Glibc

/// The console as its user has it: the real program on a pseudo-terminal of 200×60, attached to a
/// real engine in a process of its own, over an inventory of many chargers.
struct ConsoleBench {
  var chargers: Int
  var busySeconds: Int
  var restSeconds: Int

  /// Changes a second while it is busy.
  private static let rate = 500
  private static let connected = 100

  func run() throws -> [Figure] {
    let directory = NSTemporaryDirectory() + "swell-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let database = directory + "/fleet.db"
    Out.talk("bench: importing \(chargers) chargers")
    try importFleet(into: database, directory)
    let engine = try EngineProcess(database: database, directory: directory)
    defer { engine.kill() }
    let load = try StatusLoad(
      (0..<min(Self.connected, chargers)).map(Self.identity), host: "127.0.0.1", port: engine.port,
      rate: Self.rate)
    defer { load.stop() }

    let times = directory + "/frames"
    let console = try PseudoTerminal(
      Child.program, ["console", "--db", database], columns: 200, rows: 60,
      environment: ["SWELL_CONSOLE_FRAMES": times, "XDG_STATE_HOME": directory])
    defer { console.end() }
    guard console.wait(for: "Dashboard", seconds: 10) != nil else {
      throw Failure("the console showed nothing in 10 s")
    }
    Out.talk("bench: \(Self.rate) changes a second for \(busySeconds) s, and a person at the keys")
    load.start()
    let keys = try press(console)
    let changes = Double(load.answers) / Double(busySeconds)
    load.pause()
    Out.talk("bench: \(restSeconds) s at rest")
    // Until the worker threads of the busy time have ended.
    Thread.sleep(forTimeInterval: 15)
    let before = ProcessFigures.contextSwitches(of: console.process)
    Thread.sleep(forTimeInterval: Double(restSeconds))
    let switches = ProcessFigures.contextSwitches(
      from: before, to: ProcessFigures.contextSwitches(of: console.process))
    let resident = ProcessFigures.resident(of: console.process)
    console.type("\u{3}")
    console.waitForEnd()
    let frames = try Self.frames(times)
    return [
      Figure("chargers", Double(chargers), ""),
      Figure("changes answered", changes, "/s"),
      Figure("frames drawn", Double(frames.count), ""),
      Figure("frame, p50", frames.percentile(0.5), "ms"),
      Figure("frame, p99", frames.percentile(0.99), "ms", .atMost(5)),
      Figure("key to screen, p50", keys.all.percentile(0.5), "ms"),
      Figure("key to screen, p99", keys.all.percentile(0.99), "ms", .atMost(30)),
      Figure("of those, keys typed, p99", keys.typed.percentile(0.99), "ms"),
      Figure("of those, jumps to rows not there yet, p99", keys.jumps.percentile(0.99), "ms"),
      Figure("context switches in \(restSeconds) s at rest", Double(switches), "", .atMost(2)),
      Figure("resident memory", resident, "MB", .atMost(60)),
    ]
  }

  private static func identity(_ number: Int) -> String {
    let digits = String(number)
    return "BENCH-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  private func importFleet(into database: String, _ directory: String) throws {
    var csv = "identity,site,vendor,model,firmware,flash_free_kb,ram_free_kb,versions\n"
    for number in 0..<chargers {
      csv += "\(Self.identity(number)),Site \(number / 5),Bench,B\(number % 7),1.\(number % 4),"
      csv += "\(100 + number % 400),96,1.6\n"
    }
    let file = directory + "/fleet.csv"
    try csv.write(toFile: file, atomically: false, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Child.program)
    process.arguments = ["import", file, "--db", database]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure("the bench's fleet was not imported")
    }
  }

  /// Walks through the fleet like a person for the time of the bench; milliseconds from each key
  /// to the screen that shows what it did.
  private func press(_ console: PseudoTerminal) throws -> KeyTimes {
    var times = KeyTimes()
    func time(_ key: String, _ text: String, isJump: Bool = false) throws {
      guard let milliseconds = console.latency(of: key, until: text) else {
        throw Failure("the screen did not show \"\(text)\" within 5 s after a key")
      }
      if isJump { times.jumps.append(milliseconds) } else { times.typed.append(milliseconds) }
    }
    try time("f", Self.identity(0), isJump: true)
    let end = Date().addingTimeInterval(Double(busySeconds))
    // Letters that no screen has, so that what arrives can be nothing but the echo of the key.
    let letters = ["ж", "д", "ф", "ю", "щ", "ы", "э", "ъ"]
    var round = 0
    while Date() < end {
      try time("G", Self.identity(chargers - 1), isJump: true)
      try time("g", Self.identity(0), isJump: true)
      try time("/", "model:")
      for letter in letters { try time(letter, letter) }
      _ = console.wait(for: Self.identity(0), seconds: 0.2) { console.type("\u{1B}") }
      round += 1
      Thread.sleep(forTimeInterval: 0.02 * Double(round % 7))
    }
    return times
  }

  /// Milliseconds of each frame, as the console wrote them.
  private static func frames(_ path: String) throws -> [Double] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let frames = text.split(separator: "\n").compactMap { Double($0).map { $0 / 1000 } }
    guard !frames.isEmpty else { throw Failure("the console wrote no frame times to \(path)") }
    return frames
  }
}

/// Milliseconds from keys to the screens that show what they did.
private struct KeyTimes {
  var typed: [Double] = []
  /// To rows that the engine had to be asked for.
  var jumps: [Double] = []
  var all: [Double] { typed + jumps }
}

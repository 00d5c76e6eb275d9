import Foundation
import Testing

/// The program as its users and independent chargers meet it: the binary beside this test bundle,
/// real processes, sockets and terminals. One at a time: they share the machine's clock and cores.
@Suite(.serialized)
struct JourneyTests {}

/// A directory of its own for one journey, and the ways into the program from there.
final class Journey {
  let directory: String
  private var running: [SwellProcess] = []

  init() throws {
    var template = Array("/tmp/swell-journey-XXXXXX".utf8CString)
    directory = try template.withUnsafeMutableBufferPointer { buffer in
      try String(cString: #require(buffer.baseAddress.flatMap { mkdtemp($0) }))
    }
  }

  deinit {
    for process in running { process.stop() }
    try? FileManager.default.removeItem(atPath: directory)
  }

  var database: String { directory + "/fleet.db" }

  func path(_ name: String) -> String { directory + "/" + name }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }

  /// Starts a program that ends with this journey at the latest.
  func start(_ program: String, _ words: [String], _ environment: [String: String] = [:]) throws
    -> SwellProcess
  {
    let process = try SwellProcess(
      program, words, in: directory, environment: ["SWELL_DB": database].merging(environment) { $1 }
    )
    // Those that ended belong to who asked for them: a terminal is looked at thousands of times.
    running.removeAll(where: \.hasEnded)
    running.append(process)
    return process
  }

  /// Runs a command of the program to its end.
  func swell(_ words: String..., input: String = "", location: SourceLocation = #_sourceLocation)
    throws -> Result
  {
    let process = try start(Places.binary, words)
    process.write(input)
    return Result(
      code: try process.exitCode(location), output: process.output, talk: process.talk)
  }

  /// Starts an engine on a port of the system's choice, and waits until it serves.
  func engine(_ more: String..., location: SourceLocation = #_sourceLocation) throws
    -> EngineProcess
  {
    let words = ["serve", "--listen", "127.0.0.1:0", "--authorize", "any", "--quiet", "1"] + more
    let process = try start(Places.binary, words)
    try process.wait(for: "an engine that serves", location) { $0.talk.contains("<identity>") }
    let url = try #require(
      process.talk.firstMatch(of: /ws:[^<]*/), "no address in: \(process.talk)")
    return EngineProcess(process: process, url: String(url.output.dropLast()))
  }

  /// Asks until the rows of a list are as wanted, and returns them.
  @discardableResult
  func rows(
    _ words: String..., seconds: Double = 30, location: SourceLocation = #_sourceLocation,
    until isWanted: ([[String: Any]]) -> Bool
  ) throws -> [[String: Any]] {
    var last: [[String: Any]] = []
    try Deadline.wait("rows of \(words)", seconds: seconds, location, detail: { "\(last)" }) {
      let process = try start(Places.binary, words + ["--format", "json"])
      guard try process.exitCode(location) == 0 else { return false }
      last = try Result(code: 0, output: process.output, talk: "").rows()
      return isWanted(last)
    }
    return last
  }

  /// What a command left behind.
  struct Result {
    let code: Int32
    let output: String
    let talk: String

    func json() throws -> Any {
      try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed)
    }

    func object() throws -> [String: Any] { try #require(try json() as? [String: Any]) }
    func rows() throws -> [[String: Any]] { try #require(try json() as? [[String: Any]]) }
  }

  struct EngineProcess {
    let process: SwellProcess
    /// Where chargers connect, without the identity.
    let url: String
  }
}

/// Where the tested things are.
enum Places {
  /// The package's directory: Tests/JourneyTests/.. /..
  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// Beside the test bundle, whatever build directory that is in.
  static let binary: String = {
    let bundle =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().path + "/swell"
  }()

  static let stations = package + "/Tests/JourneyTests/Stations/"

  /// The interpreter with the independent OCPP library.
  static func python(_ location: SourceLocation = #_sourceLocation) throws -> String {
    let path = package + "/.build/venv/bin/python"
    try #require(
      access(path, X_OK) == 0, "\(path) is missing: run .ci/setup --tests", sourceLocation: location
    )
    return path
  }
}

/// Fleets, images and playbooks that several journeys use.
enum Supplies {
  /// The stock playbook in seconds.
  static let playbook = """
    {
      swell: 1, name: "quick", title: "in place, in seconds", target: "2.0.1",
      waves: { growth: 2, canaryAtLeast: 3, canaryFailures: 0 },
      gate: { maxFailureRate: "10 %", confidence: "95 %", acceptedHarm: 15 },
      soak: { onFirmware: "200ms", onVersion: "200ms" },
      limits: {
        answer: "8s", drain: "20s", quiet: "200ms", download: "15s", install: "10s",
        reboot: "10s", verify: "15s", attempts: 2,
      },
      siteBudget: 2,
    }
    """

  /// Chargers of one model that the simulator plays; ten at a site.
  static func fleet(_ count: Int) -> String {
    let rows = (1...count).map { number in
      "SIM-\(number),Depot \((number - 1) / 10),Europe/Berlin,10,Volta,AC22,A,2.3.1,312,96,1.6,1,no,good"
    }
    return """
      identity,site,zone,budget,vendor,model,hardware,firmware,flash_free_kb,ram_free_kb,versions,connectors,signed,habit
      \(rows.joined(separator: "\n"))

      """
  }

  private static let payload = String(repeating: "0123456789abcdef", count: 4096)
  /// With the SHA-256 of the payload.
  private static let header =
    "SWELL-SIMULATED-IMAGE 1\n"
    + #"{"model":"AC22","version":"2.4.0","protocols":"1.6 2.0.1","flash":200,"ram":60,"#
    + #""sha256":"d8b2af1c85cdb4588e978aed5875e12cbfd20f68009823cf914b40cf41d8e4ce"}"# + "\n"
  static var imageSize: Int { header.utf8.count + payload.utf8.count }

  /// An image in the form that simulated chargers understand; others take it for bytes.
  static func image(_ journey: Journey) throws -> String {
    try journey.write("image.bin", header + payload)
  }
}

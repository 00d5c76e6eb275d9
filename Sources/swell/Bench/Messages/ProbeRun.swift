import Foundation
import OCPP
import Synchronization
import Transport

/// Stations of three versions that send an engine what it must bear, on one event loop, and hold
/// every answer to what was owed.
// Safe: all but the atomics is made before the loop has a job, touched in its jobs only, and read
// after `stop` has joined it.
final class ProbeRun: @unchecked Sendable {
  /// Stations connected at once.
  static let stations = 64
  /// Frames that a station sends before it waits for their answers. Two open calls are one too
  /// many (OCPP 2.0.1 part 4 §4.1.1), and borne.
  static let group = 32

  let catalogue: MessageCatalogue
  let loop: EventLoop
  let port: UInt16
  private let seed: UInt64
  /// How many frames are to be sent.
  let total: Int
  private var queues: [OCPPVersion: [Work]] = [:]
  private var crew: [ProbeStation] = []
  private(set) var tally = ProbeTally()

  private let sent = Atomic<Int>(0)
  private let active = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)

  private struct Work {
    var action: ActionDescriptor
    var left: Int
  }

  /// - Parameter mutations: frames of each action.
  init(
    catalogue: MessageCatalogue, actions: [ActionDescriptor], mutations: Int, seed: UInt64,
    port: UInt16
  ) throws {
    self.catalogue = catalogue
    self.seed = seed
    self.port = port
    loop = try EventLoop(name: "stations")
    total = actions.count * mutations
    let versions = OCPPVersion.allCases.filter { version in
      actions.contains { $0.version == version }
    }
    for version in versions {
      let own = actions.filter { $0.version == version }
      queues[version] = own.map { Work(action: $0, left: mutations) }
      let share = max(1, Self.stations * own.count / actions.count)
      for number in 1...share {
        crew.append(ProbeStation(self, "PROBE-\(version.label)-\(number)", version))
      }
    }
  }

  /// How many frames have been sent so far.
  var progress: Int { sent.load(ordering: .relaxed) }
  var isDone: Bool { active.load(ordering: .acquiring) == 0 }

  func start() {
    active.store(crew.count, ordering: .releasing)
    loop.submit { [self] in for station in crew { station.connect() } }
  }

  /// Ends every connection; the tally is final.
  func stop() {
    isStopped.store(true, ordering: .relaxed)
    loop.stop()
  }

  /// Whether so much went wrong that more would say no more.
  var isHopeless: Bool { tally.findings > 1000 }
  var isStopping: Bool { isStopped.load(ordering: .relaxed) }

  /// The next frames of that version, actions in turn; empty when all is sent. One that costs the
  /// connection is the last.
  func nextGroup(_ version: OCPPVersion) -> [Probe] {
    guard var work = queues[version]?.popLast() else { return [] }
    let count = min(Self.group, work.left)
    // By what is sent and not by who sends it: the same seed sends the same frames.
    let place = UInt64(work.left) << 16 ^ UInt64(version.rawValue) << 48
    let name = work.action.name.utf8.reduce(UInt64(5381)) { $0 &* 33 ^ UInt64($1) }
    var maker = ProbeMaker(catalogue, version, seed: seed ^ place &+ name)
    var probes: [Probe] = []
    for number in 0..<count {
      probes.append(maker.next(work.action, id: "\(work.action.name.prefix(20))-\(number)"))
      if probes.last?.owed == .close { break }
    }
    work.left -= probes.count
    if work.left > 0 { queues[version, default: []].insert(work, at: 0) }
    sent.add(probes.count, ordering: .relaxed)
    return probes
  }

  func note(_ change: (inout ProbeTally) -> Void) { change(&tally) }
  func finished() { active.subtract(1, ordering: .releasing) }
}

/// What came of it.
struct ProbeTally {
  var results = 0
  /// CALLERRORs by version and code.
  var errors: [String: Int] = [:]
  /// Frames that wanted no answer.
  var silent = 0
  /// Connections closed as they had to be.
  var closes = 0
  /// What was not as it must be, and the first of it in words.
  var findings = 0
  var words: [String] = []

  mutating func find(_ what: String) {
    findings += 1
    if words.count < 20 { words.append(what) }
  }

  mutating func count(_ owed: Probe.Owed, _ version: OCPPVersion) {
    switch owed {
    case .result: results += 1
    case .error(_, let code):
      errors["\(version.label) \(code.spelling(in: version))", default: 0] += 1
    case .nothing: silent += 1
    case .close: closes += 1
    }
  }
}

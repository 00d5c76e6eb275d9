import Control
import ControlLink
import Foundation
import OCPP
import Synchronization
import Threads
import Transport

/// A person at each of many stations who sends it every message that a CSMS may send, and stations
/// that answer with anything: the engine must live, and every person must be told what came of it.
// Safe: `stations` is made before the loop has a job and touched in its jobs only, the tally is
// behind a mutex, the rest never changes.
final class OrderRun: @unchecked Sendable {
  /// Stations, each with its person; as many open calls.
  static let pairs = 24
  /// What a person waits at most, in milliseconds: an answer that cannot be read is followed by one
  /// that can.
  private static let patience = 30_000

  let catalogue: MessageCatalogue
  let loop: EventLoop
  let port: UInt16
  private let socket: String
  private let seed: UInt64
  private let answers: Int
  private let work: [ActionDescriptor]
  private var stations: [AnsweringStation] = []
  private let held = Monitor(OrderTally())
  private let ready = Atomic<Int>(0)
  private let done = Atomic<Int>(0)

  init(
    catalogue: MessageCatalogue, actions: [ActionDescriptor], answers: Int, seed: UInt64,
    port: UInt16, socket: String
  ) throws {
    self.catalogue = catalogue
    self.seed = seed
    self.port = port
    self.socket = socket
    self.answers = answers
    work = actions
    loop = try EventLoop(name: "stations")
    let versions = OCPPVersion.allCases.filter { version in
      actions.contains { $0.version == version }
    }
    for number in 0..<Self.pairs {
      let version = versions[number % versions.count]
      stations.append(AnsweringStation(self, number, version, seed: seed &+ UInt64(number)))
    }
  }

  var tally: OrderTally { held.withLock { $0 } }
  var total: Int { work.count * answers }
  func note(_ change: (inout OrderTally) -> Void) { held.withLock { change(&$0) } }
  func isReady() { ready.add(1, ordering: .releasing) }

  /// Runs to the end of all persons, or until the engine is gone.
  func run(while lives: () -> Bool) throws {
    loop.submit { [self] in for station in stations { station.connect() } }
    try wait("the stations have booted", patience: 30_000) {
      ready.load(ordering: .acquiring) >= Self.pairs
    }
    let places = stations.map { (identity: $0.identity, version: $0.version) }
    for (number, place) in places.enumerated() {
      let peers = places[..<number].count { $0.version == place.version }
      let all = places.count { $0.version == place.version }
      Thread.detachNewThread { [self] in
        person(place.identity, place.version, share: peers, of: all)
        done.add(1, ordering: .releasing)
      }
    }
    while done.load(ordering: .acquiring) < places.count, lives() { poll(nil, 0, 50) }
  }

  func stop() { loop.stop() }

  /// Sends the share of a person of each message of the version.
  private func person(_ identity: String, _ version: OCPPVersion, share: Int, of all: Int) {
    guard let client = try? ControlClient(path: socket) else {
      return note { $0.find("\(identity): no way to the engine") }
    }
    for action in work where action.version == version {
      let payload = catalogue.smallest(requestOf: action).text
      for _ in stride(from: share, to: answers, by: all) {
        let start = Moment.now
        let command = Command.send(
          charger: identity, action: action.name, payload: payload, override: "bench")
        do {
          let outcome = try client.perform(command, by: ControlServer.ownCaller)
          note {
            if outcome.message.isEmpty {
              $0.find("\(action.name): no answer told")
            } else {
              $0.told += 1
            }
          }
        } catch ControlError.refused(let why) {
          note {
            if why.hasPrefix("The charger") {
              $0.failed += 1
            } else {
              $0.find("\(action.name): \(why)")
            }
          }
        } catch {
          note { $0.find("\(identity) \(action.name): \(error)") }
          if case LinkError.noEngine = error { return }
        }
        let took = Moment.now - start
        note { if took > Self.patience { $0.find("\(action.name) took \(took) ms") } }
      }
    }
  }
}

/// What came of the messages that people sent.
struct OrderTally {
  /// The station's answer was passed on.
  var told = 0
  /// It was an error, or could not be read, and that was told.
  var failed = 0
  var findings = 0
  var words: [String] = []

  mutating func find(_ what: String) {
    findings += 1
    if words.count < 20 { words.append(what) }
  }
}

/// A station that answers every call twice: first with anything, then so that the call is over.
final class AnsweringStation: WebSocketClientDelegate {
  let identity: String
  let version: OCPPVersion
  private unowned let run: OrderRun
  private var client: WebSocketClient?
  private var sampler: MessageSampler
  private var random: SplitMix64
  private var last: [UInt8] = []
  private var isBooted = false

  init(_ run: OrderRun, _ number: Int, _ version: OCPPVersion, seed: UInt64) {
    self.run = run
    self.version = version
    identity = "ORDER-\(number)"
    sampler = MessageSampler(catalogue: run.catalogue, seed: seed)
    random = SplitMix64(seed: seed ^ 0xA25)
  }

  func connect() {
    client = try? WebSocketClient.connect(
      on: run.loop, host: "127.0.0.1", port: run.port, target: "/ocpp/\(identity)",
      subprotocols: ["ocpp\(version.label)"], delegate: self)
  }

  func opened(_ client: WebSocketClient, subprotocol: String?) {
    client.send(text: MessageProof.boot("boot", version))
  }

  func received(_ client: WebSocketClient, text: UnsafeBufferPointer<UInt8>) {
    guard let root = try? JSONDocument(bytes: Array(text)).root, let id = root[1]?.string else {
      return run.note { $0.find("received what is no frame") }
    }
    guard root[0]?.int == 2, let name = root[2]?.string, let payload = root[3] else {
      if id == "boot", !isBooted {
        isBooted = true
        run.isReady()
      }
      return
    }
    guard let action = run.catalogue.action(named: name, version: version) else {
      return run.note { $0.find("\(identity) was sent \(name)") }
    }
    if let violation = run.catalogue.validate(request: payload, of: action) {
      run.note { $0.find("\(identity) was sent \(name) against a rule: \(violation)") }
    }
    client.send(text: answer(action, id))
    client.send(
      text: FrameWriter.result(id: id, payload: sampler.valid(.response, of: action)))
  }

  /// One in eight is right, one in four breaks a rule, the others are mutated.
  private func answer(_ action: ActionDescriptor, _ id: String) -> [UInt8] {
    let kind = UInt8.random(in: 0..<8, using: &random)
    let payload =
      kind == 1 || kind == 2
      ? sampler.broken(.response, of: action)?.payload ?? [] : sampler.valid(.response, of: action)
    let frame = FrameWriter.result(id: id, payload: payload)
    guard kind > 2 else { return frame }
    let mutated = sampler.mutated(frame, with: last)
    last = frame
    // Its connection is worth more than what a text that is no UTF-8 would prove again.
    return Array(String(decoding: mutated, as: UTF8.self).utf8)
  }

  func closed(_ client: WebSocketClient, _ reason: CloseReason) {
    if case .stopped = reason { return }
    run.note { $0.find("\(identity) lost its connection: \(reason)") }
    connect()
  }
}

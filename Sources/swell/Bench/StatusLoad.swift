import Simulator
import Synchronization
import Transport

/// Connected 1.6 chargers whose connectors change state at a steady rate: every message is a change
/// that screens may show.
final class StatusLoad: Sendable {
  private let loop: EventLoop
  private let answered = Atomic<Int>(0)
  private let isRunning = Atomic<Bool>(false)
  /// Messages a second, of all together.
  private let rate: Int

  /// One charger's socket; touched on its loop only, which the loop checks.
  private final class Charger: WebSocketClientDelegate {
    let load: StatusLoad
    let identity: String
    private var client: WebSocketClient?
    private var sent = 0
    private var isOpen = false

    init(_ load: StatusLoad, _ identity: String) { (self.load, self.identity) = (load, identity) }

    func connect(to host: String, _ port: UInt16, on loop: EventLoop) throws(TransportError) {
      client = try WebSocketClient.connect(
        on: loop, host: host, port: port, target: "/ocpp/\(identity)", subprotocols: ["ocpp1.6"],
        delegate: self)
    }

    func opened(_ client: WebSocketClient, subprotocol: String?) {
      isOpen = true
      send(
        "BootNotification",
        #"{"chargePointVendor":"Bench","chargePointModel":"B1","firmwareVersion":"1.0"}"#)
    }

    func changeState() {
      guard isOpen else { return }
      let state = sent % 2 == 0 ? "Available" : "Preparing"
      send(
        "StatusNotification", #"{"connectorId":1,"errorCode":"NoError","status":"\#(state)"}"#)
    }

    private func send(_ action: String, _ payload: String) {
      sent += 1
      client?.send(text: Array(#"[2,"\#(sent)","\#(action)",\#(payload)]"#.utf8))
    }

    func received(_ client: WebSocketClient, text: UnsafeBufferPointer<UInt8>) {
      load.answered.add(1, ordering: .relaxed)
    }

    func closed(_ client: WebSocketClient, _ reason: CloseReason) { isOpen = false }
  }

  /// The chargers of one loop, which alone touches them.
  // Safe: made empty, and filled and read in jobs of the loop only.
  private final class Chargers: @unchecked Sendable {
    var all: [Charger] = []
    var next = 0
  }

  private let chargers = Chargers()

  /// Connects; chargers must be in the inventory.
  init(_ identities: [String], host: String, port: UInt16, rate: Int) throws {
    loop = try EventLoop(name: "load")
    self.rate = rate
    loop.submit { [self] in
      for identity in identities {
        let charger = Charger(self, identity)
        try? charger.connect(to: host, port, on: loop)
        chargers.all.append(charger)
      }
    }
  }

  /// Messages that were answered so far.
  var answers: Int { answered.load(ordering: .relaxed) }

  private static let beat: UInt64 = 20

  func start() {
    isRunning.store(true, ordering: .relaxed)
    loop.submit { [self] in beat() }
  }

  /// Everybody stays connected and says nothing any more.
  func pause() { isRunning.store(false, ordering: .relaxed) }

  private func beat() {
    guard isRunning.load(ordering: .relaxed) else { return }
    for _ in 0..<max(1, rate * Int(Self.beat) / 1000) where !chargers.all.isEmpty {
      chargers.next = (chargers.next + 1) % chargers.all.count
      chargers.all[chargers.next].changeState()
    }
    loop.schedule(after: Self.beat) { [self] in beat() }
  }

  func stop() { loop.stop() }
}

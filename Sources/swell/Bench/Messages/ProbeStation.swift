import OCPP
import Transport

/// One station of the bench. It sends a group of frames and then one that is always answered: by
/// then every other answer must have come, and nothing else.
final class ProbeStation: WebSocketClientDelegate {
  private unowned let run: ProbeRun
  private let identity: String
  private let version: OCPPVersion
  private var client: WebSocketClient?
  private var group: [Probe] = []
  /// Probes without their answer, by the id that it must have.
  private var waiting: [String: [Probe]] = [:]
  private var rounds = 0
  private var isBooted = false
  private var isClosing = false
  /// Nothing is left to send.
  private var isDone = false

  init(_ run: ProbeRun, _ identity: String, _ version: OCPPVersion) {
    (self.run, self.identity, self.version) = (run, identity, version)
  }

  func connect() {
    do {
      client = try WebSocketClient.connect(
        on: run.loop, host: "127.0.0.1", port: run.port, target: "/ocpp/\(identity)",
        subprotocols: ["ocpp\(version.label)"], delegate: self)
    } catch {
      find("cannot connect: \(error)")
      run.finished()
    }
  }

  func opened(_ client: WebSocketClient, subprotocol: String?) {
    isClosing = false
    guard isBooted else { return client.send(text: MessageProof.boot(fence, version)) }
    next()
  }

  private var fence: String { "fence-\(rounds)" }

  private func next() {
    waiting = [:]
    group = run.nextGroup(version)
    guard !group.isEmpty, !run.isStopping else {
      isDone = true
      client?.close(.normal)
      return run.finished()
    }
    rounds += 1
    for probe in group where probe.owed != .close {
      if let id = probe.owed.id {
        waiting[id, default: []].append(probe)
      } else {
        run.note { $0.count(probe.owed, version) }
      }
      client?.send(text: probe.bytes)
    }
    client?.send(text: MessageProof.fence(fence, version))
    let round = rounds
    run.loop.schedule(after: 60_000) { [weak self] in
      guard let self, self.rounds == round, self.client?.isOpen == true, !self.group.isEmpty else {
        return
      }
      self.find("60 s without an answer")
      self.client?.abort()
    }
  }

  func received(_ client: WebSocketClient, text: UnsafeBufferPointer<UInt8>) {
    guard let root = try? JSONDocument(bytes: Array(text)).root, let id = root[1]?.string else {
      return find("received what is no frame: \(String(decoding: text, as: UTF8.self))")
    }
    if root[0]?.int == 2 {
      return client.send(
        text: FrameWriter.error(id: id, code: .notSupported, version: version))
    }
    if id == fence { return answered(root) }
    guard var probes = waiting[id], !probes.isEmpty else {
      return find("answered without being asked: \(root.text.prefix(300))")
    }
    // Answers to calls with one id come in the order of the calls, but refusals before all others.
    let place = probes.firstIndex { flaw(root, $0) == nil } ?? 0
    let probe = probes.remove(at: place)
    waiting[id] = probes.isEmpty ? nil : probes
    if let flaw = flaw(root, probe) {
      find("\(flaw): \(root.text.prefix(300)) to \(spelt(probe))")
    } else {
      run.note { $0.count(probe.owed, version) }
    }
  }

  private func flaw(_ root: JSONValue, _ probe: Probe) -> String? {
    MessageProof.flaw(root, of: probe, run.catalogue, version)
  }

  /// The last frame of a group, or the boot, is answered.
  private func answered(_ root: JSONValue) {
    if root[0]?.int != 3 { find("not taken: \(root.text.prefix(300))") }
    isBooted = true
    for probe in waiting.values.joined() { find("not answered: \(spelt(probe))") }
    guard let last = group.last, last.owed == .close else { return next() }
    isClosing = true
    client?.send(text: last.bytes)
  }

  func closed(_ client: WebSocketClient, _ reason: CloseReason) {
    guard !isDone, !run.isStopping else { return }
    if isClosing, case .peer(let code, _) = reason, code?.rawValue == 1007 {
      run.note { $0.count(.close, version) }
    } else {
      find("the connection ended: \(reason), behind \(group.last.map(spelt) ?? "its boot")")
      // With nobody to speak to, it is over.
      if run.isHopeless { return run.finished() }
    }
    connect()
  }

  private func find(_ what: String) { run.note { $0.find("\(identity) \(what)") } }

  private func spelt(_ probe: Probe) -> String {
    String(decoding: probe.bytes.prefix(600), as: UTF8.self)
  }
}

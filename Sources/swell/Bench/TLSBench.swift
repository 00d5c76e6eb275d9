import Foundation
import Glibc
import Synchronization
import Threads
import Transport
import Trust

/// What TLS costs a server: processor time of a handshake of each kind, and the memory of
/// connections at rest. The server is a process of its own, so that only its part counts.
struct TLSBench {
  /// Connections that lie idle, and handshakes of each kind.
  var connections: Int

  func run() throws -> [Figure] {
    Service.raiseDescriptorLimit()
    let folder = NSTemporaryDirectory() + "swell-bench-tls-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let authority = try DemoAuthority("Bench Root")
    let root = try write(authority.certificate, "\(folder)/root.pem")
    var figures: [Figure] = []
    for isRSA in [false, true] {
      let name = isRSA ? "RSA 2048" : "ECDSA P-256"
      var request = DemoAuthority.Request("bench", use: .server(["127.0.0.1"]))
      request.isRSA = isRSA
      let issued = try authority.issue(request)
      _ = try write(issued.certificate, "\(folder)/chain.pem")
      _ = try write(String(decoding: issued.key.bytes, as: UTF8.self), "\(folder)/key.pem")
      let server = try TLSBenchServer.Remote(folder)
      var tls = ClientTLS.Configuration()
      tls.authorities = root
      figures.append(
        Figure(
          "full handshakes, \(name)", try handshakes(server, try ClientTLS(tls)), "/CPU s"))
      tls.resumes = true
      figures.append(
        Figure("resumed handshakes, \(name)", try handshakes(server, try ClientTLS(tls)), "/CPU s"))
      tls.resumes = false
      guard !isRSA else { continue }
      let plain = try rest(server, nil, name: "plain")
      figures.append(
        Figure("memory of an idle connection, plain", plain, "kB", .atMost(3)))
      figures.append(
        Figure(
          "memory of an idle connection, TLS 1.3",
          try rest(server, try ClientTLS(tls), name: "1.3"),
          "kB", .atMost(30)))
      tls.maximumVersion = .tls12
      figures.append(
        Figure(
          "memory of an idle connection, TLS 1.2",
          try rest(server, try ClientTLS(tls), name: "1.2"),
          "kB", .atMost(30)))
      let own = try authority.issue(.init("CP-1", organization: "Bench"))
      tls.certificate = (
        chain: try write(own.certificate, "\(folder)/own.pem"),
        key: try write(String(decoding: own.key.bytes, as: UTF8.self), "\(folder)/own-key.pem")
      )
      tls.maximumVersion = .tls13
      figures.append(
        Figure(
          "memory of an idle connection, TLS 1.3 with a client's certificate",
          try rest(server, try ClientTLS(tls), name: "mTLS"), "kB", .atMost(30)))
    }
    return figures
  }

  private func write(_ text: String, _ path: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Handshakes that one second of the server's processor time makes.
  private func handshakes(_ server: TLSBenchServer.Remote, _ tls: ClientTLS) throws -> Double {
    let crowd = try Crowd(server.securePort, tls)
    defer { crowd.stop() }
    // The first one brings the ticket.
    try crowd.connect(1)
    crowd.hangUp()
    try crowd.awaitEmpty()
    let before = ProcessFigures.processorSeconds(of: server.id)
    let count = max(200, connections / 2)
    for _ in 0..<(count / 200) {
      try crowd.connect(200)
      crowd.hangUp()
      try crowd.awaitEmpty()
    }
    let used = ProcessFigures.processorSeconds(of: server.id) - before
    return Double(count / 200 * 200) / max(used, 0.001)
  }

  /// Kilobytes that a connection at rest takes, after each has been used.
  private func rest(
    _ old: TLSBenchServer.Remote, _ tls: ClientTLS?, name: String
  ) throws -> Double {
    // A fresh process each, so that nothing freed earlier is used again.
    let server = try TLSBenchServer.Remote(old.folder)
    let crowd = try Crowd(tls == nil ? server.plainPort : server.securePort, tls)
    defer { crowd.stop() }
    try crowd.connect(100)
    let before = ProcessFigures.resident(of: server.id)
    for _ in 0..<(connections / 200) { try crowd.connect(200) }
    Out.talk("bench: \(connections) connections at rest, \(name)")
    return (ProcessFigures.resident(of: server.id) - before) * 1024
      / Double(connections / 200 * 200)
  }
}

/// Clients on a loop that greet, are echoed, and stay.
private final class Crowd: Sendable {
  private let loop: EventLoop
  private let port: UInt16
  private let tls: ClientTLS?
  private let echoed = Atomic<Int>(0)
  private let ended = Atomic<Int>(0)
  private let members = Monitor<[LoopBound<WebSocketClient>]>([])
  private let asked = Atomic<Int>(0)
  private let failure = Monitor<String?>(nil)

  init(_ port: UInt16, _ tls: ClientTLS?) throws {
    loop = try EventLoop(name: "crowd")
    self.port = port
    self.tls = tls
  }

  private final class Member: WebSocketClientDelegate {
    let crowd: Crowd
    init(_ crowd: Crowd) { self.crowd = crowd }
    func opened(_ client: WebSocketClient, subprotocol: String?) {
      client.send(text: Array(#"[2,"1","Heartbeat",{}]"#.utf8))
    }
    func received(_ client: WebSocketClient, text: UnsafeBufferPointer<UInt8>) {
      crowd.echoed.add(1, ordering: .relaxed)
    }
    func closed(_ client: WebSocketClient, _ reason: CloseReason) {
      crowd.ended.add(1, ordering: .relaxed)
      if case .local = reason { return }
      crowd.failure.withLock { $0 = "\(reason)" }
    }
  }

  /// Connects so many more and waits for their echoes.
  func connect(_ count: Int) throws {
    asked.add(count, ordering: .relaxed)
    loop.submit { [self] in
      for _ in 0..<count {
        let client = try? WebSocketClient.connect(
          on: loop, host: "127.0.0.1", port: port, target: "/bench", subprotocols: ["ocpp1.6"],
          tls: tls, delegate: Member(self))
        if let client { members.withLock { $0.append(LoopBound(client, loop)) } }
      }
    }
    try wait("all connections were echoed", every: 2) {
      if let failure = failure.withLock({ $0 }) { throw Failure("a connection ended: \(failure)") }
      return echoed.load(ordering: .relaxed) == asked.load(ordering: .relaxed)
    }
  }

  func hangUp() {
    loop.submit { [self] in
      let all = members.withLock { members in
        defer { members = [] }
        return members
      }
      for member in all { member.value.close(.normal) }
    }
  }

  func awaitEmpty() throws {
    try wait("all connections ended", every: 2) {
      ended.load(ordering: .relaxed) == asked.load(ordering: .relaxed)
    }
  }

  func stop() { loop.stop() }
}

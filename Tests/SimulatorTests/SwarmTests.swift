import Glibc
import OCPP
import Testing
import Transport

@testable import Simulator

/// A server of a few lines: it accepts everything, in the newest version offered.
private final class SmallServer: ServerDelegate {
  enum Event: Sendable {
    case call(version: OCPPVersion, action: String, payload: JSON, bytes: [UInt8])
    case download(target: String)
  }

  private final class Peer {
    let version: OCPPVersion
    /// What the client calls this server.
    let host: String
    var reader = FrameReader()
    init(_ version: OCPPVersion, host: String) { (self.version, self.host) = (version, host) }
  }

  let events: AsyncStream<Event>.Continuation
  let image: [UInt8]
  private var cut: Set<String> = []
  /// Drops the connection instead of answering the first call of this action from each charger.
  let cutsAt: String?

  init(_ events: AsyncStream<Event>.Continuation, image: [UInt8], cutsAt: String?) {
    self.events = events
    self.image = image
    self.cutsAt = cutsAt
  }

  func upgradeRequested(_ connection: ServerConnection, _ request: UpgradeRequest) {
    let offered = request.offeredSubprotocols.compactMap(OCPPVersion.init(subprotocol:))
    guard let version = offered.max(), request.target.hasPrefix("/ocpp/") else {
      return connection.refuse(HTTPResponse(404, "Not Found"))
    }
    connection.context = Peer(version, host: request.fields["Host"] ?? "")
    connection.accept(subprotocol: version.subprotocol)
  }

  func requested(_ connection: ServerConnection, _ head: RequestHead) {
    events.yield(.download(target: head.target))
    connection.respond(HTTPResponse(200, "OK", body: image))
  }

  func opened(_ connection: ServerConnection) {}
  func closed(_ connection: ServerConnection, _ reason: CloseReason) {}

  func received(_ connection: ServerConnection, text: UnsafeBufferPointer<UInt8>) {
    guard let peer = connection.context as? Peer else { return }
    let bytes = Array(text)
    guard
      case .frame(.call(let id, let action, let payload)) = peer.reader.read(
        bytes, version: peer.version)
    else { return }
    let call = Bench.Sent(
      version: peer.version, id: id, action: action, payload: JSON(payload), bytes: bytes)
    events.yield(
      .call(version: peer.version, action: action, payload: call.payload, bytes: bytes))
    if action == cutsAt, cut.insert(id).inserted { return connection.abort() }
    guard let answer = Bench.accept(call) else { return }
    connection.send(text: FrameWriter.result(id: id, payload: answer))
    if action == "BootNotification", call.payload["firmwareVersion"]?.string == "1.0.0" {
      let location = "http://\(peer.host)/firmware"
      let request: JSON = [
        "location": .string(location), "retrieveDate": "2020-01-01T00:00:00Z",
      ]
      connection.send(
        text: FrameWriter.call(id: "u1", action: "UpdateFirmware", payload: request))
    }
  }
}

@Suite("Stations on real sockets", .timeLimit(.minutes(1)))
struct SwarmTests {
  /// A running server, and what it sees.
  private struct Stage {
    let loop: EventLoop
    let url: String
    let events: AsyncStream<SmallServer.Event>

    init(image: [UInt8] = [], cutsAt: String? = nil) throws {
      loop = try EventLoop(name: "small-server")
      let (stream, continuation) = AsyncStream.makeStream(of: SmallServer.Event.self)
      let listener = try Listener.start(on: loop, host: "127.0.0.1", port: 0) {
        SmallServer(continuation, image: image, cutsAt: cutsAt)
      }
      events = stream
      url = "ws://127.0.0.1:\(listener.port)/ocpp"
    }
  }

  @Test("a station boots in 1.6, fetches its image, and comes back in 2.0.1")
  func migration() async throws {
    let image = SimulatedImage.make(
      model: "AC11", version: "2.0.0", protocols: "1.6 2.0.1", flash: 1, ram: 1, size: 200_000,
      seed: 1)
    let stage = try Stage(image: image)
    var options = Swarm.Options(url: stage.url)
    let path = "/tmp/swell-simulator-\(getpid()).jsonl"
    options.log = try StationLog(path: path)
    let swarm = try Swarm([profile { $0.identity = "CP 1/ä" }], options: options)
    swarm.start()
    var actions: [String] = []
    var wasDownloaded = false
    for await event in stage.events {
      switch event {
      case .download(let target):
        wasDownloaded = target == "/firmware"
      case .call(let version, let action, let payload, _):
        actions.append("\(version.label) \(action)")
        if action == "FirmwareStatusNotification", payload["status"]?.string == "Installed" {
          #expect(version == .v201)
        }
      }
      if actions.last == "2.0.1 Heartbeat" { break }
    }
    #expect(wasDownloaded)
    #expect(actions.first == "1.6 BootNotification")
    #expect(actions.contains("2.0.1 BootNotification"))
    let summary = swarm.summary()
    #expect(summary.groups == [Swarm.Group(firmware: "2.0.0", version: .v201): 1])
    swarm.stop()
    stage.loop.stop()
    let log = try #require(fopen(path, "r"))
    var lines: [JSON] = []
    var buffer = [CChar](repeating: 0, count: 4096)
    while fgets(&buffer, 4096, log) != nil {
      let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
      lines.append(try JSON(text: text))
    }
    fclose(log)
    unlink(path)
    #expect(lines.filter { $0["event"]?.string == "command" }.count == 1)
    #expect(lines.contains { $0["event"]?.string == "running" && $0["to"]?.string == "2.0.0" })
  }

  @Test("a swarm whose server drops every first start sends each again, the same")
  func dropped() async throws {
    let stage = try Stage(cutsAt: "StartTransaction")
    var options = Swarm.Options(url: stage.url)
    (options.loops, options.ramp) = (2, 50)
    let profiles = (0..<60).map { number in
      profile {
        ($0.identity, $0.firmware, $0.habits) = ("S\(number)", "9.9", [.busy])
      }
    }
    let swarm = try Swarm(profiles, options: options)
    swarm.start()
    var starts: [[UInt8]: Int] = [:]
    for await event in stage.events {
      if case .call(_, "StartTransaction", _, let bytes) = event { starts[bytes, default: 0] += 1 }
      if starts.values.count(where: { $0 == 2 }) >= 60 { break }
    }
    #expect(starts.values.allSatisfy { $0 <= 2 })
    swarm.stop()
    stage.loop.stop()
  }

  @Test(
    "an address that is none is refused",
    arguments: ["http://a/b", "ws://", "ws://a:x/", "wss://"])
  func addresses(url: String) {
    #expect(throws: SimulatorError.self) { try Swarm([], options: Swarm.Options(url: url)) }
  }
}

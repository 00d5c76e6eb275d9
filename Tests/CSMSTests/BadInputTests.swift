import Fleet
import OCPP
import Testing

@testable import CSMS

/// What no charger should send, and that it harms nobody else.
struct BadInputTests {
  enum Outcome: Sendable, Equatable {
    /// Nothing is answered and the connection stays.
    case silence
    /// A CALLERROR with this id and code, and the connection stays.
    case error(id: String, String)
    /// The connection is closed with this code.
    case close(Int)
    /// The connection ends without a close of the other side being read.
    case end
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var version: OCPPVersion
    var outcome: Outcome
    var send: @Sendable (Station) -> Void
    var testDescription: String { "\(name) in \(version.label)" }
    init(
      _ name: String, _ version: OCPPVersion = .v16, _ outcome: Outcome,
      _ send: @escaping @Sendable (Station) -> Void
    ) {
      (self.name, self.version, self.outcome, self.send) = (name, version, outcome, send)
    }
    init(_ text: String, _ version: OCPPVersion, _ outcome: Outcome) {
      self.init("the text \(text)", version, outcome) { $0.say(text) }
    }
  }

  static let cases: [Case] = [
    Case("invalid UTF-8", .v16, .close(1007)) { $0.frame([0x5B, 0xFF, 0xFE, 0x5D]) },
    Case("a message beyond the limit", .v16, .close(1009)) { $0.frame([], claiming: 8 << 20) },
    Case("a binary message", .v16, .close(1003)) { $0.frame([1, 2, 3], opcode: 2) },
    Case("a reserved opcode", .v16, .close(1002)) { $0.frame([1], opcode: 3) },
    Case("half a frame, then nothing", .v16, .end) {
      $0.frame(Array("[2,\"1\",".utf8), claiming: 4000)
      $0.hangUp()
    },
    Case("hello", .v16, .silence), Case("", .v16, .silence),
    Case("hello", .v201, .error(id: "-1", "RpcFrameworkError")),
    Case("[2,\"7\",\"Heartbeat\",{}", .v16, .error(id: "7", "FormationViolation")),
    Case("[2,\"7\",\"Heartbeat\",{}", .v201, .error(id: "7", "FormatViolation")),
    Case("{\"a\":1}", .v16, .silence), Case("[]", .v16, .silence), Case("null", .v16, .silence),
    Case("[3,\"nobody-asked\",{}]", .v16, .silence),
    Case("[4,\"nobody-asked\",\"GenericError\",\"\",{}]", .v16, .silence),
    Case("[3,\"nobody-asked\",{}]", .v201, .silence),
    Case("[9,\"7\",{}]", .v16, .silence),
    Case("[9,\"7\",{}]", .v201, .error(id: "7", "MessageTypeNotSupported")),
    Case("[2,7,\"Heartbeat\",{}]", .v16, .silence),
    Case("[2,\"7\",\"Heartbeat\"]", .v16, .error(id: "7", "ProtocolError")),
    Case("[2,\"7\",\"Heartbeat\",[]]", .v16, .error(id: "7", "FormationViolation")),
    Case("[2,\"7\",\"Heartbeat\",[]]", .v201, .error(id: "7", "ProtocolError")),
    Case(String(repeating: "[", count: 100_000), .v16, .silence),
  ]

  @Test(
    "bad input is answered as its version wants, and a neighbour notices nothing", arguments: cases)
  func bad(input: Case) throws {
    let bench = try Workbench("identity\nBAD\nGOOD\n")
    let good = try Station("GOOD", port: bench.port)
    try good.boot()
    let bad = try Station("BAD", port: bench.port, offers: input.version.subprotocol)
    input.send(bad)
    switch input.outcome {
    case .silence:
      // What comes next is answered, and nothing came before.
      #expect(try bad.ask("Heartbeat", "{}").array?.first?.int == 3)
    case .error(let id, let code):
      guard case .text(let text) = try bad.hear() else {
        Issue.record("closed")
        return
      }
      let frame = try #require(try JSON(text: text).array)
      #expect(frame[0].int == 4)
      #expect(frame[1].string == id)
      #expect(frame[2].string == code)
      #expect(try bad.ask("Heartbeat", "{}").array?.first?.int == 3)
    case .close(let code):
      #expect(bad.end() == code)
    case .end:
      #expect(bad.end() == nil)
    }
    try good.status()
    _ = try Station("BAD", port: bench.port)
  }

  @Test("requests sent without waiting are all answered, in order")
  func pipelined() throws {
    let bench = try Workbench("identity\nCP1\n")
    let station = try Station("CP1", port: bench.port)
    let ids = (0..<200).map { "p\($0)" }
    for id in ids {
      _ = station.send(
        "StatusNotification", #"{"connectorId":1,"errorCode":"NoError","status":"Available"}"#,
        id: id)
    }
    for id in ids {
      guard case .text(let text) = try station.hear() else {
        Issue.record("closed before \(id)")
        return
      }
      #expect(try JSON(text: text).array?[1].string == id)
    }
  }

  @Test("a handshake that is none, or never ends, leaves the engine serving")
  func handshakes() throws {
    let bench = try Workbench("identity\nCP1\n")
    let half = try RawSocket(port: bench.port)
    half.say("GET /ocpp/CP1 HTTP/1.1\r\nHost")
    let noise = try RawSocket(port: bench.port)
    noise.say([UInt8](repeating: 0xFF, count: 4096))
    #expect(try noise.response().status == 400)
    let station = try Station("CP1", port: bench.port)
    try station.boot()
  }

  @Test("a charger that leaves before its password is checked is not online")
  func leavesEarly() throws {
    let bench = try Workbench("identity\nCP1\n")
    try bench.perform(.setPassword(charger: "CP1", password: HandshakeTests.password))
    for _ in 0..<5 {
      let socket = try RawSocket(port: bench.port)
      socket.say(
        "GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
          + "Sec-WebSocket-Protocol: ocpp1.6\r\nAuthorization: Basic "
          + "Q1AxOmNvcnJlY3QtaG9yc2UtYmF0dGVyeQ==\r\n\r\n")
      socket.hangUp()
    }
    #expect(try Station.status("CP1", port: bench.port, password: "wrong") == 401)
    #expect(
      try eventually {
        try !bench.charger("CP1").online && bench.engine.info.connections == 0
      })
  }
}

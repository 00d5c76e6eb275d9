import Glibc
import Testing
import Trust

@testable import Transport

/// Handshakes that fail or dawdle, and configurations that change or can't be used.
@Suite struct TLSHandshakeTests {
  @Test("plain HTTP on the TLS port is told so in plain HTTP")
  func plainHTTP() throws {
    let ground = try TLSGround()
    let script = Script()
    try withLoop { loop in
      let peer = try RawPeer(port: try script.listen(on: loop, tls: try ground.server()).port)
      peer.say("GET /ocpp/CP-1 HTTP/1.1\r\nHost: x\r\n\r\n")
      let heard = String(decoding: peer.hear(), as: UTF8.self)
      #expect(heard.hasPrefix("HTTP/1.1 400 "))
      #expect(heard.contains("wss://"))
      #expect(script.seen.wait { $0.failures.map(\.reason) == [.plainHTTP] })
    }
    #expect(script.seen.value.reasons.isEmpty)
  }

  @Test(
    "what is no TLS at all is refused, also where it looks like the head of a record",
    arguments: [
      [UInt8](repeating: 0xEE, count: 500),
      // One longer than any may be, and one of application data.
      [0x16, 0x03, 0x01, 0xFF, 0xFF, 0x01], [0x17, 0x03, 0x03, 0x00, 0x01, 0x01],
    ])
  func garbage(_ bytes: [UInt8]) throws {
    let ground = try TLSGround()
    let script = Script()
    try withLoop { loop in
      let peer = try RawPeer(port: try script.listen(on: loop, tls: try ground.server()).port)
      peer.say(bytes)
      _ = peer.hear()
      #expect(script.seen.wait { $0.failures.count == 1 })
    }
    guard case .malformed? = script.seen.value.failures.first?.reason else {
      Issue.record("\(script.seen.value.failures)")
      return
    }
  }

  @Test("a version or a suite that only one side knows fails with its reason")
  func nothingShared() throws {
    let ground = try TLSGround()
    let script = Script()
    let seen = Watched(Caller.Seen())
    let old = try ground.client { $0.maximumVersion = .tls12 }
    let other = try ground.client {
      $0.maximumVersion = .tls12
      $0.suites = "ECDHE-RSA-AES128-GCM-SHA256"
    }
    try withLoop { loop in
      let new = try ground.server { $0.minimumVersion = .tls13 }
      TLSTests.call(loop, try script.listen(on: loop, tls: new).port, seen, tls: old)
      #expect(script.seen.wait { $0.failures.map(\.reason) == [.versionTooLow] })
      let plain = try ground.server()
      TLSTests.call(loop, try script.listen(on: loop, tls: plain).port, seen, tls: other)
      #expect(script.seen.wait { $0.failures.map(\.reason).last == .noSharedCipher })
      #expect(seen.wait { $0.reasons.count == 2 })
    }
  }

  @Test("a client refuses a server that it has no reason to trust, or of another name")
  func distrust() throws {
    let ground = try TLSGround()
    let stranger = try TLSGround()
    let script = Script()
    let seen = Watched(Caller.Seen())
    let client = try ground.client()
    let other = try stranger.client()
    try withLoop { loop in
      let port = try script.listen(on: loop, tls: try ground.server()).port
      TLSTests.call(loop, port, seen, tls: other)
      #expect(seen.wait { $0.reasons.count == 1 })
      TLSTests.call(loop, port, seen, tls: client, host: "localhost")
      #expect(seen.wait { $0.reasons.count == 2 })
      #expect(script.seen.wait { $0.failures.count == 2 })
    }
    let reasons = seen.value.reasons.map { reason -> TLSFailure.Reason? in
      if case .insecure(let failure) = reason { failure.reason } else { nil }
    }
    #expect(reasons == [.unknownAuthority, .wrongName])
    #expect(script.seen.value.failures.first?.reason == .refusedByPeer("unknown CA"))
  }

  @Test("a peer that leaves within its first record is said to have left")
  func leftEarly() throws {
    let ground = try TLSGround()
    let script = Script()
    try withLoop { loop in
      let port = try script.listen(on: loop, tls: try ground.server()).port
      let peer = Box(try RawPeer(port: port))
      peer.peer.say([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00])
      peer.peer.endSaying()
      #expect(script.seen.wait { $0.failures.map(\.reason) == [.left] })
    }
  }

  @Test("a handshake that is begun and left lying ends in time")
  func timeOut() throws {
    let ground = try TLSGround()
    var configuration = ServerConfiguration()
    configuration.headTime = 100
    let script = Script()
    try withLoop { loop in
      let port = try script.listen(
        on: loop, configuration: configuration, tls: try ground.server()
      ).port
      let silent = try RawPeer(port: port)
      let begun = try RawPeer(port: port)
      // The head of a handshake record of 512 bytes, and no more.
      begun.say([0x16, 0x03, 0x01, 0x02, 0x00])
      #expect(script.seen.wait { $0.failures.map(\.reason) == [.timedOut, .timedOut] })
      #expect(silent.hear().isEmpty)
      #expect(begun.hear().isEmpty)
    }
  }

  @Test("silent and dawdling connections make room when too many are open")
  func crowd() throws {
    let ground = try TLSGround()
    var configuration = ServerConfiguration()
    configuration.pendingLimit = 4
    configuration.headTime = 600_000
    let script = Script()
    let seen = Watched(Caller.Seen())
    let client = try ground.client()
    try withLoop { loop in
      let port = try script.listen(
        on: loop, configuration: configuration, tls: try ground.server()
      ).port
      let peers = try (0..<4).map { _ in Box(try RawPeer(port: port)) }
      peers[0].peer.say([0x16, 0x03, 0x01, 0x02, 0x00])
      TLSTests.call(loop, port, seen, tls: client)
      #expect(seen.wait { $0.reasons == [.local(.normal, reason: "done")] })
      // The oldest that said nothing went.
      #expect(peers[1].peer.hear().isEmpty)
      // The others stay to the end: each that leaves is a failure too.
      withExtendedLifetime(peers) {
        #expect(script.seen.update { $0.failures.map(\.reason) } == [.crowdedOut])
      }
    }
  }

  private final class Box {
    let peer: RawPeer
    init(_ peer: consuming RawPeer) { self.peer = peer }
  }

  @Test("a reload serves the new certificate, and connections go on; a failed one changes nothing")
  func reload() throws {
    let ground = try TLSGround()
    let pair = try ground.serverPair("first")
    let server = try ServerTLS(.init(certificates: [pair]))
    let script = Script()
    let seen = Watched(Caller.Seen())
    let fresh = Watched(Caller.Seen())
    let client = try ground.client()
    let old = Watched<WebSocketClient?>(nil)
    try withLoop { loop in
      let port = try script.listen(on: loop, tls: server).port
      TLSTests.call(
        loop, port, seen, tls: client, onOpen: { opened in old.update { $0 = opened } },
        onText: { _, _ in })
      #expect(old.wait { $0 != nil })
      // A key of another certificate: refused, and the first is served on.
      let issued = try ground.authority.issue(
        .init("second", use: .server(["127.0.0.1"])))
      ground.replace(pair.chain, by: issued.certificate)
      #expect(throws: TLSError.keyMismatch(chain: pair.chain, key: pair.key)) {
        try server.reload()
      }
      #expect(server.certificates.map(\.subject) == ["CN=first"])
      ground.replace(pair.key, by: String(decoding: issued.key.bytes, as: UTF8.self))
      try server.reload()
      #expect(server.certificates.map(\.subject) == ["CN=second"])
      TLSTests.call(loop, port, fresh, tls: client)
      #expect(fresh.wait { $0.reasons == [.local(.normal, reason: "done")] })
      loop.submit { old.value?.send(text: Array("still here".utf8)) }
      #expect(seen.wait { $0.texts == ["still here"] })
      old.update { $0 = nil }
    }
  }

  @Test("what can't be used is named with its file")
  func errors() throws {
    let ground = try TLSGround()
    let pair = try ground.serverPair()
    let other = try ground.serverPair()
    let empty = try ground.file("nothing\n")
    func error(_ change: (inout ServerTLS.Configuration) -> Void) -> TLSError? {
      var configuration = ServerTLS.Configuration(certificates: [pair])
      change(&configuration)
      do throws(TLSError) {
        _ = try ServerTLS(configuration)
        return nil
      } catch { return error }
    }
    #expect(error { _ in } == nil)
    #expect(error { $0.certificates = [] } == .noCertificates)
    #expect(
      error { $0.certificates = [(chain: pair.chain, key: other.key)] }
        == .keyMismatch(chain: pair.chain, key: other.key))
    #expect(
      error { $0.certificates = [(chain: "/nowhere", key: pair.key)] }
        == .unreadable(path: "/nowhere", message: "No such file or directory"))
    #expect(
      error { $0.certificates = [(chain: empty, key: pair.key)] } == .noCertificate(path: empty))
    #expect(error { $0.certificates = [(chain: pair.chain, key: empty)] } == .noKey(path: empty))
    #expect(error { $0.certificates = [pair, other] } == .twice(kind: "ECDSA"))
    #expect(error { $0.requiresClientCertificate = true } == .authoritiesNeeded)
    #expect(error { $0.clientAuthorities = empty } == .noAuthority(path: empty))
    #expect(
      error {
        $0.clientAuthorities = pair.chain
        $0.revocationLists = [empty]
      } == .noRevocationList(path: empty))
    let forged = try ground.file(
      try DemoAuthority("Fleet Root", organization: "Swell Tests").revocationList(of: []))
    let root = try ground.root()
    #expect(
      error {
        $0.clientAuthorities = root
        $0.revocationLists = [forged]
      } == .forgedRevocationList(path: forged, issuer: "O=Swell Tests,CN=Fleet Root"))
  }

  @Test("an expired certificate of the server's own is served, and warned of")
  func ownExpired() throws {
    let ground = try TLSGround()
    var request = DemoAuthority.Request("old", use: .server(["127.0.0.1"]))
    request.validUntil = -1
    let pair = try ground.pair(try ground.authority.issue(request))
    let server = try ServerTLS(.init(certificates: [pair]))
    #expect(server.warnings(at: Int64(time(nil))).count == 1)
  }
}

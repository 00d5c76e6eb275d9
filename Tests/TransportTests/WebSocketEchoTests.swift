import Glibc
import Testing
import WebSocket

@testable import Transport

@Suite struct WebSocketEchoTests {
  /// Starts clients on the loop.
  private func call(
    _ loop: EventLoop, _ port: UInt16, _ seen: Watched<Caller.Seen>, count: Int = 1,
    subprotocols: [String] = ["ocpp1.6"],
    onOpen: @escaping @Sendable (WebSocketClient) -> Void = { _ in },
    onText: @escaping @Sendable (WebSocketClient, String) -> Void = { _, _ in }
  ) {
    loop.submit { [loop] in
      for number in 0..<count {
        do throws(TransportError) {
          _ = try WebSocketClient.connect(
            on: loop, host: "127.0.0.1", port: port, target: "/c/\(number)",
            subprotocols: subprotocols, delegate: Caller(seen, onOpen: onOpen, onText: onText))
        } catch {
          seen.update { $0.reasons.append(.lost(-1)) }
        }
      }
    }
  }

  @Test("500 clients on one loop are echoed by two others, and close in order")
  func echo() throws {
    let script = Script()
    let seen = Watched(Caller.Seen())
    try withLoop { first in
      try withLoop { second in
        try withLoop { clients in
          let port = try script.listen(on: first).port
          #expect(try script.listen(on: second, port: port, isShared: true).port == port)
          let long = String(repeating: "ü", count: 4_000)
          call(
            clients, port, seen, count: 500,
            onOpen: {
              $0.send(text: Array("hello".utf8))
              $0.send(text: Array(long.utf8))
            },
            onText: { client, text in if text == long { client.close(.normal, reason: "done") } })
          #expect(seen.wait { $0.reasons.count == 500 })
          #expect(script.seen.wait { $0.reasons.count == 500 })
        }
      }
    }
    #expect(script.seen.value.opened == 500)
    #expect(seen.value.texts.count == 1000)
    #expect(seen.value.subprotocols.allSatisfy { $0 == "ocpp1.6" })
    #expect(seen.value.reasons.allSatisfy { $0 == .local(.normal, reason: "done") })
    #expect(script.seen.value.reasons.allSatisfy { $0 == .peer(.normal, reason: "done") })
  }

  @Test("a message larger than the sockets' buffers arrives whole, both ways")
  func large() throws {
    let seen = Watched(Caller.Seen())
    let text = String(repeating: "€", count: 300_000)
    try withLoop { loop in
      let port = try Script().listen(on: loop).port
      call(loop, port, seen, onOpen: { $0.send(text: Array(text.utf8)) })
      #expect(seen.wait { $0.texts.count == 1 })
    }
    #expect(seen.value.texts == [text])
  }

  @Test("the server's close reaches the client")
  func serverCloses() throws {
    let script = Script(onText: { connection, _ in
      connection.close(.serviceRestart, reason: "bye")
    })
    let seen = Watched(Caller.Seen())
    try withLoop { loop in
      call(loop, try script.listen(on: loop).port, seen, onOpen: { $0.send(text: [0x78]) })
      #expect(seen.wait { $0.reasons == [.peer(.serviceRestart, reason: "bye")] })
      #expect(script.seen.wait { $0.reasons == [.local(.serviceRestart, reason: "bye")] })
    }
  }

  @Test("a refusal's status reaches the client, decided later from another thread")
  func refusal() throws {
    let worker = try WorkerThread(name: "decides")
    defer { worker.stop() }
    let script = Script(onUpgrade: { connection, _ in
      let bound = LoopBound(connection, connection.loop)
      worker.submit {
        bound.loop.submit {
          bound.value.refuse(HTTPResponse(401, "Unauthorized", text: "who?"))
        }
      }
    })
    let seen = Watched(Caller.Seen())
    try withLoop { loop in
      call(loop, try script.listen(on: loop).port, seen)
      #expect(seen.wait { $0.reasons == [.answered(401)] })
      #expect(script.seen.wait { $0.reasons == [.answered(401)] })
    }
  }

  @Test("a connect that nobody answers ends with its errno")
  func nobody() throws {
    let seen = Watched(Caller.Seen())
    try withLoop { loop in
      let listener = try Script().listen(on: loop)
      let port = listener.port
      listener.close()
      _ = try on(loop) { 0 }
      call(loop, port, seen)
      #expect(seen.wait { $0.reasons == [.lost(ECONNREFUSED)] })
    }
  }

  @Test("an abort is a loss to the server")
  func abort() throws {
    let script = Script()
    let seen = Watched(Caller.Seen())
    try withLoop { loop in
      call(loop, try script.listen(on: loop).port, seen, onOpen: { $0.abort() })
      #expect(seen.wait { $0.reasons == [.aborted] })
      #expect(script.seen.wait { $0.reasons == [.lost(ECONNRESET)] })
    }
  }

  @Test("a peer that takes nothing is dropped at the limit of its queue")
  func slowReader() throws {
    var configuration = ServerConfiguration()
    configuration.queueLimit = 300_000
    let script = Script(onText: { connection, _ in
      let piece = [UInt8](repeating: 0x61, count: 50_000)
      for _ in 0..<1000 { connection.send(text: piece) }
    })
    try withLoop { loop in
      let port = try script.listen(on: loop, configuration: configuration).port
      let peer = try RawPeer(port: port, receiveBuffer: 4096)
      peer.upgrade()
      peer.say([0x81, 0x81, 0, 0, 0, 0, 0x78])
      #expect(script.seen.wait { !$0.reasons.isEmpty })
    }
    guard case .slowReader(let queued)? = script.seen.value.reasons.first else {
      Issue.record("\(script.seen.value.reasons)")
      return
    }
    #expect(queued <= 300_100)
  }

  @Test("a peer that breaks the protocol is told its code")
  func protocolFailure() throws {
    let script = Script()
    try withLoop { loop in
      let peer = try RawPeer(port: try script.listen(on: loop).port)
      peer.upgrade()
      peer.say([0x81, 0x01, 0x78])
      let answer = peer.hear { $0.count >= 4 }
      #expect(answer.first == 0x88)
      #expect(answer.dropFirst(2).prefix(2) == [0x03, 0xEA])
      #expect(script.seen.wait { $0.reasons.count == 1 })
    }
  }

  @Test("a silent peer is pinged, and given up when it stays silent")
  func silence() throws {
    var configuration = ServerConfiguration()
    configuration.keepAlive = KeepAlive(idle: 30, pings: 2)
    let script = Script()
    try withLoop { loop in
      let peer = try RawPeer(port: try script.listen(on: loop, configuration: configuration).port)
      peer.upgrade()
      #expect(peer.hear() == [0x89, 0, 0x89, 0])
      #expect(script.seen.wait { $0.reasons == [.noPong] })
    }
  }

  @Test("a paused connection takes nothing, outlives its pings, and goes on when resumed")
  func paused() throws {
    var configuration = ServerConfiguration()
    configuration.keepAlive = KeepAlive(idle: 10, pings: 1)
    let held = Watched<LoopBound<ServerConnection>?>(nil)
    let script = Script(
      onText: { connection, _ in
        connection.pauseReading()
        held.update { $0 = LoopBound(connection, connection.loop) }
      })
    try withLoop { loop in
      let peer = try RawPeer(port: try script.listen(on: loop, configuration: configuration).port)
      peer.upgrade()
      peer.say([0x81, 0x81, 0, 0, 0, 0, 0x78])
      try #require(held.wait { $0 != nil })
      peer.say([0x81, 0x81, 0, 0, 0, 0, 0x79])
      let waited = Watched(false)
      loop.submit { [loop] in
        loop.schedule(after: 100) { waited.update { $0 = true } }
      }
      #expect(waited.wait { $0 })
      #expect(script.seen.value.texts == ["x"])
      #expect(script.seen.value.reasons.isEmpty)
      loop.submit { held.value?.value.resumeReading() }
      #expect(script.seen.wait { $0.texts == ["x", "y"] })
      held.update { $0 = nil }
    }
  }

  @Test("frames sent together with the request are not lost")
  func early() throws {
    let script = Script()
    try withLoop { loop in
      let peer = try RawPeer(port: try script.listen(on: loop).port)
      let request = Upgrade.clientRequest(
        host: "x", target: "/", key: "dGhlIHNhbXBsZSBub25jZQ==", subprotocols: [],
        authorization: nil)
      peer.say(request + [0x81, 0x81, 0, 0, 0, 0, 0x78])
      #expect(peer.hear { $0.suffix(3) == [0x81, 1, 0x78] }.suffix(3) == [0x81, 1, 0x78])
    }
  }

  @Test("a head that does not come in time, and a decision that does not, end the connection")
  func timeouts() throws {
    var configuration = ServerConfiguration()
    configuration.headTime = 30
    configuration.decisionTime = 30
    let script = Script(onUpgrade: { _, _ in })
    try withLoop { loop in
      let port = try script.listen(on: loop, configuration: configuration).port
      let mute = try RawPeer(port: port)
      #expect(String(decoding: mute.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 408 "))
      let waiting = try RawPeer(port: port)
      waiting.upgrade()
      #expect(script.seen.wait { $0.reasons == [.answered(503)] })
    }
  }

  @Test("a station that gives up before the decision is noticed, and a late answer does no harm")
  func givesUp() throws {
    let held = Watched<LoopBound<ServerConnection>?>(nil)
    let script = Script(onUpgrade: { connection, _ in
      held.update { $0 = LoopBound(connection, connection.loop) }
    })
    try withLoop { loop in
      let port = try script.listen(on: loop).port
      do {
        let peer = try RawPeer(port: port)
        peer.say(
          Upgrade.clientRequest(
            host: "x", target: "/", key: "dGhlIHNhbXBsZSBub25jZQ==", subprotocols: [],
            authorization: nil))
        try #require(held.wait { $0 != nil })
      }
      #expect(script.seen.wait { $0.reasons == [.lost(0)] })
      _ = try on(loop) { held.value?.value.accept(subprotocol: nil) }
      held.update { $0 = nil }
    }
    #expect(script.seen.value.opened == 0)
    #expect(script.seen.value.reasons.count == 1)
  }

  @Test("beyond the limit of handshakes, peers wait and are served in turn")
  func pending() throws {
    var configuration = ServerConfiguration()
    configuration.pendingLimit = 3
    let script = Script()
    let seen = Watched(Caller.Seen())
    try withLoop { loop in
      call(loop, try script.listen(on: loop, configuration: configuration).port, seen, count: 50)
      #expect(script.seen.wait { $0.opened == 50 })
    }
  }
}

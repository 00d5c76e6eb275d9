import Glibc
import Testing

@testable import Transport

@Suite("Listeners") struct ListenerTests {
  @Test("a port is shared among loops that say so, and with nobody else")
  func sharing() throws {
    let script = Script()
    try withLoop { loop in
      let first = try script.listen(on: loop)
      #expect(throws: TransportError.system(call: "bind", code: EADDRINUSE)) {
        try script.listen(on: loop, port: first.port)
      }
      let second = try script.listen(on: loop, port: first.port, isShared: true)
      #expect(second.port == first.port)
    }
  }

  @Test("an upgrade whose connection ended in the same round is not accepted, and ends once")
  func endedBeforeAccepted() throws {
    let accepted = Watched<Bool?>(nil)
    let script = Script(onUpgrade: { connection, _ in
      connection.abort()
      let isAccepted = connection.accept(subprotocol: nil)
      accepted.update { $0 = isAccepted }
    })
    try withLoop { loop in
      let listener = try script.listen(on: loop)
      let peer = try RawPeer(port: listener.port)
      peer.upgrade()
      try #require(accepted.wait { $0 != nil })
      try #require(script.seen.wait { !$0.reasons.isEmpty })
      #expect(accepted.value == false)
      #expect(script.seen.value.opened == 0)
      #expect(script.seen.value.reasons.count == 1)
    }
  }

  @Test(
    "a plain request names its host once, but for one of HTTP/1.0",
    arguments: [
      ("GET / HTTP/1.1\r\n", 400), ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n", 400),
      ("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n", 400), ("GET / HTTP/1.0\r\n", 404),
      ("GET / HTTP/1.1\r\nHost: a\r\n", 404), ("GET / HTTP/1.1\r\nHost:\r\n", 404),
    ])
  func host(head: String, status: Int) throws {
    let script = Script()
    try withLoop { loop in
      let peer = try RawPeer(port: try script.listen(on: loop).port)
      peer.say(head + "\r\n")
      let answer = String(decoding: peer.hear(), as: UTF8.self)
      #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
    }
  }
}

import Testing

@testable import Transport

@Suite("Binary messages") struct BinaryTests {
  /// Sends binary messages back.
  private final class Mirror: ServerDelegate {
    func upgradeRequested(_ connection: ServerConnection, _ request: UpgradeRequest) {
      connection.accept(subprotocol: nil)
    }
    func requested(_ connection: ServerConnection, _ head: RequestHead) {}
    func opened(_ connection: ServerConnection) {}
    func received(_ connection: ServerConnection, text: UnsafeBufferPointer<UInt8>) {}
    func received(_ connection: ServerConnection, binary: UnsafeBufferPointer<UInt8>) {
      connection.send(binary: UnsafeRawBufferPointer(binary))
    }
    func closed(_ connection: ServerConnection, _ reason: CloseReason) {}
  }

  @Test("who wants binary messages gets them")
  func delivered() throws {
    try withLoop { loop in
      let listener = try Listener.start(on: loop, host: "127.0.0.1", port: 0) { Mirror() }
      let peer = try RawPeer(port: listener.port)
      peer.upgrade()
      peer.say([0x82, 0x83, 0, 0, 0, 0, 0, 0xFF, 0xFE])
      #expect(peer.hear { $0.count >= 5 } == [0x82, 3, 0, 0xFF, 0xFE])
    }
  }

  @Test("who says nothing of binary messages closes with 1003")
  func refused() throws {
    let script = Script()
    try withLoop { loop in
      let peer = try RawPeer(port: try script.listen(on: loop).port)
      peer.upgrade()
      peer.say([0x82, 0x81, 0, 0, 0, 0, 0xFF])
      let answer = peer.hear { $0.count >= 4 }
      #expect(answer.first == 0x88)
      #expect(answer.dropFirst(2).prefix(2) == [0x03, 0xEB])
    }
    #expect(
      script.seen.value.reasons == [.protocolFailure(.unsupportedData, reason: "binary message")])
  }
}

import Glibc
import Testing
import Trust
import WebSocket

@testable import Transport

@Suite struct TLSTests {
  /// What a server knows of a connection's TLS once it is open.
  struct Agreed: Sendable, Equatable {
    var version: String?
    var cipher: String?
    var peer: PeerCertificate?
    var isResumed = false
  }

  /// A script that notes what was agreed.
  static func script(_ agreed: Watched<[Agreed]>) -> Script {
    Script(onUpgrade: { connection, request in
      agreed.update {
        $0.append(
          Agreed(
            version: connection.tlsVersion, cipher: connection.cipher,
            peer: connection.peerCertificate, isResumed: connection.isResumed))
      }
      connection.accept(subprotocol: request.offeredSubprotocols.first)
    })
  }

  static func call(
    _ loop: EventLoop, _ port: UInt16, _ seen: Watched<Caller.Seen>, tls: ClientTLS,
    host: String = "127.0.0.1",
    onOpen: @escaping @Sendable (WebSocketClient) -> Void = { $0.send(text: Array("hello".utf8)) },
    onText: @escaping @Sendable (WebSocketClient, String) -> Void = { client, _ in
      client.close(.normal, reason: "done")
    }
  ) {
    loop.submit { [loop] in
      do throws(TransportError) {
        _ = try WebSocketClient.connect(
          on: loop, host: host, port: port, target: "/c/1", subprotocols: ["ocpp2.0.1"], tls: tls,
          delegate: Caller(seen, onOpen: onOpen, onText: onText))
      } catch {
        seen.update { $0.reasons.append(.lost(-1)) }
      }
    }
  }

  @Test(
    "each suite that OCPP obliges is spoken with the certificate it needs, while both are served",
    arguments: [
      ("ECDHE-ECDSA-AES128-GCM-SHA256", TLSVersion.tls12),
      ("ECDHE-ECDSA-AES256-GCM-SHA384", .tls12), ("AES128-GCM-SHA256", .tls12),
      ("AES256-GCM-SHA384", .tls12), ("ECDHE-RSA-AES128-GCM-SHA256", .tls12),
      ("ECDHE-RSA-AES256-GCM-SHA384", .tls12), ("TLS_AES_128_GCM_SHA256", .tls13),
    ])
  func suites(_ suite: String, _ version: TLSVersion) throws {
    let ground = try TLSGround()
    let agreed = Watched<[Agreed]>([])
    let seen = Watched(Caller.Seen())
    let script = Self.script(agreed)
    let client = try ground.client {
      $0.maximumVersion = version
      if version == .tls12 { $0.suites = suite }
    }
    try withLoop { loop in
      let port = try script.listen(on: loop, tls: try ground.server(isRSA: [true, false])).port
      Self.call(loop, port, seen, tls: client)
      #expect(seen.wait { $0.reasons == [.local(.normal, reason: "done")] })
      #expect(script.seen.wait { $0.reasons == [.peer(.normal, reason: "done")] })
    }
    #expect(seen.value.texts == ["hello"])
    #expect(agreed.value.map(\.cipher) == [suite])
    #expect(agreed.value.map(\.version) == [version == .tls12 ? "TLSv1.2" : "TLSv1.3"])
  }
}

import Testing

@testable import WebSocket

private let good = """
  GET /ocpp/CP%201?x=%2F HTTP/1.1
  Host: csms.example
  Upgrade: WebSocket
  Connection: keep-alive, Upgrade
  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
  Sec-WebSocket-Version: 13
  Sec-WebSocket-Protocol: ocpp2.0.1 , ,ocpp1.6
  sec-websocket-protocol: ocpp2.1
  Authorization: Basic Q1A6c2VjcmV0

  """

private func wire(_ text: String) -> [UInt8] {
  Array(
    (text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
      + "\r\n").utf8)
}

private func parse<Head: MessageHead>(
  _ bytes: [UInt8], pieces: Int, as: Head.Type
) -> Result<(Head, rest: Int), HandshakeError> {
  var parser = HeadParser<Head>()
  var taken = 0
  while taken < bytes.count {
    let piece = Array(bytes[taken..<min(bytes.count, taken + pieces)])
    do throws(HandshakeError) {
      var found: (head: Head, consumed: Int)?
      var failure: HandshakeError?
      piece.withUnsafeBytes { raw in
        do throws(HandshakeError) { found = try parser.feed(raw) } catch { failure = error }
      }
      if let failure { throw failure }
      if let found { return .success((found.head, bytes.count - taken - found.consumed)) }
    } catch {
      return .failure(error)
    }
    taken += piece.count
  }
  return .failure(.invalidAcceptance("incomplete"))
}

@Suite struct HandshakeTests {
  @Test("a good upgrade gives its parts, in pieces of any size", arguments: [1, 2, 3, 7, 64, 4096])
  func goodUpgrade(_ size: Int) throws {
    let (head, rest) = try parse(wire(good) + [0x81, 0x80], pieces: size, as: RequestHead.self)
      .get()
    #expect(rest == 2)
    let request = try Upgrade.check(head).get()
    #expect(request.target == "/ocpp/CP%201?x=%2F")
    #expect(request.offeredSubprotocols == ["ocpp2.0.1", "ocpp1.6", "ocpp2.1"])
    #expect(request.authorization == "Basic Q1A6c2VjcmV0")
    #expect(request.key == "dGhlIHNhbXBsZSBub25jZQ==")
  }

  @Test(
    "an upgrade that lacks or contradicts something is refused with its status",
    arguments: [
      ("GET /", "POST /", 405), ("HTTP/1.1", "HTTP/1.0", 505), ("Host: csms.example\n", "", 400),
      ("Host: csms.example\n", "Host: a\nHost: b\n", 400),
      ("keep-alive, Upgrade", "keep-alive", 400),
      ("Upgrade: WebSocket\n", "", 400), ("Version: 13", "Version: 8", 426),
      ("Sec-WebSocket-Version: 13\n", "", 426),
      ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZQ==", 400),
      ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=!", 400),
    ])
  func refusals(_ old: String, _ new: String, _ status: Int) throws {
    let (before, after) = try split(good, at: old)
    let head = try parse(wire(before + new + after), pieces: 4096, as: RequestHead.self).get().0
    #expect(Upgrade.isRequested(head))
    guard case .failure(let error) = Upgrade.check(head) else {
      Issue.record("was accepted")
      return
    }
    #expect(error.response.status == status)
    let text = String(decoding: error.response.serialized(), as: UTF8.self)
    // RFC 9110 §15.5.22 and §7.8.
    let isOther = status == 426
    #expect(text.contains("\r\nConnection: \(isOther ? "upgrade, close" : "close")\r\n"))
    #expect(text.contains("\r\nUpgrade: websocket\r\n") == isOther)
    #expect(text.contains("Sec-WebSocket-Version: 13") == isOther)
  }

  @Test(
    "a target in absolute form names what the same path names",
    arguments: [
      ("http://x/ocpp/CP1", "/ocpp/CP1"), ("ws://x:8180/ocpp/CP1?a=b", "/ocpp/CP1?a=b"),
      ("http://x", "/"), ("http://x?a=/b", "/?a=/b"), ("/ocpp/ws://x/CP1", "/ocpp/ws://x/CP1"),
      ("http:/x/CP1", "http:/x/CP1"), ("//x/CP1", "//x/CP1"), ("*", "*"), ("x/", "x/"),
    ])
  func absoluteForm(_ target: String, _ path: String) throws {
    let head = try parse(
      Array("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n".utf8), pieces: 4096,
      as: RequestHead.self
    ).get().0
    #expect(head.target == path)
  }

  private func split(_ text: String, at part: String) throws -> (String, String) {
    let whole = Array(text.utf8)
    let wanted = Array(part.utf8)
    let place = (0...(whole.count - wanted.count)).first {
      Array(whole[$0..<($0 + wanted.count)]) == wanted
    }
    let start = try #require(place)
    return (
      String(decoding: whole[..<start], as: UTF8.self),
      String(decoding: whole[(start + wanted.count)...], as: UTF8.self)
    )
  }

  @Test(
    "a malformed head is refused with its status",
    arguments: [
      ("GET  / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1 x\r\n\r\n", 400), ("GET /\r\n\r\n", 400),
      ("GET /\u{7F} HTTP/1.1\r\n\r\n", 400), ("G(T / HTTP/1.1\r\n\r\n", 400),
      ("GET / HTTP/2.0\r\n\r\n", 505), ("GET / http/1.1\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nA: 1\r\n b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nA : 1\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nA\r\n\r\n", 400), ("GET / HTTP/1.1\r\n: 1\r\n\r\n", 400),
      ("GET / HTTP/1.1\r\nA: x\rB: y\r\n\r\n", 400), ("GET / HTTP/1.1\r\nA: \0\r\n\r\n", 400),
      ("\u{16}\u{3}\u{1}", 400),
      ("GET / HTTP/1.1\r\n" + String(repeating: "A: 1\r\n", count: 101) + "\r\n", 431),
      ("GET / HTTP/1.1\r\nA: " + String(repeating: "x", count: 17_000), 431),
    ])
  func malformed(_ text: String, _ status: Int) {
    for size in [1, 5, 100_000] {
      guard case .failure(let error) = parse(Array(text.utf8), pieces: size, as: RequestHead.self)
      else {
        Issue.record("was accepted in pieces of \(size)")
        continue
      }
      #expect(error.response.status == status, "in pieces of \(size): \(error)")
    }
  }

  @Test("bare line feeds, leading blank lines and empty values are taken")
  func tolerant() throws {
    let text = "\r\n\nGET / HTTP/1.1\nHost: a\r\nEmpty:\nX:  b \t\n\r\n"
    for size in [1, 2, 1000] {
      let (head, rest) = try parse(Array(text.utf8), pieces: size, as: RequestHead.self).get()
      #expect(rest == 0)
      #expect(head.fields.all.map(\.value) == ["a", "", "b"])
    }
  }

  @Test("the accept key is RFC 6455's, given SHA-1")
  func acceptKey() {
    let digest: [UInt8] = [
      0xB3, 0x7A, 0x4F, 0x2C, 0xC0, 0x62, 0x4F, 0x16, 0x90, 0xF6, 0x46, 0x06, 0xCF, 0x38, 0x59,
      0x45, 0xB2, 0xBE, 0xC4, 0xEA,
    ]
    let accept = Upgrade.accept(key: "dGhlIHNhbXBsZSBub25jZQ==") { _ in digest }
    #expect(accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
  }

  @Test("a client's own request is a good upgrade, and the server's answer a good acceptance")
  func bothSides() throws {
    let key = "dGhlIHNhbXBsZSBub25jZQ=="
    let request = Upgrade.clientRequest(
      host: "h:1", target: "/a", key: key, subprotocols: ["x", "y"], authorization: "Basic eg==")
    let head = try parse(request, pieces: 9, as: RequestHead.self).get().0
    let checked = try Upgrade.check(head).get()
    #expect(checked.offeredSubprotocols == ["x", "y"])
    let sha1: ([UInt8]) -> [UInt8] = { Array($0.suffix(20)) }
    let answers: [(String?, Bool)] = [("y", true), (nil, true), ("z", false)]
    for (subprotocol, isGood) in answers {
      let bytes = Upgrade.response(key: checked.key, subprotocol: subprotocol, sha1: sha1)
      let response = try parse(bytes, pieces: 5, as: ResponseHead.self).get().0
      let result = Upgrade.checkResponse(response, key: key, offered: ["x", "y"], sha1: sha1)
      switch result {
      case .success(let chosen):
        #expect(isGood && chosen.subprotocol == subprotocol && chosen.deflate == nil)
      case .failure(let error): #expect(!isGood, "\(error)")
      }
    }
  }

  @Test(
    "ranges",
    arguments: [
      ("bytes=10-9223372036854775807", .part(offset: 10, length: 90)),
      ("bytes=10-99999999999999999999", .part(offset: 10, length: 90)),
      ("bytes=99999999999999999999-", .unsatisfiable),
      ("bytes=-99999999999999999999", .part(offset: 0, length: 100)),
      ("bytes=00000000000000000000005-6", .part(offset: 5, length: 2)),
      (nil, ByteRange.whole), ("bytes=0-", .part(offset: 0, length: 100)),
      ("bytes=10-19", .part(offset: 10, length: 10)),
      ("bytes=90-500", .part(offset: 90, length: 10)),
      ("Bytes = 1-2", .whole), ("bytes=-30", .part(offset: 70, length: 30)),
      ("bytes=-300", .part(offset: 0, length: 100)), ("bytes=100-", .unsatisfiable),
      ("bytes=-0", .unsatisfiable), ("bytes=5-4", .whole), ("bytes=0-1,3-4", .whole),
      ("bytes=-", .whole), ("lines=1-2", .whole), ("bytes=a-b", .whole),
    ] as [(String?, ByteRange)])
  func ranges(_ header: String?, _ range: ByteRange) {
    #expect(ByteRange(header: header, size: 100) == range)
  }
}

import Glibc
import Testing

@testable import Transport

private final class Sink: HTTPSink {
  struct Seen: Sendable {
    var status = 0
    var body: [UInt8] = []
    var outcome: HTTPOutcome?
  }

  let seen: Watched<Seen>
  let cancelAt: Int

  init(_ seen: Watched<Seen>, cancelAt: Int = .max) {
    self.seen = seen
    self.cancelAt = cancelAt
  }

  func began(_ download: HTTPClient, _ head: ResponseHead) {
    seen.update { $0.status = head.status }
  }
  func received(_ download: HTTPClient, _ bytes: UnsafeRawBufferPointer) {
    let count = seen.update { seen in
      seen.body.append(contentsOf: bytes)
      return seen.body.count
    }
    if count >= cancelAt { download.cancel() }
  }
  func ended(_ download: HTTPClient, _ outcome: HTTPOutcome) {
    seen.update { $0.outcome = outcome }
  }
}

/// An allowance that a test hands out.
private final class Gate: SendingAllowance {
  // Safe: `resume` is set and called on the loop only.
  struct State: @unchecked Sendable {
    var left = 0
    var ends = 0
    var resume: (() -> Void)?

    mutating func takeResume() -> (() -> Void)? {
      defer { resume = nil }
      return resume
    }
  }

  let state: Watched<State>
  init(_ state: Watched<State>) { self.state = state }

  func take(_ wanted: Int) -> Int {
    state.update { state in
      let count = min(wanted, state.left)
      state.left -= count
      return count
    }
  }
  func giveBack(_ count: Int) { state.update { $0.left += count } }
  func wait(_ resume: @escaping () -> Void) { state.update { $0.resume = resume } }
  func end() { state.update { $0.ends += 1 } }
}

/// Keeps a body, and pauses it where a test says so.
private final class Body: BodySink {
  // Safe: `resume` is set and called on the loop only.
  struct State: @unchecked Sendable {
    var bytes: [UInt8] = []
    var lost = 0
    /// From so many bytes on, once.
    var pausesAt = Int.max
    var resume: (() -> Void)?
    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  let state: Watched<State>
  init(_ state: Watched<State>) {
    self.state = state
    state.update { $0.bytes = [] }
  }

  func received(_ connection: ServerConnection, body: UnsafeRawBufferPointer) {
    let pauses = state.update { state in
      state.bytes.append(contentsOf: body)
      return state.bytes.count >= state.pausesAt && state.resume == nil
    }
    guard pauses else { return }
    connection.pauseBody()
    state.update { $0.resume = { connection.resumeBody() } }
  }
  func bodyEnded(_ connection: ServerConnection) {
    connection.respond(HTTPResponse(201, "Created", text: "kept"))
  }
  func bodyLost(_ connection: ServerConnection) { state.update { $0.lost += 1 } }
}

/// A temporary file without a name.
private func makeFile(_ bytes: [UInt8]) -> Int32 {
  var path = Array("/tmp/swell-transport-XXXXXX".utf8CString)
  let file = mkstemp(&path)
  unlink(path)
  _ = write(file, bytes, bytes.count)
  return file
}

private let image = (0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 8) }

/// Serves `image` under any path.
private func depot() -> Script {
  // sendfile(2) has no MSG_NOSIGNAL: the process ignores SIGPIPE, as the CSMS's does.
  signal(SIGPIPE, SIG_IGN)
  return Script(onRequest: { connection, head, script in
    connection.serveFile(
      makeFile(image), size: image.count, for: head, tag: "\"v1\"",
      progress: { count in script.seen.update { $0.progress += count } },
      done: { isWhole in script.seen.update { $0.done.append(isWhole) } })
  })
}

@Suite struct HTTPTests {
  private func get(
    _ loop: EventLoop, _ port: UInt16, cancelAt: Int = .max,
    _ change: @escaping @Sendable (inout HTTPClient.Options) -> Void = { _ in }
  ) throws -> Watched<Sink.Seen> {
    let seen = Watched(Sink.Seen())
    let url = try HTTPURL("http://127.0.0.1:\(port)/firmware.bin?x=1")
    loop.submit { [loop] in
      var options = HTTPClient.Options()
      change(&options)
      do throws(TransportError) {
        try HTTPClient.get(url, on: loop, to: Sink(seen, cancelAt: cancelAt), options: options)
      } catch {
        seen.update { $0.outcome = .failed(-1) }
      }
    }
    return seen
  }

  @Test(
    "a file comes whole or in the range asked for, and its bytes are counted",
    arguments: [
      (nil, 200, 0..<1_500_000), ("bytes=1000000-", 206, 1_000_000..<1_500_000),
      ("bytes=0-0", 206, 0..<1), ("bytes=-7", 206, 1_499_993..<1_500_000),
      ("bytes=5-4", 200, 0..<1_500_000), ("bytes=1500000-", 416, 0..<0),
    ] as [(String?, Int, Range<Int>)])
  func ranges(_ range: String?, _ status: Int, _ part: Range<Int>) throws {
    let script = depot()
    try withLoop { loop in
      let seen = try get(loop, try script.listen(on: loop).port) { $0.range = range }
      #expect(seen.wait { $0.outcome != nil })
      #expect(seen.value.outcome == .complete(bytes: part.count))
      #expect(seen.value.status == status)
      #expect(seen.value.body == Array(image[part]))
      #expect(script.seen.wait { $0.reasons == [.answered(status)] })
      #expect(script.seen.value.progress == part.count)
      #expect(script.seen.value.done == [status != 416])
    }
  }

  @Test("a file whose share has not come waits longer than a peer may stall, and then goes on")
  func allowance() throws {
    let gate = Watched(Gate.State())
    let script = Script(onRequest: { connection, head, script in
      connection.serveFile(
        makeFile(image), size: image.count, for: head, allowance: Gate(gate),
        done: { isWhole in script.seen.update { $0.done.append(isWhole) } })
    })
    signal(SIGPIPE, SIG_IGN)
    try withLoop { loop in
      var configuration = ServerConfiguration()
      configuration.stallTime = 30
      let seen = try get(loop, try script.listen(on: loop, configuration: configuration).port)
      #expect(gate.wait { $0.resume != nil })
      // A second timer that is set now fires behind the one that would have ended the connection.
      let isLater = Watched(false)
      loop.submit { [loop] in loop.schedule(after: 100) { isLater.update { $0 = true } } }
      #expect(isLater.wait { $0 })
      #expect(seen.value.outcome == nil)
      #expect(script.seen.value.reasons == [])
      gate.update { $0.left = 100_000 }
      loop.submit { gate.update { $0.takeResume() }?() }
      #expect(gate.wait { $0.left == 0 && $0.resume != nil })
      gate.update { $0.left = .max }
      loop.submit { gate.update { $0.takeResume() }?() }
      #expect(seen.wait { $0.outcome != nil })
      #expect(seen.value.body == image)
      #expect(script.seen.wait { $0.done == [true] })
      #expect(gate.value.ends == 1)
    }
  }

  @Test("a body that hardly grows ends with 408, one that is paused has all the time")
  func slowBody() throws {
    let sink = Watched(Body.State())
    let script = Script(onRequest: { connection, head, _ in
      connection.receiveBody(of: head, limit: 1 << 20, to: Body(sink))
    })
    try withLoop { loop in
      var configuration = ServerConfiguration()
      configuration.bodyTime = 40
      let port = try script.listen(on: loop, configuration: configuration).port
      let slow = try RawPeer(port: port)
      slow.say("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nfour")
      let text = String(decoding: slow.hear(), as: UTF8.self)
      #expect(text.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
      #expect(sink.wait { $0.lost == 1 })
      sink.update { $0.pausesAt = 1 }
      let patient = try RawPeer(port: port)
      patient.say("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nhalf")
      #expect(sink.wait { $0.resume != nil })
      let isLater = Watched(false)
      loop.submit { [loop] in loop.schedule(after: 120) { isLater.update { $0 = true } } }
      #expect(isLater.wait { $0 })
      #expect(sink.value.lost == 1)
      patient.say("half")
      loop.submit { sink.value.resume?() }
      #expect(String(decoding: patient.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 201 "))
      #expect(sink.value.text == "halfhalf")
      // It holds the connection, whose listener holds this test's script and so the sink.
      sink.update { $0.resume = nil }
    }
  }

  @Test("a body is put in one go, and its answer comes back")
  func put() throws {
    let sink = Watched(Body.State())
    let script = Script(onRequest: { connection, head, _ in
      connection.receiveBody(of: head, limit: image.count, to: Body(sink))
    })
    try withLoop { loop in
      let url = try HTTPURL("http://127.0.0.1:\(try script.listen(on: loop).port)/x")
      let seen = Watched(Sink.Seen())
      loop.submit { [loop] in
        do throws(TransportError) {
          try HTTPClient.put(url, image, on: loop, to: Sink(seen))
        } catch {
          seen.update { $0.outcome = .failed(-1) }
        }
      }
      #expect(seen.wait { $0.outcome != nil })
      #expect(seen.value.status == 201)
      #expect(sink.value.bytes == image)
    }
  }

  @Test("HEAD gets the head of the file and nothing more; a range is for GET")
  func head() throws {
    let script = depot()
    try withLoop { loop in
      let peer = try RawPeer(port: try script.listen(on: loop).port)
      peer.say("HEAD / HTTP/1.1\r\nHost: x\r\nRange: bytes=1-2\r\n\r\n")
      let text = String(decoding: peer.hear(), as: UTF8.self)
      #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(text.contains("\r\nContent-Length: 1500000\r\n"))
      #expect(text.contains("\r\nAccept-Ranges: bytes\r\n"))
      #expect(text.hasSuffix("\r\n\r\n"))
      #expect(script.seen.value.progress == 0)
    }
  }

  @Test("If-Range with another tag gets the whole file")
  func ifRange() throws {
    let script = depot()
    try withLoop { loop in
      let port = try script.listen(on: loop).port
      for (tag, status) in [("\"v1\"", 206), ("\"v0\"", 200)] {
        let seen = try get(loop, port) {
          $0.range = "bytes=10-"
          $0.headers = [(name: "If-Range", value: tag)]
        }
        #expect(seen.wait { $0.outcome != nil })
        #expect(seen.value.status == status)
      }
    }
  }

  @Test("other methods on a file get 405, and other paths their answer")
  func methods() throws {
    try withLoop { loop in
      let files = try RawPeer(port: try depot().listen(on: loop).port)
      files.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
      #expect(String(decoding: files.hear(), as: UTF8.self).hasPrefix("HTTP/1.1 405 "))
      let nothing = try RawPeer(port: try Script().listen(on: loop).port)
      nothing.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      let text = String(decoding: nothing.hear(), as: UTF8.self)
      #expect(text.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
      #expect(text.hasSuffix("\r\n\r\nnothing\n"))
    }
  }

  @Test("a cancelled download is told apart by the server, with the bytes that left")
  func cancelled() throws {
    let script = depot()
    try withLoop { loop in
      let seen = try get(loop, try script.listen(on: loop).port, cancelAt: 40_000) {
        $0.bytesPerSecond = 1_000_000
      }
      #expect(seen.wait { $0.outcome == .cancelled })
      #expect(script.seen.wait { $0.reasons.count == 1 })
      #expect(script.seen.value.done == [false])
      #expect(script.seen.value.progress >= 40_000)
    }
  }

  @Test("a slow downloader takes its time and gets every byte")
  func slow() throws {
    let script = depot()
    try withLoop { loop in
      let start = EventLoop.clock()
      let seen = try get(loop, try script.listen(on: loop).port) {
        $0.range = "bytes=0-99999"
        $0.bytesPerSecond = 200_000
      }
      #expect(seen.wait { $0.outcome == .complete(bytes: 100_000) })
      #expect(EventLoop.clock() - start >= 350)
      #expect(seen.value.body == Array(image[..<100_000]))
    }
  }

  @Test("the peer's address is the client's own")
  func address() throws {
    let script = Script(onRequest: { connection, _, _ in
      let peer = connection.peerAddress
      connection.respond(HTTPResponse(200, "OK", text: "\(peer.host) \(peer.port)"))
    })
    try withLoop { loop in
      let peer = try RawPeer(port: try script.listen(on: loop).port)
      let own = try #require(SocketAddress(of: peer.descriptor, peer: false)).numeric
      peer.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(String(decoding: peer.hear(), as: UTF8.self).hasSuffix("127.0.0.1 \(own.port)\n"))
    }
  }

  @Test(
    "URLs",
    arguments: [
      ("http://a", "a", 80, "/"), ("HTTP://a:81/b/c?d=e#f", "a", 81, "/b/c?d=e"),
      ("http://[::1]:8080?x", "::1", 8080, "/?x"), ("http://[::1]/", "::1", 80, "/"),
      ("https://a", "a", 443, "/"), ("https://a:1/b", "a", 1, "/b"),
    ] as [(String, String, UInt16, String)])
  func urls(_ text: String, _ host: String, _ port: UInt16, _ target: String) throws {
    let url = try HTTPURL(text)
    #expect((url.host, url.port, url.target) == (host, port, target))
    #expect(url.isSecure == text.hasPrefix("https"))
  }

  @Test(
    "URLs that are refused",
    arguments: [
      "ftp://a", "a", "http://", "https://", "http://a:b", "http://u@a/", "http://[::1",
      "http://a /",
    ])
  func badURLs(_ text: String) {
    #expect(throws: TransportError.malformedURL(text)) { try HTTPURL(text) }
  }
}

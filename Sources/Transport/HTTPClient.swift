import CLinux
import Glibc
import WebSocket

/// Where a download goes, on its loop.
package protocol HTTPSink: AnyObject {
  /// The response's head, of any status.
  func began(_ download: HTTPClient, _ head: ResponseHead)
  /// The next piece of the body, valid only during the call.
  func received(_ download: HTTPClient, _ bytes: UnsafeRawBufferPointer)
  /// The last call, made exactly once, and never from within another.
  func ended(_ download: HTTPClient, _ outcome: HTTPOutcome)
}

/// How a download ended.
package enum HTTPOutcome: Sendable, Equatable {
  /// The body is complete; its bytes.
  case complete(bytes: Int)
  /// The stream ended too early; `expected` is nil when even the head was not whole.
  case truncated(received: Int, expected: Int?)
  /// Connecting, reading or writing failed with this errno.
  case failed(Int32)
  /// TLS could not be agreed on.
  case insecure(TLSFailure)
  case malformed(HandshakeError)
  /// The body has a transfer coding, which an HTTP/1.1 server may use and this client does not read.
  case unsupportedCoding
  /// Nothing came for the time that was set.
  case stalled
  case cancelled
  case stopped
}

/// One GET over HTTP/1.1, streamed, or one PUT of what is in memory. On its loop only.
package final class HTTPClient: Channel {
  /// What to get, and how fast.
  package struct Options: Sendable {
    /// A Range header's value, such as `bytes=1000-`.
    package var range: String?
    /// At most so many bytes of body a second, nil for no limit.
    package var bytesPerSecond: Int?
    /// Milliseconds without a byte before the download is given up; twice a tick at least.
    package var stallTime: UInt64 = 60_000
    package var headers: [(name: String, value: String)] = []

    package init() {}
  }

  private let options: Options
  private let tls: (ClientTLS, host: String)?
  private var sink: (any HTTPSink)?
  private var dialer: Dialer
  private let request: [UInt8]
  private var isConnecting = true
  private var parser = HeadParser<ResponseHead>()
  private var hasHead = false
  private var expected: Int?
  private var bodyBytes = 0
  private var allowance = Int.max
  private var refill: LoopTimer?

  /// Milliseconds between refills of a limited download's allowance.
  private static let tick: UInt64 = 50

  /// Begins a download; the sink is retained until `ended`. Resolving blocks the loop unless the
  /// host is numeric or in /etc/hosts.
  /// - Parameter tls: for https, which can't be without it.
  @discardableResult
  package static func get(
    _ url: HTTPURL, on loop: EventLoop, to sink: any HTTPSink, options: Options = Options(),
    tls: ClientTLS? = nil
  ) throws(TransportError) -> HTTPClient {
    loop.checkIsolated()
    return try start(url, "GET", [], loop, sink, options, tls)
  }

  /// Begins an upload with PUT; the response comes to the sink as that of a download does.
  @discardableResult
  package static func put(
    _ url: HTTPURL, _ body: [UInt8], on loop: EventLoop, to sink: any HTTPSink,
    options: Options = Options(), tls: ClientTLS? = nil
  ) throws(TransportError) -> HTTPClient {
    loop.checkIsolated()
    var options = options
    options.headers.append((name: "Content-Length", value: String(body.count)))
    return try start(url, "PUT", body, loop, sink, options, tls)
  }

  private static func start(
    _ url: HTTPURL, _ method: String, _ body: [UInt8], _ loop: EventLoop, _ sink: any HTTPSink,
    _ options: Options, _ tls: ClientTLS?
  ) throws(TransportError) -> HTTPClient {
    guard !url.isSecure || tls != nil else { throw .tlsNeeded(host: url.host) }
    let client = HTTPClient(
      loop, url, method, body, try Dialer(host: url.host, port: url.port), sink, options,
      url.isSecure ? tls : nil)
    client.armStall()
    client.dial()
    return client
  }

  private init(
    _ loop: EventLoop, _ url: HTTPURL, _ method: String, _ body: [UInt8], _ dialer: Dialer,
    _ sink: any HTTPSink, _ options: Options, _ tls: ClientTLS?
  ) {
    self.options = options
    self.tls = tls.map { ($0, host: url.host) }
    self.sink = sink
    self.dialer = dialer
    let authority = (url.host.contains(":") ? "[\(url.host)]" : url.host) + ":\(url.port)"
    var text = "\(method) \(url.target) HTTP/1.1\r\nHost: \(authority)\r\nConnection: close\r\n"
    if let range = options.range { text += "Range: \(range)\r\n" }
    for (name, value) in options.headers { text += "\(name): \(value)\r\n" }
    request = Array((text + "\r\n").utf8) + body
    super.init(loop: loop, descriptor: -1)
    if options.bytesPerSecond != nil { allowance = perTick }
  }

  /// Ends the download with a reset, as a station does that loses its link.
  package func cancel() { end(.cancelled) }

  private func dial() {
    // A small kernel buffer makes a slow reader's slowness felt by the server.
    let buffer: Int32? = options.bytesPerSecond == nil ? nil : 16_384
    while let descriptor = dialer.next(receiveBuffer: buffer) {
      adopt(
        descriptor, tls: tls.map { TLSStream(descriptor: descriptor, .client($0, host: $1)) })
      do throws(TransportError) {
        return try start(reading: false)
      } catch {
        dialer.failed(EMFILE)
      }
    }
    end(.failed(dialer.failure))
  }

  override var wantsOutput: Bool { isConnecting }

  override func writable() {
    let code = pendingError()
    guard code == 0 else {
      dialer.failed(code)
      return dial()
    }
    isConnecting = false
    setReading(true)
    enqueue { $0.append(contentsOf: request) }
  }

  override func securingFailed(_ failure: TLSFailure) { end(.insecure(failure)) }

  override func took(_ bytes: UnsafeMutableRawBufferPointer) {
    armStall()
    limit(bytes.count)
    var body = UnsafeRawBufferPointer(bytes)
    if !hasHead {
      do throws(HandshakeError) {
        guard let (head, used) = try parser.feed(body) else { return }
        parser = HeadParser()
        guard head.fields["Transfer-Encoding"] == nil else { return end(.unsupportedCoding) }
        if let length = head.fields["Content-Length"] {
          guard let length = Int(length), length >= 0 else {
            throw .malformedField(line: 0)
          }
          expected = length
        }
        hasHead = true
        body = UnsafeRawBufferPointer(rebasing: body[used...])
        sink?.began(self, head)
      } catch {
        return end(.malformed(error))
      }
    }
    if let expected { body = UnsafeRawBufferPointer(rebasing: body.prefix(expected - bodyBytes)) }
    bodyBytes += body.count
    if !body.isEmpty { sink?.received(self, body) }
    if bodyBytes == expected { end(.complete(bytes: bodyBytes)) }
  }

  override func broke(_ code: Int32) {
    if isConnecting {
      dialer.failed(code)
      return dial()
    }
    if let failure = wire.tls?.failure { return end(.insecure(failure)) }
    if code != 0 { return end(.failed(code)) }
    // Without a length, the end of the stream is the end of the body (RFC 9112 §6.3); over TLS an
    // end that TLS does not vouch for could be anybody's (§9.8).
    let isWhole = hasHead && expected == nil && wire.tls?.isOrderlyEnd != false
    end(isWhole ? .complete(bytes: bodyBytes) : .truncated(received: bodyBytes, expected: expected))
  }

  package override func timerFired() { end(.stalled) }
  package override func loopStopped() { end(.stopped) }

  private func end(_ outcome: HTTPOutcome) {
    guard let sink else { return }
    self.sink = nil
    refill?.cancel()
    shut(abruptly: outcome == .cancelled)
    loop.defer { sink.ended(self, outcome) }
  }

  private func armStall() {
    loop.arm(self, at: loop.now + max(options.stallTime, 2 * Self.tick))
  }

  private var perTick: Int {
    max(1, (options.bytesPerSecond ?? 0) * Int(Self.tick) / 1000)
  }

  override var receiveLimit: Int { allowance }

  private func limit(_ taken: Int) {
    guard options.bytesPerSecond != nil else { return }
    allowance -= taken
    guard allowance <= 0 else { return }
    setReading(false)
    refill = loop.schedule(after: Self.tick) { [weak self] in
      guard let self, !isShut else { return }
      allowance = perTick
      setReading(true)
    }
  }
}

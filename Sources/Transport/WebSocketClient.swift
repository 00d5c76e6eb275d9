import Glibc
import Trust
import WebSocket

/// What a WebSocket client tells its owner, on its loop.
package protocol WebSocketClientDelegate: AnyObject {
  /// The server took the upgrade.
  func opened(_ client: WebSocketClient, subprotocol: String?)
  /// A text message, UTF-8 checked; the bytes are valid only during the call.
  func received(_ client: WebSocketClient, text: UnsafeBufferPointer<UInt8>)
  /// The last call, made exactly once, and never from within another. A refusal by the server is
  /// `.answered` with its status.
  func closed(_ client: WebSocketClient, _ reason: CloseReason)
}

/// Limits of a client. Times are milliseconds, sizes bytes.
package struct WebSocketClientConfiguration: Sendable {
  /// From the connect to the end of the upgrade.
  package var openingTime: UInt64 = 30_000
  package var messageLimit = 1 << 20
  package var queueLimit = 4 << 20
  /// No pings of its own by default: OCPP stations send heartbeats.
  package var keepAlive = KeepAlive(idle: 0)
  /// Whether permessage-deflate is offered.
  package var compression = false
  /// A numeric address of this machine to connect from; nil: the system's choice. One address has
  /// some 28,000 ports to one server.
  package var source: String?

  package init() {}
}

/// An outgoing WebSocket connection. On its loop only.
package final class WebSocketClient: WebSocketStream {
  /// The user's own.
  package var context: AnyObject?
  private var delegate: (any WebSocketClientDelegate)?
  private let limits: WebSocketClientConfiguration
  /// Gone once the WebSocket is open.
  private var attempt: Attempt?

  private final class Attempt {
    var dialer: Dialer
    var isConnecting = true
    let tls: (ClientTLS, host: String)?
    let request: [UInt8]
    let key: String
    let subprotocols: [String]
    var parser = HeadParser<ResponseHead>()

    init(
      dialer: Dialer, tls: (ClientTLS, host: String)?, request: [UInt8], key: String,
      subprotocols: [String]
    ) {
      self.dialer = dialer
      self.tls = tls
      self.request = request
      self.key = key
      self.subprotocols = subprotocols
    }
  }

  /// Begins to connect; the delegate is retained until `closed`.
  ///
  /// Resolving blocks the loop unless the host is numeric or in /etc/hosts.
  /// - Parameter tls: nil for plain TCP.
  package static func connect(
    on loop: EventLoop, host: String, port: UInt16, target: String, subprotocols: [String],
    authorization: String? = nil, tls: ClientTLS? = nil,
    configuration: WebSocketClientConfiguration = WebSocketClientConfiguration(),
    delegate: any WebSocketClientDelegate
  ) throws(TransportError) -> WebSocketClient {
    loop.checkIsolated()
    let key = Base64.encode(Random.bytes(16))
    let authority = (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    let request = Upgrade.clientRequest(
      host: authority, target: target, key: key, subprotocols: subprotocols,
      authorization: authorization, compression: configuration.compression)
    let attempt = Attempt(
      dialer: try Dialer(host: host, port: port, source: configuration.source),
      tls: tls.map { ($0, host: host) }, request: request, key: key, subprotocols: subprotocols)
    let client = WebSocketClient(loop, configuration, attempt, delegate)
    loop.arm(client, at: loop.now + configuration.openingTime)
    client.dial()
    return client
  }

  private init(
    _ loop: EventLoop, _ limits: WebSocketClientConfiguration, _ attempt: Attempt,
    _ delegate: any WebSocketClientDelegate
  ) {
    self.limits = limits
    self.attempt = attempt
    self.delegate = delegate
    super.init(
      loop: loop, descriptor: -1, role: .client, messageLimit: limits.messageLimit)
  }

  private func dial() {
    guard let attempt else { return }
    while let descriptor = attempt.dialer.next() {
      adopt(
        descriptor,
        tls: attempt.tls.map { TLSStream(descriptor: descriptor, .client($0, host: $1)) })
      do throws(TransportError) {
        return try start(reading: false)
      } catch {
        attempt.dialer.failed(EMFILE)
      }
    }
    end(.lost(attempt.dialer.failure))
  }

  override var wantsOutput: Bool { attempt?.isConnecting ?? false }

  /// The connect is decided.
  override func writable() {
    guard let attempt else { return }
    let code = pendingError()
    guard code == 0 else {
      attempt.dialer.failed(code)
      return dial()
    }
    attempt.isConnecting = false
    setReading(true)
    enqueue { $0.append(contentsOf: attempt.request) }
  }

  override func tookOpening(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let attempt else { return }
    do throws(HandshakeError) {
      guard let (head, used) = try attempt.parser.feed(UnsafeRawBufferPointer(bytes)) else {
        return
      }
      guard head.status == 101 else { return end(.answered(head.status)) }
      let (subprotocol, deflate) = try Upgrade.checkResponse(
        head, key: attempt.key, offered: attempt.subprotocols, compression: limits.compression,
        sha1: Digest.sha1
      ).get()
      self.attempt = nil
      open(deflate)
      delegate?.opened(self, subprotocol: subprotocol)
      let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[used...])
      if !rest.isEmpty { decode(rest) }
    } catch {
      end(.refused(error))
    }
  }

  override func securingFailed(_ failure: TLSFailure) { end(.insecure(failure)) }

  override func openingTimedOut() { end(.timedOut) }

  override func openingBroke(_ code: Int32) {
    // A server of TLS 1.3 refuses a client's certificate when the client is done already.
    if let failure = wire.tls?.failure { return end(.insecure(failure)) }
    guard let attempt, attempt.isConnecting else { return end(.lost(code)) }
    attempt.dialer.failed(code)
    dial()
  }

  override var keepAlive: KeepAlive { limits.keepAlive }
  override var queueLimit: Int { limits.queueLimit }

  override func deliver(text: UnsafeBufferPointer<UInt8>) {
    delegate?.received(self, text: text)
  }

  override func deliver(closed reason: CloseReason) {
    attempt = nil
    let delegate = self.delegate
    self.delegate = nil
    delegate?.closed(self, reason)
    context = nil
  }
}

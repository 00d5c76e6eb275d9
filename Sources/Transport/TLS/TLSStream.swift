import COpenSSL
import Glibc
import Trust

/// TLS on a socket, behind `Wire`. On its loop only.
///
/// A server's object of OpenSSL, with buffers of 50 kB, is made once the first record has come whole,
/// so that a peer that only connects, or stops within its first words, costs little. Errors of the thread's queue are cleared before each call, because
/// OpenSSL judges a call by what stands there.
final class TLSStream {
  indirect enum Side {
    case server(ServerTLS)
    case client(ClientTLS, host: String)
  }

  /// What came of a step of the handshake.
  enum Step {
    case done
    /// The socket is waited for; `wantsOutput` says what for.
    case waits
    case failed(TLSFailure)
  }

  private enum State { case handshake, open, failed }

  /// What few connections have, or only for a moment.
  private final class Extra {
    var peer: PeerCertificate?
    var refused: Certificate?
    /// What is refused is not the peer's own, but of one that signed it.
    var refusedAuthority = false
    var failure: TLSFailure?
  }

  let descriptor: Int32
  private let side: Side
  private var ssl: OpaquePointer?
  private var opening = TLSOpening()
  private var extra: Extra?
  private var state = State.handshake
  private var hasEnded = false
  /// Of the call in progress.
  private var socketError: Int32 = 0
  /// The length of a record with bytes of a file that is made and has not left: OpenSSL wants to
  /// be called with as much again.
  private var blockedFile = 0
  /// A handshake's next step is queued on the loop.
  var isQueued = false
  /// Reading again is queued on the loop.
  var isHeldQueued = false
  /// Whether bytes lie decrypted or undecrypted in OpenSSL, of which epoll knows nothing.
  private(set) var holds = false
  /// The handshake waits until the socket can be written to.
  private(set) var wantsOutput = false
  /// Reading goes on once the socket can be written to.
  private(set) var readsOnOutput = false
  /// Writing goes on once the socket can be read from.
  private(set) var writesOnInput = false

  init(descriptor: Int32, _ side: Side) {
    self.descriptor = descriptor
    self.side = side
  }

  deinit {
    // OpenSSL takes a session whose connection was cut for one that may not be resumed. Links of
    // chargers are cut all the time, and TLS allows it since 1.1 (RFC 4346 §7.2.1).
    if state == .open { SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN) }
    SSL_free(ssl)
  }

  var isHandshaking: Bool { state == .handshake }
  /// How far the handshake is, in OpenSSL's numbers: another one once something was agreed on.
  var progress: Int32 { ssl.map { Int32(SSL_get_state($0).rawValue) } ?? 0 }
  /// Whether the peer said in TLS that no more bytes come: an end without it may be forged.
  var isOrderlyEnd: Bool {
    ssl.map { SSL_get_shutdown($0) & SSL_RECEIVED_SHUTDOWN != 0 } ?? false
  }
  var peer: PeerCertificate? { extra?.peer }
  var failure: TLSFailure? { extra?.failure }
  var version: String? { state == .open ? ssl.map { String(cString: SSL_get_version($0)) } : nil }
  var cipher: String? {
    guard state == .open, let cipher = ssl.flatMap({ SSL_get_current_cipher($0) }) else {
      return nil
    }
    return String(cString: SSL_CIPHER_get_name(cipher))
  }
  var isResumed: Bool { ssl.map { SSL_session_reused($0) == 1 } ?? false }

  // MARK: - What OpenSSL calls

  /// The socket ended (0) or failed during a call.
  func socketBroke(_ code: Int32) {
    if code == 0 { hasEnded = true } else { socketError = code }
  }

  /// The peer's certificate is refused.
  func refused(_ certificate: Certificate?, isAuthority: Bool) {
    if extra == nil { extra = Extra() }
    extra?.refused = certificate
    extra?.refusedAuthority = isAuthority
  }

  /// A client's session came; true when it is kept.
  func keep(_ session: OpaquePointer) -> Bool {
    guard case .client(let tls, let host) = side else { return false }
    tls.keep(session, of: host)
    return true
  }

  /// Bytes that OpenSSL asks for: those of the opening come before the socket's.
  func receive(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    let held = opening.take(bytes, count)
    return held > 0 ? held : recv(descriptor, bytes, count, 0)
  }

  // MARK: - The handshake

  func handshake() -> Step {
    if ssl == nil {
      if case .server = side, !opening.isWhole(from: descriptor) { return .waits }
      if !begin() { return fail(.openSSL(openSSLErrors())) }
    }
    prepare()
    let code = SSL_do_handshake(ssl)
    if code == 1 {
      state = .open
      wantsOutput = false
      holds = SSL_has_pending(ssl) == 1
      keepPeer()
      return .done
    }
    let error = SSL_get_error(ssl, code)
    wantsOutput = error == SSL_ERROR_WANT_WRITE
    if wantsOutput || error == SSL_ERROR_WANT_READ { return .waits }
    return fail(reason(error))
  }

  private func begin() -> Bool {
    let made: OpaquePointer?
    switch side {
    case .server(let tls):
      made = tls.makeSSL()
      if let made { SSL_set_accept_state(made) }
    case .client(let tls, let host):
      made = tls.makeSSL(host: host)
      if let made { SSL_set_connect_state(made) }
    }
    ssl = made
    guard let made, let bio = SocketBIO.make(for: self) else { return false }
    // One BIO for both directions counts once (SSL_set_bio(3)).
    SSL_set_bio(made, bio, bio)
    return true
  }

  private func keepPeer() {
    extra = nil
    guard let own = SSL_get0_peer_certificate(ssl), SSL_get_verify_result(ssl) == X509_V_OK,
      let certificate = Certificate(x509: own)
    else { return }
    let extra = Extra()
    extra.peer = PeerCertificate(certificate, at: Int64(time(nil)))
    self.extra = extra
  }

  private func fail(_ reason: TLSFailure.Reason) -> Step {
    let shown = extra?.refused
    let failure = TLSFailure(
      reason, subject: shown?.subject, serialNumber: shown?.serialNumber,
      isAuthority: extra?.refusedAuthority ?? false)
    note(failure)
    return .failed(failure)
  }

  private func note(_ failure: TLSFailure) {
    state = .failed
    let extra = Extra()
    extra.failure = failure
    self.extra = extra
  }

  /// Reads and empties the thread's queue of errors.
  private func reason(_ error: Int32) -> TLSFailure.Reason {
    let chain = SSL_get_verify_result(ssl)
    if error == SSL_ERROR_SYSCALL || error == SSL_ERROR_ZERO_RETURN {
      ERR_clear_error()
      return socketError == 0 ? .left : .lost(socketError)
    }
    var last = "no reason given"
    while true {
      let code = ERR_get_error()
      if code == 0 { return .malformed(last) }
      if let known = TLSFailure.Reason(reason: ERR_GET_REASON(code), chain: chain) {
        ERR_clear_error()
        return known
      }
      if let text = ERR_reason_error_string(code) { last = String(cString: text) }
    }
  }

  // MARK: - Bytes

  func read(into buffer: UnsafeMutableRawBufferPointer) -> WireResult {
    guard state == .open else { return discard(buffer) }
    var count = 0
    holds = false
    readsOnOutput = false
    while count < buffer.count {
      prepare()
      var moved = 0
      let code = SSL_read_ex(
        ssl, buffer.baseAddress.map { $0 + count }, buffer.count - count, &moved)
      if code == 1 {
        count += moved
        if SSL_has_pending(ssl) == 0 { return .moved(count) }
        continue
      }
      let error = SSL_get_error(ssl, code)
      readsOnOutput = error == SSL_ERROR_WANT_WRITE
      let result = outcome(error)
      if count == 0 { return result }
      // What came before the end comes first; OpenSSL says the end again.
      if case .wouldBlock = result {} else { holds = true }
      return .moved(count)
    }
    holds = SSL_has_pending(ssl) == 1
    return .moved(count)
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> WireResult {
    guard state == .open else { return .failed(EPIPE) }
    prepare()
    var moved = 0
    let code = SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &moved)
    writesOnInput = false
    if code == 1 { return .moved(moved) }
    let error = SSL_get_error(ssl, code)
    writesOnInput = error == SSL_ERROR_WANT_READ
    return outcome(error)
  }

  /// Sends a part of a file in records of 16 KiB, through `scratch`.
  func send(
    file: Int32, offset: Int, count: Int, through scratch: UnsafeMutableRawBufferPointer
  ) -> WireResult {
    var total = 0
    while total < max(count, blockedFile) {
      let wanted = max(min(count - total, 16_384), blockedFile)
      let got = pread(file, scratch.baseAddress, min(wanted, scratch.count), off_t(offset + total))
      // The file became shorter than promised.
      guard got > 0 else { return total > 0 ? .moved(total) : .failed(got == 0 ? EIO : errno) }
      switch write(UnsafeRawBufferPointer(rebasing: scratch[..<got])) {
      case .moved(let moved):
        total += moved
        blockedFile = 0
      case .wouldBlock:
        blockedFile = got
        return total > 0 ? .moved(total) : .wouldBlock
      case let result: return total > 0 ? .moved(total) : result
      }
    }
    return .moved(total)
  }

  /// Says in TLS that no more bytes come. Where the socket takes nothing more it is left out: the
  /// stream's content has its own end.
  func endWriting() {
    guard state == .open else { return }
    prepare()
    SSL_shutdown(ssl)
    ERR_clear_error()
  }

  private func prepare() {
    ERR_clear_error()
    socketError = 0
  }

  private func outcome(_ error: Int32) -> WireResult {
    switch error {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .wouldBlock
    case SSL_ERROR_ZERO_RETURN: return .ended
    case SSL_ERROR_SYSCALL where socketError != 0: return .failed(socketError)
    case SSL_ERROR_SYSCALL where hasEnded: return .ended
    default:
      note(TLSFailure(reason(error)))
      return .failed(EPROTO)
    }
  }

  /// After a failed handshake: the peer's end is awaited, so that it can read why.
  private func discard(_ buffer: UnsafeMutableRawBufferPointer) -> WireResult {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .moved(0) }
      if count == 0 { return .ended }
      if errno != EINTR {
        return errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed(errno)
      }
    }
  }
}

extension TLSFailure.Reason {
  /// The reason that a code of OpenSSL's SSL library stands for; nil: none of its own.
  /// - Parameter chain: the result of the chain's verification.
  init?(reason: Int32, chain: Int) {
    switch reason {
    case SSL_R_CERTIFICATE_VERIFY_FAILED: self = PeerVerification.reason(chain)
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: self = .noCertificate
    case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS,
      SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SUITABLE_KEY_SHARE,
      SSL_R_NO_SUITABLE_GROUPS:
      self = .noSharedCipher
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_WRONG_SSL_VERSION,
      SSL_R_NO_PROTOCOLS_AVAILABLE:
      self = .versionTooLow
    case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: self = .plainHTTP
    case SSL_AD_REASON_OFFSET...(SSL_AD_REASON_OFFSET + 255):
      self = .refusedByPeer(
        String(cString: SSL_alert_desc_string_long(reason - SSL_AD_REASON_OFFSET)))
    default: return nil
    }
  }
}

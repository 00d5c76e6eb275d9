import COpenSSL
import Threads
import Trust

/// How a client speaks TLS: whom it trusts, and who it is. Any thread may use it.
///
/// The server's name is always checked against its certificate, a numeric host against the
/// certificate's addresses.
package final class ClientTLS: Sendable {
  package struct Configuration: Sendable {
    /// A PEM file of authorities; nil: those that the system trusts.
    package var authorities: String?
    /// PEM files with the client's own chain and key; nil: it shows none.
    package var certificate: (chain: String, key: String)?
    package var minimumVersion = TLSVersion.tls12
    package var maximumVersion = TLSVersion.tls13
    /// Suites of TLS 1.2 in OpenSSL's notation, for tests; nil: those of OCPP.
    package var suites: String?
    /// Whether a later connection to the same server resumes an earlier one.
    package var resumes = false

    package init() {}
  }

  private let context: TLSContext
  private let resumes: Bool
  private let latest = Monitor<Latest?>(nil)

  /// The session of the latest connection, for the next one.
  ///
  /// `@unchecked Sendable`: OpenSSL counts a session's references atomically and does not write to
  /// one that is kept.
  private final class Latest: @unchecked Sendable {
    let server: String
    let session: OpaquePointer

    init(_ server: String, _ session: OpaquePointer) {
      self.server = server
      self.session = session
    }

    deinit { SSL_SESSION_free(session) }
  }

  /// Reads the files.
  package init(_ configuration: Configuration = Configuration()) throws(TLSError) {
    context = try TLSContext(
      TLS_client_method(), least: configuration.minimumVersion, most: configuration.maximumVersion)
    resumes = configuration.resumes
    if let suites = configuration.suites,
      SSL_CTX_set_cipher_list(context.pointer, suites) != 1
    {
      throw .openSSL(openSSLErrors())
    }
    if let path = configuration.authorities {
      let file = try PEMFile(path)
      guard !file.certificates.isEmpty else { throw .noAuthority(path: path) }
      let store = SSL_CTX_get_cert_store(context.pointer)
      for authority in file.certificates { X509_STORE_add_cert(store, authority) }
      X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
      ERR_clear_error()
    } else {
      SSL_CTX_set_default_verify_paths(context.pointer)
    }
    if let (chain, key) = configuration.certificate { _ = try context.use(chain: chain, key: key) }
    SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER) {
      PeerVerification.judge($0, $1, letsExpiredIn: false)
    }
    guard resumes else { return }
    // Kept by the callback alone.
    swell_ctx_set_cache_mode(context.pointer, Int(SSL_SESS_CACHE_CLIENT | 0x0300))
    SSL_CTX_sess_set_new_cb(context.pointer) { ssl, session in
      guard let session, let stream = SocketBIO.stream(SSL_get_rbio(ssl)) else { return 0 }
      return stream.keep(session) ? 1 : 0
    }
  }

  /// A client side of TLS for a server, or nil when its name is none.
  func makeSSL(host: String) -> OpaquePointer? {
    guard let ssl = SSL_new(context.pointer) else { return nil }
    // A numeric host is compared with addresses, and not named to the server (RFC 6066 §3).
    let isNamed =
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1
      || (SSL_set1_host(ssl, host) == 1 && swell_set_server_name(ssl, host) == 1)
    ERR_clear_error()
    guard isNamed else {
      SSL_free(ssl)
      return nil
    }
    if resumes {
      latest.withLock {
        if let known = $0, known.server == host {
          SSL_set_session(ssl, known.session)
        }
      }
    }
    return ssl
  }

  /// Takes a session over.
  func keep(_ session: OpaquePointer, of host: String) {
    let fresh = Latest(host, session)
    latest.withLock { $0 = fresh }
  }
}

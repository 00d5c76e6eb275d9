import COpenSSL
import Glibc
import Threads
import Trust

/// What a listener needs to speak TLS: certificates, and whom it lets in. Any thread may use it.
///
/// TLS 1.2 and 1.3 with the suites of OCPP (2.0.1 A00.FR.317, FR.318); no renegotiation and no
/// compression. A client that was here can resume with a ticket, which spares both sides the
/// private key: in a reconnect storm that is most of the work. Tickets are sealed with keys that
/// only this process knows and cost no memory; `reload` makes new keys, so that nobody who is
/// revoked since resumes, and a ticket that can't be opened just means a full handshake.
package final class ServerTLS: Sendable {
  package struct Configuration: Sendable {
    /// PEM files; one or two, of which one has an RSA and one an ECDSA key. A chain begins with the
    /// server's own certificate.
    package var certificates: [(chain: String, key: String)]
    /// A PEM file of those that sign clients; nil: no client is asked for a certificate. Each is
    /// trusted as it stands, also one that is signed by another.
    package var clientAuthorities: String?
    /// PEM files of revocation lists. Each certificate of a client's chain whose issuer has a list
    /// is looked up in it. A list that is out of date still revokes what it names, and locks
    /// nobody else out: a fleet must not go dark because a list came late. It is warned of.
    package var revocationLists: [String] = []
    /// Whether a client without a certificate is refused.
    package var requiresClientCertificate = false
    /// Whether a client whose own certificate has expired is let in, marked as expired
    /// (OCPP 2.0.1 A00.FR.429).
    package var allowsExpiredClients = false
    package var minimumVersion = TLSVersion.tls12

    package init(certificates: [(chain: String, key: String)]) {
      self.certificates = certificates
    }
  }

  /// A certificate that is served.
  package struct Loaded: Sendable, Equatable {
    /// On one line.
    package let subject: String
    package let key: Certificate.Key
    /// Seconds since 1970.
    package let notAfter: Int64
    package let path: String
  }

  private struct State {
    let context: TLSContext
    let loaded: [Loaded]
    /// Those that sign clients.
    let authorities: [Loaded]
    /// Revocation lists, and when a newer one should be there, in seconds since 1970.
    let lists: [(path: String, nextUpdate: Int64)]
    let warnings: [String]

    /// Files run out while they are served.
    func warnings(at now: Int64) -> [String] {
      warnings
        + loaded.filter { $0.notAfter < now }.map {
          "The certificate in \($0.path) has expired, and chargers will refuse it: renew it."
        }
        + authorities.filter { $0.notAfter < now }.map {
          "The authority \($0.subject) in \($0.path) is out of date: no charger with a certificate "
            + "of it gets in. Renew it."
        }
        + lists.filter { $0.nextUpdate < now }.map {
          "The revocation list in \($0.path) is out of date: who was revoked since gets in. Renew it."
        }
    }
  }

  package let configuration: Configuration
  private let state: Monitor<State>

  /// Reads the files.
  package init(_ configuration: Configuration) throws(TLSError) {
    self.configuration = configuration
    state = Monitor(try Self.load(configuration))
  }

  /// Reads the files again. New handshakes use what they hold now, connections go on untouched;
  /// when it throws, everything stays as it was.
  package func reload() throws(TLSError) {
    let fresh = try Self.load(configuration)
    state.withLock { $0 = fresh }
  }

  package var certificates: [Loaded] { state.withLock { $0.loaded } }
  /// Those that sign clients.
  package var authorities: [Loaded] { state.withLock { $0.authorities } }
  /// What does not hinder serving and should be mended; each a sentence.
  /// - Parameter now: seconds since 1970.
  package func warnings(at now: Int64) -> [String] { state.withLock { $0.warnings(at: now) } }

  /// A new server side of TLS, or nil without memory.
  func makeSSL() -> OpaquePointer? { SSL_new(state.withLock { $0.context }.pointer) }

  private static func load(_ configuration: Configuration) throws(TLSError) -> State {
    let context = try TLSContext(TLS_server_method(), least: configuration.minimumVersion)
    var loaded: [Loaded] = []
    var warnings: [String] = []
    guard !configuration.certificates.isEmpty else { throw .noCertificates }
    for pair in configuration.certificates {
      let certificate = try context.use(chain: pair.chain, key: pair.key)
      let kind = certificate.key.isRSA ? "RSA" : "ECDSA"
      guard !loaded.contains(where: { $0.key.isRSA == certificate.key.isRSA }) else {
        throw .twice(kind: kind)
      }
      if certificate.notBefore > Int64(time(nil)) {
        warnings.append(
          "The certificate in \(pair.chain) is not valid yet, and chargers will refuse it.")
      }
      loaded.append(
        Loaded(
          subject: certificate.subject, key: certificate.key, notAfter: certificate.notAfter,
          path: pair.chain))
    }
    var authorities: [Loaded] = []
    var lists: [(path: String, nextUpdate: Int64)] = []
    if let path = configuration.clientAuthorities {
      let found = try context.verifyClients(by: path, configuration, warnings: &warnings)
      authorities = found.authorities
      lists = found.lists
    } else if configuration.requiresClientCertificate {
      throw .authoritiesNeeded
    }
    context.allowTickets(toExpired: configuration.allowsExpiredClients)
    return State(
      context: context, loaded: loaded, authorities: authorities, lists: lists,
      warnings: warnings)
  }
}

extension Certificate.Key {
  fileprivate var isRSA: Bool {
    if case .rsa = self { true } else { false }
  }
}

extension TLSContext {
  /// Seconds that a ticket can be resumed with: a fleet comes back from an outage of a day.
  private static var ticketTime: Int { 86_400 }

  /// One ticket for each handshake of TLS 1.3: more would serve clients with parallel connections.
  fileprivate func allowTickets(toExpired: Bool) {
    let own = Array("swell".utf8)
    SSL_CTX_set_session_id_context(pointer, own, UInt32(own.count))
    SSL_CTX_set_timeout(pointer, Self.ticketTime)
    SSL_CTX_set_num_tickets(pointer, 1)
    guard !toExpired else { return }
    // A certificate can expire while its ticket has not.
    SSL_CTX_set_session_ticket_cb(
      pointer, { _, _ in 1 },
      { _, session, _, _, status, _ in
        guard status == SSL_TICKET_SUCCESS || status == SSL_TICKET_SUCCESS_RENEW else {
          return SSL_TICKET_RETURN_IGNORE_RENEW
        }
        if let peer = SSL_SESSION_get0_peer(session),
          X509_cmp_current_time(X509_get0_notAfter(peer)) < 0
        {
          return SSL_TICKET_RETURN_IGNORE_RENEW
        }
        return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW
      }, nil)
  }

  fileprivate func verifyClients(
    by path: String, _ configuration: ServerTLS.Configuration, warnings: inout [String]
  ) throws(TLSError) -> (
    authorities: [ServerTLS.Loaded], lists: [(path: String, nextUpdate: Int64)]
  ) {
    let file = try PEMFile(path)
    let authorities = file.certificates
    guard !authorities.isEmpty else { throw .noAuthority(path: path) }
    let store = SSL_CTX_get_cert_store(pointer)
    var flags = X509_V_FLAG_PARTIAL_CHAIN
    for authority in authorities {
      X509_STORE_add_cert(store, authority)
      SSL_CTX_add_client_CA(pointer, authority)
    }
    var nextUpdates: [(path: String, nextUpdate: Int64)] = []
    for path in configuration.revocationLists {
      let lists = try PEMFile(path)
      guard !lists.revocationLists.isEmpty else { throw .noRevocationList(path: path) }
      for list in lists.revocationLists {
        try check(list, path, by: authorities, &warnings)
        X509_STORE_add_crl(store, list)
        if let next = Certificate.seconds(X509_CRL_get0_nextUpdate(list)) {
          nextUpdates.append((path, next))
        }
      }
      flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL
    }
    X509_STORE_set_flags(store, UInt(flags))
    let mode =
      SSL_VERIFY_PEER
      | (configuration.requiresClientCertificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0)
    if configuration.allowsExpiredClients {
      SSL_CTX_set_verify(pointer, mode) { PeerVerification.judge($0, $1, letsExpiredIn: true) }
    } else {
      SSL_CTX_set_verify(pointer, mode) { PeerVerification.judge($0, $1, letsExpiredIn: false) }
    }
    ERR_clear_error()
    let loaded = authorities.compactMap { Certificate(x509: $0) }.map {
      ServerTLS.Loaded(subject: $0.subject, key: $0.key, notAfter: $0.notAfter, path: path)
    }
    return (loaded, nextUpdates)
  }

  private func check(
    _ list: OpaquePointer, _ path: String, by authorities: [OpaquePointer],
    _ warnings: inout [String]
  ) throws(TLSError) {
    let issuer = X509_CRL_get_issuer(list)
    let candidates = authorities.filter { X509_NAME_cmp(X509_get_subject_name($0), issuer) == 0 }
    if candidates.isEmpty {
      warnings.append(
        "The revocation list in \(path) is of none of the authorities that sign clients: it counts "
          + "only for clients that bring its issuer along.")
    } else if !candidates.contains(where: { X509_CRL_verify(list, X509_get0_pubkey($0)) == 1 }) {
      ERR_clear_error()
      throw .forgedRevocationList(
        path: path, issuer: Certificate(x509: candidates[0])?.subject ?? "its issuer")
    }
  }

  /// Takes a certificate with its key; returns the certificate.
  func use(chain: String, key: String) throws(TLSError) -> Certificate {
    let file = try PEMFile(chain)
    let certificates = file.certificates
    guard let own = certificates.first, let certificate = Certificate(x509: own) else {
      throw .noCertificate(path: chain)
    }
    guard let secret = try PEMFile(key).makeKey() else { throw .noKey(path: key) }
    defer { EVP_PKEY_free(secret) }
    guard X509_check_private_key(own, secret) == 1 else {
      ERR_clear_error()
      throw .keyMismatch(chain: chain, key: key)
    }
    ERR_clear_error()
    guard SSL_CTX_use_cert_and_key(pointer, own, secret, nil, 1) == 1,
      certificates.dropFirst().allSatisfy({ swell_ctx_add_chain(pointer, $0) == 1 })
    else { throw .unusable(path: chain, message: openSSLErrors()) }
    return certificate
  }
}

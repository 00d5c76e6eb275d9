import COpenSSL

/// An SSL_CTX with what both sides have in common.
///
/// `@unchecked Sendable`: it is written to by its maker only; OpenSSL counts its references and
/// locks what connections share of it.
final class TLSContext: @unchecked Sendable {
  let pointer: OpaquePointer

  /// The suites that OCPP obliges a server to have (OCPP 2.0.1 A00.FR.317, FR.318), and those with
  /// RSA certificates and forward secrecy, which OCPP's plain RSA ones lack. AES-128 stands first:
  /// nobody breaks it, and it costs less.
  static let suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    + "ECDHE-RSA-AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-GCM-SHA384"
  static let suites13 =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

  init(
    _ method: OpaquePointer?, least: TLSVersion, most: TLSVersion = .tls13
  ) throws(TLSError) {
    guard let pointer = SSL_CTX_new(method) else { throw .openSSL(openSSLErrors()) }
    self.pointer = pointer
    // RSA of 2048 bits and SHA-2, whatever the system's openssl.cnf says; plain RSA key exchange
    // is still allowed by it.
    SSL_CTX_set_security_level(pointer, 2)
    guard swell_ctx_set_versions(pointer, least.rawValue, most.rawValue) == 1,
      SSL_CTX_set_cipher_list(pointer, Self.suites) == 1,
      SSL_CTX_set_ciphersuites(pointer, Self.suites13) == 1
    else { throw .openSSL(openSSLErrors()) }
    swell_ctx_set_options(pointer)
    // Idle connections own no record buffers, and the chain is sent as it stands in its file.
    swell_ctx_set_mode(pointer)
    // A record's head and body come with one call of the system.
    swell_ctx_set_read_ahead(pointer)
    swell_ctx_set_max_cert_list(pointer, 32_768)
    swell_ctx_set_cache_mode(pointer, 0)
  }

  deinit { SSL_CTX_free(pointer) }
}

/// What stands in the thread's queue of errors, which is empty afterwards. OpenSSL's texts name
/// functions and reasons, never keys.
func openSSLErrors() -> String {
  var texts: [String] = []
  while true {
    let code = ERR_get_error()
    if code == 0 { break }
    texts.append(ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)")
  }
  return texts.isEmpty ? "no reason given" : texts.joined(separator: ", ")
}

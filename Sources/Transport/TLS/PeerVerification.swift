import COpenSSL
import Trust

/// OpenSSL's verification of a peer's chain, with what is judged otherwise here.
enum PeerVerification {
  /// Called for every flaw that OpenSSL finds, and for every certificate without one.
  static func judge(_ isFine: Int32, _ context: OpaquePointer?, letsExpiredIn: Bool) -> Int32 {
    if isFine == 1 { return 1 }
    switch X509_STORE_CTX_get_error(context) {
    // Revocation is looked up as far as there are lists; one that is out of date still revokes.
    case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_CRL_NOT_YET_VALID:
      X509_STORE_CTX_set_error(context, X509_V_OK)
      return 1
    case X509_V_ERR_CERT_HAS_EXPIRED
    where letsExpiredIn && X509_STORE_CTX_get_error_depth(context) == 0:
      X509_STORE_CTX_set_error(context, X509_V_OK)
      return 1
    case let error:
      // Of a flaw further up the chain the certificate that has it is named.
      let reason = reason(Int(error))
      let isAuthority =
        X509_STORE_CTX_get_error_depth(context) > 0 && reason != .unknownAuthority
      let shown =
        isAuthority
        ? X509_STORE_CTX_get_current_cert(context) : X509_STORE_CTX_get0_cert(context)
      let ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx())
      SocketBIO.stream(SSL_get_rbio(ssl.map { OpaquePointer($0) }))?
        .refused(Certificate(x509: shown), isAuthority: isAuthority)
      return 0
    }
  }

  /// The reason of a chain's flaw, by OpenSSL's code.
  static func reason(_ code: Int) -> TLSFailure.Reason {
    switch Int32(truncatingIfNeeded: code) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED:
      .unknownAuthority
    case X509_V_ERR_CERT_REVOKED: .revoked
    case X509_V_ERR_CERT_HAS_EXPIRED: .expired
    case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
    case X509_V_ERR_INVALID_PURPOSE: .wrongPurpose
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .wrongName
    default: .badCertificate(String(cString: X509_verify_cert_error_string(code)))
    }
  }
}

import COpenSSL

/// Why an image is not believed to be its maker's.
package enum SigningFlaw: Error, Sendable, Equatable {
  /// The text holds no certificate.
  case noCertificate
  /// The text of a trusted authority holds none.
  case noAuthority
  /// The certified key is of a kind that no charger checks, or too short (OCPP 2.0.1 A00.FR.503).
  case key(String)
  /// The certificate says what its key may do, and signing is not part of it.
  case notForSigning
  case notYetValid(from: Int64)
  case expired(at: Int64)
  /// No chain leads to an authority that is trusted; in OpenSSL's words.
  case chain(String)
  /// The signature is not one of this key over this image.
  case signature
}

/// The certificate that an image was signed with, and its key (OCPP 2.0.1 L01.FR.11, L01.FR.12; the
/// same clauses of the security white paper for 1.6).
///
/// Keeps the text and no object of OpenSSL, so that it may be passed on.
package struct SigningCertificate: Sendable, Equatable {
  /// How a signature was made.
  package enum Scheme: String, Sendable, Equatable {
    case rsaPSS = "RSA-PSS with SHA-256"
    /// Older than what OCPP asks for; some chargers know no other.
    case rsaPKCS1 = "RSA PKCS #1 v1.5 with SHA-256"
    case ecdsa = "ECDSA with SHA-256"
    case ecdsa384 = "ECDSA with SHA-384"
  }

  /// What the first certificate of the text says.
  package let facts: Certificate
  private let text: String

  /// - Parameter pem: the signing certificate first, then those between it and its authority.
  package init(pem: String) throws(SigningFlaw) {
    guard let first = DER.certificates(inPEM: pem).first, let facts = Certificate(der: first) else {
      throw .noCertificate
    }
    (self.facts, text) = (facts, pem)
  }

  /// Whether its signatures are made over SHA-384, which P-384 keys do.
  package var wantsSHA384: Bool { facts.key == .ecdsa(bits: 384) }

  /// Checks a signature against the digests of the whole image.
  /// - Parameter sha384: asked for where `wantsSHA384`.
  /// - Returns: how it was made.
  package func check(
    _ signature: [UInt8], sha256: [UInt8], sha384: [UInt8]?
  ) throws(SigningFlaw) -> Scheme {
    switch facts.key {
    case .rsa(let bits) where bits < 2048, .ecdsa(let bits) where bits < 224:
      throw .key("\(facts.key), which is too short")
    case .other: throw .key("of a kind other than RSA and ECDSA")
    case .rsa, .ecdsa: break
    }
    guard let certificate = DER.certificates(inPEM: text).first.flatMap(DER.decode) else {
      throw .noCertificate
    }
    defer { X509_free(certificate) }
    let key = X509_get0_pubkey(certificate)
    func holds(_ padding: Int32?, _ kind: OpaquePointer?, _ digest: [UInt8]) -> Bool {
      let context = EVP_PKEY_CTX_new(key, nil)
      defer {
        EVP_PKEY_CTX_free(context)
        ERR_clear_error()
      }
      guard EVP_PKEY_verify_init(context) == 1,
        padding.map({ EVP_PKEY_CTX_set_rsa_padding(context, $0) == 1 }) ?? true,
        EVP_PKEY_CTX_set_signature_md(context, kind) == 1
      else { return false }
      return EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1
    }
    if case .rsa = facts.key {
      // OpenSSL takes any length of salt when it verifies.
      if holds(RSA_PKCS1_PSS_PADDING, EVP_sha256(), sha256) { return .rsaPSS }
      if holds(RSA_PKCS1_PADDING, EVP_sha256(), sha256) { return .rsaPKCS1 }
    } else {
      if holds(nil, EVP_sha256(), sha256) { return .ecdsa }
      if let sha384, holds(nil, EVP_sha384(), sha384) { return .ecdsa384 }
    }
    throw .signature
  }

  /// Checks the way to an authority that is trusted, each certificate's time, and that its key may
  /// sign (RFC 5280 §4.2.1.3, §6).
  /// - Parameters:
  ///   - authorities: PEM; roots, or authorities below them that are trusted by themselves.
  ///   - now: seconds since 1970.
  package func checkChain(authorities: [String], at now: Int64) throws(SigningFlaw) {
    if now < facts.notBefore { throw .notYetValid(from: facts.notBefore) }
    if now > facts.notAfter { throw .expired(at: facts.notAfter) }
    let chain = DER.certificates(inPEM: text).compactMap(DER.decode)
    let trusted = authorities.flatMap { DER.certificates(inPEM: $0) }.compactMap(DER.decode)
    defer { for certificate in chain + trusted { X509_free(certificate) } }
    guard let leaf = chain.first else { throw .noCertificate }
    guard !trusted.isEmpty else { throw .noAuthority }
    // All bits where the certificate does not say.
    guard X509_get_key_usage(leaf) & UInt32(KU_DIGITAL_SIGNATURE) != 0 else {
      throw .notForSigning
    }
    guard let store = X509_STORE_new(), let context = X509_STORE_CTX_new(),
      let between = swell_x509_stack_new()
    else { preconditionFailure("no memory for a certificate store") }
    defer {
      X509_STORE_CTX_free(context)
      X509_STORE_free(store)
      swell_x509_stack_free(between)
      ERR_clear_error()
    }
    for authority in trusted { X509_STORE_add_cert(store, authority) }
    for certificate in chain.dropFirst() { swell_x509_stack_push(between, certificate) }
    guard X509_STORE_CTX_init(context, store, leaf, between) == 1 else {
      throw .chain("it can't be checked")
    }
    let parameters = X509_STORE_CTX_get0_param(context)
    X509_VERIFY_PARAM_set_time(parameters, time_t(now))
    // Whoever is named as trusted is, root or not.
    X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    guard X509_verify_cert(context) == 1 else {
      let code = X509_STORE_CTX_get_error(context)
      throw .chain(String(cString: X509_verify_cert_error_string(Int(code))))
    }
  }
}

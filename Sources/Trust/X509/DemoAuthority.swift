import COpenSSL

/// A certificate authority for demos, benches and tests. Its key lives in memory only and it does
/// what it is told, flaws included: nobody should trust it with a real charger.
package final class DemoAuthority {
  /// What to certify. Times are seconds from now.
  package struct Request: Sendable {
    package enum Use: Sendable, Equatable {
      case client
      /// With the DNS names or numeric addresses of the server.
      case server([String])
      /// An authority below this one.
      case authority
    }

    package var commonName: String
    package var organization: String?
    package var use: Use
    /// An RSA key of 2048 bits instead of an ECDSA key on P-256.
    package var isRSA = false
    package var validFrom: Int64 = -3600
    package var validUntil: Int64 = 30 * 86_400
    /// Hexadecimal; nil: random.
    package var serialNumber: String?

    package init(_ commonName: String, organization: String? = nil, use: Use = .client) {
      self.commonName = commonName
      self.organization = organization
      self.use = use
    }
  }

  /// A certificate with its key, both PEM.
  package struct Issued: Sendable {
    package let certificate: String
    package let key: Secret
    /// Hexadecimal, as `Certificate` says it.
    package let serialNumber: String
  }

  /// Its own certificate, PEM.
  package let certificate: String
  private let own: OpaquePointer
  private let key: OpaquePointer

  /// Makes a key and a certificate that signs itself.
  package init(_ commonName: String, organization: String? = nil) throws(TrustError) {
    var request = Request(commonName, organization: organization, use: .authority)
    request.validUntil = 3650 * 86_400
    let key = try Self.makeKey(isRSA: false)
    let own = try Self.sign(request, key: key, by: nil, issuerKey: key)
    certificate = try Self.text { PEM_write_bio_X509($0, own) }
    self.own = own
    self.key = key
  }

  private init(own: OpaquePointer, key: OpaquePointer) throws(TrustError) {
    certificate = try Self.text { PEM_write_bio_X509($0, own) }
    self.own = own
    self.key = key
  }

  deinit {
    X509_free(own)
    EVP_PKEY_free(key)
  }

  /// An authority whose certificate this one signs.
  package func makeAuthority(_ request: Request) throws(TrustError) -> DemoAuthority {
    let key = try Self.makeKey(isRSA: request.isRSA)
    return try DemoAuthority(
      own: try Self.sign(request, key: key, by: own, issuerKey: self.key), key: key)
  }

  /// Makes a key and certifies it.
  package func issue(_ request: Request) throws(TrustError) -> Issued {
    let key = try Self.makeKey(isRSA: request.isRSA)
    defer { EVP_PKEY_free(key) }
    let made = try Self.sign(request, key: key, by: own, issuerKey: self.key)
    defer { X509_free(made) }
    let secret = try Self.text { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
    return Issued(
      certificate: try Self.text { PEM_write_bio_X509($0, made) },
      key: Secret(Array(secret.utf8)),
      serialNumber: Certificate.hex(X509_get0_serialNumber(made)))
  }

  /// A list that revokes certificates of this authority, PEM.
  /// - Parameters:
  ///   - serialNumbers: hexadecimal.
  ///   - validUntil: seconds from now, when the next list is due.
  package func revocationList(
    of serialNumbers: [String], validFrom: Int64 = -3600, validUntil: Int64 = 86_400
  ) throws(TrustError) -> String {
    guard let list = X509_CRL_new() else { throw .openSSL(operation: "X509_CRL_new") }
    defer { X509_CRL_free(list) }
    let from = X509_gmtime_adj(nil, Int(validFrom))
    let until = X509_gmtime_adj(nil, Int(validUntil))
    defer {
      ASN1_STRING_free(from)
      ASN1_STRING_free(until)
    }
    X509_CRL_set_version(list, 1)
    X509_CRL_set_issuer_name(list, X509_get_subject_name(own))
    X509_CRL_set1_lastUpdate(list, from)
    X509_CRL_set1_nextUpdate(list, until)
    for text in serialNumbers {
      let serial = try Self.serial(text)
      let entry = X509_REVOKED_new()
      X509_REVOKED_set_serialNumber(entry, serial)
      X509_REVOKED_set_revocationDate(entry, from)
      ASN1_STRING_free(serial)
      // The list owns the entry from here on.
      X509_CRL_add0_revoked(list, entry)
    }
    X509_CRL_sort(list)
    guard X509_CRL_sign(list, key, EVP_sha256()) > 0 else {
      throw .openSSL(operation: "X509_CRL_sign")
    }
    return try Self.text { PEM_write_bio_X509_CRL($0, list) }
  }

  private static func makeKey(isRSA: Bool) throws(TrustError) -> OpaquePointer {
    guard let key = swell_make_key(isRSA ? 1 : 0) else { throw .openSSL(operation: "keygen") }
    return key
  }

  private static func sign(
    _ request: Request, key: OpaquePointer, by issuer: OpaquePointer?, issuerKey: OpaquePointer
  ) throws(TrustError) -> OpaquePointer {
    guard let made = X509_new() else { throw .openSSL(operation: "X509_new") }
    let name = X509_get_subject_name(made)
    var isWhole = X509_set_version(made, 2) == 1
    isWhole = isWhole && add("CN", request.commonName, to: name)
    if let organization = request.organization {
      isWhole = isWhole && add("O", organization, to: name)
    }
    let random = Random.bytes(8)
    let serial = try serial(request.serialNumber ?? "01" + Hex.encode(random))
    defer { ASN1_STRING_free(serial) }
    isWhole =
      isWhole && X509_set_serialNumber(made, serial) == 1
      && X509_set_issuer_name(made, issuer.map { X509_get_subject_name($0) } ?? name) == 1
      && X509_gmtime_adj(X509_getm_notBefore(made), Int(request.validFrom)) != nil
      && X509_gmtime_adj(X509_getm_notAfter(made), Int(request.validUntil)) != nil
      && X509_set_pubkey(made, key) == 1
    for (kind, value) in extensions(request.use) {
      var context = X509V3_CTX()
      swell_x509v3_set(&context, issuer ?? made, made)
      let part = X509V3_EXT_conf_nid(nil, &context, kind, value)
      isWhole = isWhole && part != nil && X509_add_ext(made, part, -1) == 1
      X509_EXTENSION_free(part)
    }
    guard isWhole, X509_sign(made, issuerKey, EVP_sha256()) > 0 else {
      X509_free(made)
      ERR_clear_error()
      throw .openSSL(operation: "X509_sign")
    }
    return made
  }

  private static func extensions(_ use: Request.Use) -> [(Int32, String)] {
    switch use {
    case .client:
      [
        (NID_basic_constraints, "critical,CA:FALSE"), (NID_ext_key_usage, "clientAuth"),
        (NID_authority_key_identifier, "keyid"),
      ]
    case .server(let names):
      [
        (NID_basic_constraints, "critical,CA:FALSE"), (NID_ext_key_usage, "serverAuth"),
        (NID_authority_key_identifier, "keyid"),
        (
          NID_subject_alt_name,
          names.map { (isAddress($0) ? "IP:" : "DNS:") + $0 }.joined(separator: ",")
        ),
      ]
    case .authority:
      [
        (NID_basic_constraints, "critical,CA:TRUE"),
        (NID_key_usage, "critical,keyCertSign,cRLSign"), (NID_subject_key_identifier, "hash"),
      ]
    }
  }

  private static func isAddress(_ name: String) -> Bool {
    let address = a2i_IPADDRESS(name)
    defer { ASN1_STRING_free(address) }
    return address != nil
  }

  private static func add(_ field: String, _ value: String, to name: OpaquePointer?) -> Bool {
    let bytes = Array(value.utf8)
    // MBSTRING_UTF8, a cast that Swift does not import.
    return X509_NAME_add_entry_by_txt(name, field, 0x1000, bytes, Int32(bytes.count), -1, 0) == 1
  }

  private static func serial(
    _ text: String
  ) throws(TrustError) -> UnsafeMutablePointer<ASN1_INTEGER>? {
    var number: OpaquePointer?
    guard BN_hex2bn(&number, text) == text.utf8.count else {
      BN_free(number)
      throw .openSSL(operation: "BN_hex2bn")
    }
    defer { BN_free(number) }
    return BN_to_ASN1_INTEGER(number, nil)
  }

  private static func text(_ write: (OpaquePointer?) -> Int32) throws(TrustError) -> String {
    let out = BIO_new(BIO_s_mem())
    defer { BIO_free(out) }
    guard write(out) == 1 else { throw .openSSL(operation: "PEM") }
    var bytes: UnsafeMutablePointer<CChar>?
    let count = swell_bio_bytes(out, &bytes)
    return String(
      decoding: UnsafeRawBufferPointer(start: bytes, count: max(0, count)), as: UTF8.self)
  }
}

import COpenSSL

/// What a certificate says (RFC 5280 §4.1), not whether it is to be believed.
package struct Certificate: Sendable, Equatable {
  /// What the certified key is for.
  package enum Key: Sendable, Equatable, CustomStringConvertible {
    case rsa(bits: Int)
    case ecdsa(bits: Int)
    case other

    package var description: String {
      switch self {
      case .rsa(let bits): "RSA \(bits)"
      case .ecdsa(let bits): "ECDSA \(bits)"
      case .other: "other"
      }
    }
  }

  /// The whole subject on one line (RFC 2253), control characters escaped.
  package let subject: String
  /// The subject's last, most specific common name as it stands; empty when it has none.
  package let commonName: String
  package let organization: String?
  /// Hexadecimal, lower case, without leading zeros.
  package let serialNumber: String
  /// Seconds since 1970.
  package let notBefore: Int64
  /// Seconds since 1970.
  package let notAfter: Int64
  /// SHA-256 of the DER form, hexadecimal.
  package let fingerprint: String
  package let key: Key

  /// Reads DER; nil when it is no certificate.
  package init?(der: [UInt8]) {
    var next: UnsafePointer<UInt8>?
    let read = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
      next = bytes.baseAddress
      return d2i_X509(nil, &next, bytes.count)
    }
    guard let certificate = read else {
      ERR_clear_error()
      return nil
    }
    defer { X509_free(certificate) }
    guard let notBefore = Self.seconds(X509_get0_notBefore(certificate)),
      let notAfter = Self.seconds(X509_get0_notAfter(certificate))
    else { return nil }
    let name = X509_get_subject_name(certificate)
    subject = Self.line(name)
    commonName = Self.entry(name, NID_commonName) ?? ""
    organization = Self.entry(name, NID_organizationName)
    serialNumber = Self.hex(X509_get0_serialNumber(certificate))
    self.notBefore = notBefore
    self.notAfter = notAfter
    fingerprint = Hex.encode(Digest.sha256(der))
    key = Self.kind(X509_get0_pubkey(certificate))
  }

  private static func kind(_ key: OpaquePointer?) -> Key {
    guard let key else { return .other }
    switch EVP_PKEY_get_base_id(key) {
    case EVP_PKEY_RSA: return .rsa(bits: Int(EVP_PKEY_get_bits(key)))
    case EVP_PKEY_EC: return .ecdsa(bits: Int(EVP_PKEY_get_bits(key)))
    default: return .other
    }
  }

  /// Seconds since 1970; nil for what is none.
  package static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
    guard let time else { return nil }
    let epoch = ASN1_TIME_set(nil, 0)
    defer { ASN1_STRING_free(epoch) }
    var (days, seconds): (Int32, Int32) = (0, 0)
    guard ASN1_TIME_diff(&days, &seconds, epoch, time) == 1 else { return nil }
    return Int64(days) * 86_400 + Int64(seconds)
  }

  private static func line(_ name: OpaquePointer?) -> String {
    let out = BIO_new(BIO_s_mem())
    defer { BIO_free(out) }
    swell_print_name(out, name)
    var bytes: UnsafeMutablePointer<CChar>?
    let count = swell_bio_bytes(out, &bytes)
    return String(
      decoding: UnsafeRawBufferPointer(start: bytes, count: max(0, count)), as: UTF8.self)
  }

  private static func entry(_ name: OpaquePointer?, _ kind: Int32) -> String? {
    var last: Int32 = -1
    while true {
      let next = X509_NAME_get_index_by_NID(name, kind, last)
      if next < 0 { break }
      last = next
    }
    guard last >= 0 else { return nil }
    var bytes: UnsafeMutablePointer<UInt8>?
    let value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last))
    let count = ASN1_STRING_to_UTF8(&bytes, value)
    guard count >= 0 else { return nil }
    defer { swell_free(bytes) }
    return String(decoding: UnsafeBufferPointer(start: bytes, count: Int(count)), as: UTF8.self)
  }

  static func hex(_ serial: UnsafePointer<ASN1_INTEGER>?) -> String {
    let number = ASN1_INTEGER_to_BN(serial, nil)
    defer { BN_free(number) }
    guard let text = BN_bn2hex(number) else { return "" }
    defer { swell_free(text) }
    let digits = String(cString: text).lowercased().drop { $0 == "0" }
    return digits.isEmpty ? "0" : String(digits)
  }
}

import COpenSSL

/// Certificates between their text and OpenSSL.
package enum DER {
  /// Most certificates of one text that are looked at.
  private static let most = 64

  /// The certificates of a PEM text in their order (RFC 7468), each as DER; other things in it are
  /// passed over.
  package static func certificates(inPEM text: String) -> [[UInt8]] {
    defer { ERR_clear_error() }
    return PEM.reading(Array(text.utf8)) { input in
      var found: [[UInt8]] = []
      while found.count < most,
        let certificate = PEM_read_bio_X509(input, nil, PEM.noPassword, nil)
      {
        found.append(encode(certificate))
        X509_free(certificate)
      }
      return found
    }
  }

  /// The caller frees it.
  static func decode(_ der: [UInt8]) -> OpaquePointer? {
    let read = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
      var next = bytes.baseAddress
      return d2i_X509(nil, &next, bytes.count)
    }
    if read == nil { ERR_clear_error() }
    return read
  }

  private static func encode(_ certificate: OpaquePointer) -> [UInt8] {
    let count = Int(i2d_X509(certificate, nil))
    guard count > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      var next = out.baseAddress
      filled = max(0, Int(i2d_X509(certificate, &next)))
    }
  }
}

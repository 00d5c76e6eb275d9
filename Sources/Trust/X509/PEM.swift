import COpenSSL

/// Texts of RFC 7468 as OpenSSL reads them.
package enum PEM {
  /// Lends bytes to OpenSSL as something to read from, for as long as `read` takes: it makes no copy
  /// of them, and an array that nobody needs any more would be gone under its hands.
  package static func reading<Result>(
    _ bytes: [UInt8], _ read: (_ input: OpaquePointer?) -> Result
  ) -> Result {
    bytes.withUnsafeBytes { bytes in
      let input = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count))
      defer { BIO_free(input) }
      return read(input)
    }
  }

  /// The first private key, which the caller frees; nil when there is none without a password.
  package static func makeKey(_ bytes: [UInt8]) -> OpaquePointer? {
    let key = reading(bytes) { PEM_read_bio_PrivateKey($0, nil, noPassword, nil) }
    // Also where it was found: what OpenSSL tried before stays in the thread's queue.
    ERR_clear_error()
    return key
  }

  /// Keeps OpenSSL from asking for a password on the terminal.
  package static let noPassword:
    @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32 =
      { _, _, _, _ in -1 }
}

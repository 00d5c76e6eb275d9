import COpenSSL

/// Keyed message authentication (RFC 2104).
package enum HMAC {
  /// HMAC-SHA-256 of `bytes` (32 bytes).
  package static func sha256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { out, count in
      let done = COpenSSL.HMAC(
        EVP_sha256(), key, Int32(key.count), bytes, bytes.count, out.baseAddress, nil)
      // HMAC with a built-in digest fails only when memory is exhausted.
      precondition(done != nil, "HMAC failed")
      count = 32
    }
  }
}

/// Whether two byte strings are equal, in a time that depends on their lengths only.
package func constantTimeEquals(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
}

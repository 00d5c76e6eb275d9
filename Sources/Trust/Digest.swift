import COpenSSL

/// Message digests of bytes already in memory.
package enum Digest {
  /// SHA-1 (20 bytes), for protocols that demand it (RFC 6455 §4.2.2), never for trust.
  package static func sha1(_ bytes: [UInt8]) -> [UInt8] {
    once(bytes, EVP_sha1(), length: 20)
  }

  /// SHA-256 (32 bytes).
  package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    once(bytes, EVP_sha256(), length: 32)
  }

  /// SHA-384 (48 bytes).
  package static func sha384(_ bytes: [UInt8]) -> [UInt8] {
    once(bytes, EVP_sha384(), length: 48)
  }

  private static func once(_ bytes: [UInt8], _ kind: OpaquePointer?, length: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: length) { out, count in
      let done = EVP_Digest(bytes, bytes.count, out.baseAddress, nil, kind, nil)
      // EVP_Digest of a built-in digest fails only when memory is exhausted.
      precondition(done == 1, "EVP_Digest failed")
      count = length
    }
  }
}

/// A digest of a stream, such as a file read in pieces. Not for use from two threads at once.
package class StreamDigest {
  private let context: OpaquePointer
  private let kind: OpaquePointer?
  private let length: Int

  fileprivate init(_ kind: OpaquePointer?, length: Int) {
    // EVP_MD_CTX_new and the initialiser of a built-in digest fail only without memory.
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, kind, nil) == 1 else {
      preconditionFailure("no memory for a digest")
    }
    (self.context, self.kind, self.length) = (context, kind, length)
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes to the digest.
  package func update(_ bytes: UnsafeRawBufferPointer) {
    precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1)
  }

  /// Adds bytes to the digest.
  package func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// The digest of everything added since the last call; starts afresh.
  package func finalize() -> [UInt8] {
    let digest = [UInt8](unsafeUninitializedCapacity: length) { out, count in
      precondition(EVP_DigestFinal_ex(context, out.baseAddress, nil) == 1)
      count = length
    }
    precondition(EVP_DigestInit_ex(context, kind, nil) == 1)
    return digest
  }
}

/// SHA-256 of a stream (32 bytes).
package final class SHA256: StreamDigest {
  package init() { super.init(EVP_sha256(), length: 32) }
}

/// SHA-384 of a stream (48 bytes).
package final class SHA384: StreamDigest {
  package init() { super.init(EVP_sha384(), length: 48) }
}

import COpenSSL

/// Random bytes fit for keys.
package enum Random {
  /// `count` bytes of OpenSSL's generator. A machine without entropy ends the process: an
  /// engine that guesses its keys must not run.
  package static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { out, filled in
      precondition(RAND_bytes(out.baseAddress, Int32(count)) == 1, "no random bytes")
      filled = count
    }
  }
}

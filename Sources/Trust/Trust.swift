/// Trust owns what makes a byte believable: digests, keyed hashes, password hashes, random bytes and
/// their text forms, and what certificates say. Signatures join it here.
///
/// It refuses to hold state, to read files or clocks, and to print a secret: `Secret` has no other
/// text form than a placeholder. It imports `COpenSSL` only, and no OpenSSL type leaves it.

/// What Trust could not do.
package enum TrustError: Error, Equatable, Sendable {
  /// OpenSSL refused an operation that has no reason to fail on a healthy machine.
  case openSSL(operation: String)
  /// A stored hash is not one that `PasswordHash` or `KeyedHash` wrote.
  case malformedHash
}

import COpenSSL

/// A memory-hard hash of a password that a person chose: scrypt (RFC 7914).
///
/// One check costs tens of milliseconds and 16 MiB on purpose: never on an event loop.
package struct PasswordHash: Sendable, Equatable {
  private let cost: UInt64
  private let blockSize: UInt64
  private let parallelism: UInt64
  private let salt: [UInt8]
  private let hash: [UInt8]

  /// Hashes a password with fresh salt. N = 2^14, r = 8, p = 1: about 40 ms on a 2020 server core.
  package static func make(_ password: [UInt8]) throws(TrustError) -> PasswordHash {
    let salt = Random.bytes(16)
    let hash = try scrypt(password, salt, cost: 1 << 14, blockSize: 8, parallelism: 1, length: 32)
    return PasswordHash(cost: 1 << 14, blockSize: 8, parallelism: 1, salt: salt, hash: hash)
  }

  private init(
    cost: UInt64, blockSize: UInt64, parallelism: UInt64, salt: [UInt8], hash: [UInt8]
  ) {
    self.cost = cost
    self.blockSize = blockSize
    self.parallelism = parallelism
    self.salt = salt
    self.hash = hash
  }

  /// Reads what `text` wrote. Costs beyond 256 MiB are refused: the text is data, and data must
  /// not choose how much memory a check takes.
  package init(text: String) throws(TrustError) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "scrypt",
      let cost = UInt64(parts[1]), let blockSize = UInt64(parts[2]),
      let parallelism = UInt64(parts[3]),
      cost > 1, cost & (cost - 1) == 0, cost <= 1 << 20, (1...32).contains(blockSize),
      (1...4).contains(parallelism), 128 * cost * blockSize <= 256 << 20,
      let salt = Base64.decode(String(parts[4])), salt.count >= 8,
      let hash = Base64.decode(String(parts[5])), (16...64).contains(hash.count)
    else { throw .malformedHash }
    self.init(cost: cost, blockSize: blockSize, parallelism: parallelism, salt: salt, hash: hash)
  }

  /// `scrypt$N$r$p$salt$hash`, salt and hash in base64.
  package var text: String {
    "scrypt$\(cost)$\(blockSize)$\(parallelism)$\(Base64.encode(salt))$\(Base64.encode(hash))"
  }

  /// Whether the password is the one that was hashed.
  package func verify(_ password: [UInt8]) -> Bool {
    let other = try? Self.scrypt(
      password, salt, cost: cost, blockSize: blockSize, parallelism: parallelism,
      length: hash.count)
    return other.map { constantTimeEquals($0, hash) } ?? false
  }

  /// scrypt itself, for the vectors of RFC 7914 §12.
  static func scrypt(
    _ password: [UInt8], _ salt: [UInt8], cost: UInt64, blockSize: UInt64, parallelism: UInt64,
    length: Int
  ) throws(TrustError) -> [UInt8] {
    var derived = [UInt8](repeating: 0, count: length)
    let memory = 128 * (cost + parallelism + 2) * blockSize + (1 << 20)
    let done = password.withUnsafeBytes { bytes in
      EVP_PBE_scrypt(
        bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, salt, salt.count, cost,
        blockSize, parallelism, memory, &derived, length)
    }
    guard done == 1 else { throw .openSSL(operation: "scrypt") }
    return derived
  }
}

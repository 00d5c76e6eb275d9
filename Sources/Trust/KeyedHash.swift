/// A fast salted hash of a secret that a machine made: HMAC-SHA-256 under a salt.
///
/// A random secret of 16 bytes or more cannot be guessed, so that a memory-hard hash would only
/// cost: at 40 ms each, 10,000 reconnecting chargers would be 400 CPU seconds.
package struct KeyedHash: Sendable, Equatable {
  private let salt: [UInt8]
  private let hash: [UInt8]

  /// Hashes a secret with fresh salt.
  package static func make(_ secret: [UInt8]) -> KeyedHash {
    let salt = Random.bytes(16)
    return KeyedHash(salt: salt, hash: HMAC.sha256(key: salt, secret))
  }

  private init(salt: [UInt8], hash: [UInt8]) {
    self.salt = salt
    self.hash = hash
  }

  /// Reads what `text` wrote.
  package init(text: String) throws(TrustError) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "hmac",
      let salt = Base64.decode(String(parts[1])), salt.count >= 8,
      let hash = Base64.decode(String(parts[2])), hash.count == 32
    else { throw .malformedHash }
    self.init(salt: salt, hash: hash)
  }

  /// `hmac$salt$hash`, salt and hash in base64.
  package var text: String { "hmac$\(Base64.encode(salt))$\(Base64.encode(hash))" }

  /// Whether the secret is the one that was hashed.
  package func verify(_ secret: [UInt8]) -> Bool {
    constantTimeEquals(HMAC.sha256(key: salt, secret), hash)
  }
}

/// A stored credential of either kind, told apart by the first word of its text.
package enum StoredSecret: Sendable, Equatable {
  /// Hand-set: check it off the loop.
  case scrypt(PasswordHash)
  /// Machine-made: check it on the spot.
  case keyed(KeyedHash)

  /// Reads the text of a `PasswordHash` or of a `KeyedHash`.
  package init(text: String) throws(TrustError) {
    if text.hasPrefix("hmac$") {
      self = .keyed(try KeyedHash(text: text))
    } else {
      self = .scrypt(try PasswordHash(text: text))
    }
  }

  /// The text to store.
  package var text: String {
    switch self {
    case .scrypt(let hash): hash.text
    case .keyed(let hash): hash.text
    }
  }

  /// Whether `secret` is the one stored; slow when `.scrypt`.
  package func verify(_ secret: [UInt8]) -> Bool {
    switch self {
    case .scrypt(let hash): hash.verify(secret)
    case .keyed(let hash): hash.verify(secret)
    }
  }
}

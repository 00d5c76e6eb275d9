import Control
import Fleet
import Trust

/// Which passwords a charger may have, and how they are kept.
enum PasswordRule {
  /// Characters of a `passwordString` besides letters and digits (OCPP 2.0.1 part 2, 2.1.4).
  static let signs = "*-_=:+|@."

  /// What is stored of the password that a command sets; nil when it sets none. Slow for one that a
  /// person thought up.
  static func hash(_ command: Command) throws -> String? {
    guard case .setPassword(_, let password?, let form, _) = command else { return nil }
    switch form {
    case .text:
      try check(password)
      return try PasswordHash.make(Array(password.utf8)).text
    case .anyText:
      guard (1...128).contains(password.utf8.count) else {
        throw ControlError.invalid("A password has 1 to 128 bytes.")
      }
      return try PasswordHash.make(Array(password.utf8)).text
    case .madeText:
      try check(password)
      return KeyedHash.make(Array(password.utf8)).text
    case .hex:
      guard let bytes = Hex.decode(password), (16...20).contains(bytes.count) else {
        throw ControlError.invalid(
          "An AuthorizationKey is hexadecimal, 16 to 20 bytes of two digits each "
            + "(OCPP 1.6 security white paper A01).")
      }
      return KeyedHash.make(bytes).text
    }
  }

  private static func check(_ password: String) throws {
    // 2.0.1 allows 40, its errata of 2025 up to 64.
    guard (16...64).contains(password.count) else {
      throw ControlError.invalid(
        "A password has 16 to 64 characters; this one has \(password.count). "
          + "When the charger can have no other, say --any.")
    }
    guard password.unicodeScalars.allSatisfy(isAllowed) else {
      throw ControlError.invalid(
        "A password has letters of A to Z, digits and \(signs.map(String.init).joined(separator: " ")) "
          + "only (OCPP 2.0.1 part 2, 2.1.4); other characters do not reach every charger as they "
          + "are. When the charger can have no other, say --any.")
    }
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
      || signs.unicodeScalars.contains(scalar)
  }
}

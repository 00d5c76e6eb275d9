/// What opens TLS 1.3 (RFC 8446 §4.1.2), whole and acceptable, from one that knows no key to go on
/// with.
enum ClientHello {
  /// In its record.
  static let bytes: [UInt8] = {
    let extensions =
      // supported_versions: TLS 1.3.
      field(43, [2, 3, 4])
      // supported_groups: X25519.
      + field(10, [0, 2, 0, 29])
      // signature_algorithms: ECDSA with P-256, RSA-PSS.
      + field(13, [0, 4, 4, 3, 8, 4])
      // key_share: X25519 with any point.
      + field(51, [0, 36, 0, 29, 0, 32] + [UInt8](repeating: 9, count: 32))
    let body =
      [3, 3] + [UInt8](repeating: 0x5A, count: 32)
      + [32] + [UInt8](repeating: 0xA5, count: 32)
      // TLS_AES_128_GCM_SHA256, and no compression.
      + [0, 2, 0x13, 1, 1, 0] + length(extensions) + extensions
    let message = [1, 0] + length(body) + body
    return [22, 3, 1] + length(message) + message
  }()

  private static func field(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
    [0, type] + length(content) + content
  }

  /// In two bytes.
  private static func length(_ content: [UInt8]) -> [UInt8] {
    [UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
  }
}

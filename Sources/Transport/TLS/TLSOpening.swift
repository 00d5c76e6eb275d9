import Glibc

/// The first record of a peer, gathered before OpenSSL is troubled: a few hundred bytes instead of
/// OpenSSL's buffers for each peer that stops within it. Never more than that record is taken from
/// the socket.
struct TLSOpening {
  private var bytes: [UInt8] = []

  /// A record's head (RFC 8446 §5.1): type, version, length.
  private static let head = 5
  private static let handshake: UInt8 = 22
  private static let longest = 16_384

  /// Takes what has come. False while more is needed; true when the record is whole, and when
  /// OpenSSL must say what is wrong: it is none of a handshake, or the peer is gone.
  mutating func isWhole(from descriptor: Int32) -> Bool {
    while let missing {
      let had = bytes.count
      bytes += [UInt8](repeating: 0, count: missing)
      let count = bytes.withUnsafeMutableBytes {
        recv(descriptor, $0.baseAddress.map { $0 + had }, missing, 0)
      }
      let code = errno
      bytes.removeLast(missing - max(count, 0))
      if count > 0 || count < 0 && code == EINTR { continue }
      return count == 0 || code != EAGAIN && code != EWOULDBLOCK
    }
    return true
  }

  /// Moves what was gathered to OpenSSL; how much of it.
  mutating func take(_ target: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard let target, !bytes.isEmpty else { return 0 }
    let moved = min(count, bytes.count)
    UnsafeMutableRawBufferPointer(start: target, count: moved).copyBytes(from: bytes[..<moved])
    bytes.removeFirst(moved)
    return moved
  }

  /// Bytes that the record still needs; nil: none.
  private var missing: Int? {
    if let first = bytes.first, first != Self.handshake { return nil }
    guard bytes.count >= Self.head else { return Self.head - bytes.count }
    let length = Int(bytes[3]) << 8 | Int(bytes[4])
    let rest = Self.head + length - bytes.count
    return length <= Self.longest && rest > 0 ? rest : nil
  }
}

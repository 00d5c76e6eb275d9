/// Masks or unmasks in place (RFC 6455 §5.3), eight bytes at a time.
/// - Parameter mask: the four bytes of the key as they lie in memory.
func applyMask(_ mask: UInt32, to bytes: UnsafeMutableRawBufferPointer) {
  guard let base = bytes.baseAddress else { return }
  let wide = UInt64(mask) << 32 | UInt64(mask)
  var index = 0
  while index + 8 <= bytes.count {
    let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
    base.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
    index += 8
  }
  withUnsafeBytes(of: mask) { key in
    while index < bytes.count {
      bytes[index] ^= key[index & 3]
      index += 1
    }
  }
}

/// Unmasks in place and looks for the first byte beyond ASCII on the way, up to 32 bytes at a time.
///
/// - Returns: how many bytes at the beginning are ASCII, at least as far as it looked: what comes
///   behind them is unmasked and still to be judged.
func unmaskASCII(_ mask: UInt32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
  guard let base = bytes.baseAddress else { return 0 }
  let wide = UInt64(mask) << 32 | UInt64(mask)
  var index = 0
  while index + 32 <= bytes.count {
    let a = base.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
    let b = base.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self) ^ wide
    let c = base.loadUnaligned(fromByteOffset: index + 16, as: UInt64.self) ^ wide
    let d = base.loadUnaligned(fromByteOffset: index + 24, as: UInt64.self) ^ wide
    guard (a | b | c | d) & 0x8080_8080_8080_8080 == 0 else { break }
    base.storeBytes(of: a, toByteOffset: index, as: UInt64.self)
    base.storeBytes(of: b, toByteOffset: index + 8, as: UInt64.self)
    base.storeBytes(of: c, toByteOffset: index + 16, as: UInt64.self)
    base.storeBytes(of: d, toByteOffset: index + 24, as: UInt64.self)
    index += 32
  }
  while index + 8 <= bytes.count {
    let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ wide
    guard word & 0x8080_8080_8080_8080 == 0 else { break }
    base.storeBytes(of: word, toByteOffset: index, as: UInt64.self)
    index += 8
  }
  // Whole keys lie in front of it, so the rest begins with the key's first byte again.
  let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[index...])
  if rest.count >= 8 {
    applyMask(mask, to: rest)
    return index
  }
  var key = UInt32(littleEndian: mask)
  var seen: UInt8 = 0
  for place in rest.indices {
    rest[place] ^= UInt8(truncatingIfNeeded: key)
    seen |= rest[place]
    key = key >> 8 | key << 24
  }
  return seen < 0x80 ? bytes.count : index
}

extension UInt32 {
  /// The key as it goes on behind `count` masked bytes.
  func maskAdvanced(by count: Int) -> UInt32 {
    // The key is in memory order: its bytes turn towards the lower address.
    let bits = UInt32(truncatingIfNeeded: (count & 3) * 8)
    let key = UInt32(littleEndian: self)
    return bits == 0 ? self : (key >> bits | key << (32 - bits)).littleEndian
  }
}

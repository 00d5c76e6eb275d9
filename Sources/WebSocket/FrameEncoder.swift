/// Writes frames (RFC 6455 §5.2) at the end of a byte array.
///
/// A server passes no mask; a client passes a fresh, unpredictable one for every frame (§5.3).
package enum FrameEncoder {
  package static func text(
    _ payload: UnsafeRawBufferPointer, mask: UInt32? = nil, into out: inout [UInt8]
  ) { frame(0x81, payload, mask, &out) }

  package static func text(
    _ payload: [UInt8], mask: UInt32? = nil, into out: inout [UInt8]
  ) { payload.withUnsafeBytes { frame(0x81, $0, mask, &out) } }

  package static func binary(
    _ payload: [UInt8], mask: UInt32? = nil, into out: inout [UInt8]
  ) { payload.withUnsafeBytes { frame(0x82, $0, mask, &out) } }

  package static func binary(
    _ payload: UnsafeRawBufferPointer, mask: UInt32? = nil, into out: inout [UInt8]
  ) { frame(0x82, payload, mask, &out) }

  /// A data message, compressed where that makes it shorter (RFC 7692 §7.2.1).
  /// - Parameter windowBits: what was agreed on.
  package static func message(
    _ payload: UnsafeRawBufferPointer, isText: Bool, deflater: MessageDeflater, windowBits: Int,
    mask: UInt32? = nil, into out: inout [UInt8]
  ) {
    let opcode: UInt8 = isText ? 0x1 : 0x2
    let isCompressed = deflater.deflate(payload, windowBits: windowBits) {
      frame(0xC0 | opcode, $0, mask, &out)
    }
    if !isCompressed { frame(0x80 | opcode, payload, mask, &out) }
  }

  /// - Parameter payload: at most 125 bytes.
  package static func ping(
    _ payload: UnsafeRawBufferPointer, mask: UInt32? = nil, into out: inout [UInt8]
  ) { frame(0x89, UnsafeRawBufferPointer(rebasing: payload.prefix(125)), mask, &out) }

  /// - Parameter payload: that of the ping which is answered (§5.5.3).
  package static func pong(
    _ payload: UnsafeRawBufferPointer, mask: UInt32? = nil, into out: inout [UInt8]
  ) { frame(0x8A, UnsafeRawBufferPointer(rebasing: payload.prefix(125)), mask, &out) }

  /// - Parameter code: nil for a close without a body.
  /// - Parameter reason: cut to 123 bytes at a character.
  package static func close(
    _ code: CloseCode?, reason: String = "", mask: UInt32? = nil, into out: inout [UInt8]
  ) {
    var body: [UInt8] = []
    if let code {
      body = [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)]
      for character in reason {
        guard body.count + character.utf8.count <= 125 else { break }
        body.append(contentsOf: character.utf8)
      }
    }
    body.withUnsafeBytes { frame(0x88, $0, mask, &out) }
  }

  /// One frame with a first byte of FIN, RSV and opcode as given.
  static func frame(
    _ first: UInt8, _ payload: UnsafeRawBufferPointer, _ mask: UInt32?, _ out: inout [UInt8]
  ) {
    let count = payload.count
    if out.isEmpty { out.reserveCapacity(count + 14) }
    out.append(first)
    let maskBit: UInt8 = mask == nil ? 0 : 0x80
    if count < 126 {
      out.append(maskBit | UInt8(count))
    } else if count < 65_536 {
      out.append(maskBit | 126)
      out.append(UInt8(count >> 8))
      out.append(UInt8(count & 0xFF))
    } else {
      out.append(maskBit | 127)
      for shift in stride(from: 56, through: 0, by: -8) {
        out.append(UInt8(truncatingIfNeeded: count >> shift))
      }
    }
    guard let mask else {
      out.append(contentsOf: payload)
      return
    }
    withUnsafeBytes(of: mask) { out.append(contentsOf: $0) }
    let start = out.count
    out.append(contentsOf: payload)
    out.withUnsafeMutableBytes { all in
      applyMask(mask, to: UnsafeMutableRawBufferPointer(rebasing: all[start...]))
    }
  }
}

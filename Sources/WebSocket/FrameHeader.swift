/// Why a stream of frames cannot go on.
struct FrameFailure: Error {
  let code: CloseCode
  let reason: String

  init(_ code: CloseCode, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  static let invalidText = FrameFailure(.invalidPayload, "text is not UTF-8")

  static func tooLarge(_ limit: Int) -> FrameFailure {
    FrameFailure(.messageTooBig, "message larger than \(limit) bytes")
  }
}

/// The header of a frame (RFC 6455 §5.2).
struct FrameHeader {
  enum Parsed {
    case header(FrameHeader)
    /// At least so many bytes more are needed.
    case incomplete(Int)
    case failure(FrameFailure)
  }

  /// The longest header: two bytes, a 64-bit length and a mask.
  static var largestSize: Int { 14 }

  let isFinal: Bool
  /// RSV1: the message that begins here is compressed (RFC 7692 §6).
  let isCompressed: Bool
  let opcode: UInt8
  /// Bytes of the header itself.
  let size: Int
  /// Bytes of the payload.
  let length: Int
  /// The masking key as it lies in memory.
  let mask: UInt32?

  var isControl: Bool { opcode & 0x8 != 0 }

  /// - Parameter compression: whether permessage-deflate is agreed, so that RSV1 may be set.
  static func parse(
    _ bytes: UnsafeRawBufferPointer, role: EndpointRole, compression: Bool
  ) -> Parsed {
    guard bytes.count >= 1 else { return .incomplete(2) }
    let opcode = bytes[0] & 0x0F
    let isFinal = bytes[0] & 0x80 != 0
    let isCompressed = bytes[0] & 0x40 != 0
    guard bytes[0] & 0x30 == 0, compression || !isCompressed else {
      return .failure(FrameFailure(.protocolError, "reserved bits are set"))
    }
    guard opcode <= 0x2 || (0x8...0xA).contains(opcode) else {
      return .failure(FrameFailure(.protocolError, "reserved opcode \(opcode)"))
    }
    // Only a message's first frame says that it is compressed (RFC 7692 §6.1).
    guard !isCompressed || opcode == 0x1 || opcode == 0x2 else {
      return .failure(FrameFailure(.protocolError, "RSV1 on opcode \(opcode)"))
    }
    guard isFinal || opcode < 0x8 else {
      return .failure(FrameFailure(.protocolError, "fragmented control frame"))
    }
    guard bytes.count >= 2 else { return .incomplete(1) }
    let isMasked = bytes[1] & 0x80 != 0
    guard isMasked == (role == .server) else {
      let what = isMasked ? "masked frame from a server" : "unmasked frame from a client"
      return .failure(FrameFailure(.protocolError, what))
    }
    let short = Int(bytes[1] & 0x7F)
    guard opcode < 0x8 || short <= 125 else {
      return .failure(FrameFailure(.protocolError, "control frame larger than 125 bytes"))
    }
    let extra = short == 126 ? 2 : short == 127 ? 8 : 0
    let size = 2 + extra + (isMasked ? 4 : 0)
    guard bytes.count >= 2 + extra else { return .incomplete(size - bytes.count) }
    var length: UInt64 = extra == 0 ? UInt64(short) : 0
    for index in 0..<extra { length = length << 8 | UInt64(bytes[2 + index]) }
    // The shortest form must be used, and the top bit of the longest is zero.
    guard extra != 2 || length > 125, extra != 8 || length > 0xFFFF, length >> 63 == 0 else {
      return .failure(FrameFailure(.protocolError, "length not in its shortest form"))
    }
    guard length <= 1 << 40 else {
      return .failure(FrameFailure(.messageTooBig, "frame of \(length) bytes"))
    }
    guard bytes.count >= size else { return .incomplete(size - bytes.count) }
    let mask =
      isMasked ? bytes.loadUnaligned(fromByteOffset: 2 + extra, as: UInt32.self) : nil
    return .header(
      FrameHeader(
        isFinal: isFinal, isCompressed: isCompressed, opcode: opcode, size: size,
        length: Int(length), mask: mask))
  }
}

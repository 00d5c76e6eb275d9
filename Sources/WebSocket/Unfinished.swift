/// What a decoder keeps of a frame that is torn, or of a message whose last fragment is not there.
final class Unfinished {
  /// A data message under way.
  struct Message {
    let isText: Bool
    let isCompressed: Bool
    /// Unmasked, and compressed as it came.
    var payload: [UInt8] = []
    var validator = UTF8Validator()

    var isValidatedEarly: Bool { isText && !isCompressed }
  }

  /// A frame whose payload is coming in.
  struct Frame {
    let opcode: UInt8
    let isFinal: Bool
    /// Bytes that are still to come.
    var left: Int
    /// The key for the next byte.
    var mask: UInt32?

    var isControl: Bool { opcode & 0x8 != 0 }

    init(_ header: FrameHeader) {
      opcode = header.opcode
      isFinal = header.isFinal
      left = header.length
      mask = header.mask
    }
  }

  /// The beginning of a header.
  private(set) var header: [UInt8] = []
  var frame: Frame?
  var message: Message?
  /// The payload of a control frame that is coming in: 125 bytes at most.
  var control: [UInt8] = []

  /// Whether nothing is kept here.
  var isEmpty: Bool { header.isEmpty && frame == nil && message == nil }

  func keep(header bytes: UnsafeRawBufferPointer) {
    if header.isEmpty { header.reserveCapacity(FrameHeader.largestSize) }
    header.append(contentsOf: bytes)
  }

  func dropHeader() { header.removeAll(keepingCapacity: true) }

  /// Keeps room for a piece of a frame: for no more than has come and a receive buffer's worth, so
  /// that a header alone costs its reader nothing.
  func append(_ piece: UnsafeRawBufferPointer, of frame: Frame) {
    if message?.payload.isEmpty ?? false {
      message?.payload.reserveCapacity(min(piece.count + frame.left, max(piece.count, 65_536)))
    }
    message?.payload.append(contentsOf: piece)
  }
}

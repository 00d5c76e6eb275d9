/// What a stream of frames amounts to. Payloads are valid only during the call that brings them.
package enum FrameEvent {
  case text(UnsafeBufferPointer<UInt8>)
  case binary(UnsafeBufferPointer<UInt8>)
  case ping(UnsafeBufferPointer<UInt8>)
  case pong(UnsafeBufferPointer<UInt8>)
  /// The peer's close frame; nothing follows it.
  case close(CloseCode?, reason: String)
  /// The peer broke the protocol: send this code and drop the connection. Nothing follows it.
  case failure(CloseCode, reason: String)
}

/// Which end decodes: a server takes masked frames only, a client unmasked ones (RFC 6455 §5.1).
package enum EndpointRole: UInt8, Sendable {
  case server, client
}

/// Decodes frames (RFC 6455 §5) from pieces of a stream.
///
/// A frame that lies whole in the caller's buffer is unmasked there and handed out without a copy.
/// Only the beginning of a torn frame, and the fragments of an unfinished message, are kept; with
/// neither, the decoder owns no memory.
package struct FrameDecoder {
  private let role: EndpointRole
  private var isFinished = false
  private let messageLimit: UInt32
  /// The beginning of a torn frame.
  private var torn: [UInt8] = []
  private var fragments: Fragments?

  /// An unfinished message.
  private final class Fragments {
    let isText: Bool
    var payload: [UInt8] = []
    var validator = UTF8Validator()

    init(isText: Bool) { self.isText = isText }
  }

  /// - Parameter messageLimit: largest message in bytes, fragments together; more is 1009.
  package init(role: EndpointRole, messageLimit: Int = 1 << 20) {
    self.role = role
    self.messageLimit = UInt32(clamping: messageLimit)
  }

  /// Whether the decoder holds no part of a frame or message.
  package var isIdle: Bool { torn.isEmpty && fragments == nil }

  /// Takes all of `buffer`, which is written to, and emits what it completes.
  package mutating func decode(
    _ buffer: UnsafeMutableRawBufferPointer, _ emit: (FrameEvent) -> Void
  ) {
    var rest = buffer
    while !torn.isEmpty, !rest.isEmpty, !isFinished {
      // Complete the torn frame with no byte more than it lacks.
      let want = torn.withUnsafeBytes { lacking(UnsafeRawBufferPointer($0)) }
      switch want {
      case .failure(let failure):
        finish(failure, emit)
      case .success(let lack):
        let taken = Swift.min(lack, rest.count)
        if lack > 14 { torn.reserveCapacity(torn.count + lack) }
        torn.append(contentsOf: rest[..<taken])
        rest = UnsafeMutableRawBufferPointer(rebasing: rest[taken...])
        // The frame moves out of `torn`, so that it is freed behind the event.
        var frame = torn
        torn = []
        let used = frame.withUnsafeMutableBytes { decodeWhole($0, emit) }
        if used == 0, !isFinished { torn = frame }
      }
    }
    guard torn.isEmpty, !isFinished else {
      if isFinished { (torn, fragments) = ([], nil) }
      return
    }
    let used = decodeWhole(rest, emit)
    if isFinished {
      fragments = nil
    } else if used < rest.count {
      torn = Array(rest[used...])
    }
  }

  /// Decodes the frames that lie whole in `buffer`; returns the bytes they took.
  private mutating func decodeWhole(
    _ buffer: UnsafeMutableRawBufferPointer, _ emit: (FrameEvent) -> Void
  ) -> Int {
    var offset = 0
    while offset < buffer.count, !isFinished {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[offset...])
      switch FrameHeader.parse(UnsafeRawBufferPointer(rest), role: role) {
      case .incomplete:
        return offset
      case .failure(let failure):
        finish(failure, emit)
      case .header(let header):
        if let failure = check(header) {
          finish(failure, emit)
          break
        }
        let end = header.size + header.length
        guard rest.count >= end else { return offset }
        let payload = UnsafeMutableRawBufferPointer(rebasing: rest[header.size..<end])
        if let mask = header.mask { applyMask(mask, to: payload) }
        take(header, UnsafeRawBufferPointer(payload), emit)
        offset += end
      }
    }
    return offset
  }

  /// How many bytes the torn frame lacks, or lacks at least until its header is known.
  private func lacking(_ bytes: UnsafeRawBufferPointer) -> Result<Int, FrameFailure> {
    switch FrameHeader.parse(bytes, role: role) {
    case .incomplete(let lack): .success(lack)
    case .failure(let failure): .failure(failure)
    case .header(let header):
      // A frame too large is refused by its header, before anything is kept for it.
      if let failure = check(header) {
        .failure(failure)
      } else {
        .success(Swift.max(1, header.size + header.length - bytes.count))
      }
    }
  }

  /// What the header alone shows to be wrong at this place of the stream.
  private func check(_ header: FrameHeader) -> FrameFailure? {
    if header.isControl { return nil }
    if header.opcode == 0, fragments == nil {
      return FrameFailure(.protocolError, "continuation of nothing")
    }
    if header.opcode != 0, fragments != nil {
      return FrameFailure(.protocolError, "a new message inside a fragmented one")
    }
    guard (fragments?.payload.count ?? 0) + header.length <= Int(messageLimit) else {
      return FrameFailure(.messageTooBig, "message larger than \(messageLimit) bytes")
    }
    return nil
  }

  private mutating func take(
    _ header: FrameHeader, _ payload: UnsafeRawBufferPointer, _ emit: (FrameEvent) -> Void
  ) {
    let bytes = payload.assumingMemoryBound(to: UInt8.self)
    switch header.opcode {
    case 0x8: takeClose(payload, emit)
    case 0x9: emit(.ping(bytes))
    case 0xA: emit(.pong(bytes))
    case 0x1 where header.isFinal:
      guard UTF8Validator.isValid(payload) else { return finish(.invalidText, emit) }
      emit(.text(bytes))
    case 0x2 where header.isFinal: emit(.binary(bytes))
    default: takeFragment(header, payload, emit)
    }
  }

  private mutating func takeFragment(
    _ header: FrameHeader, _ payload: UnsafeRawBufferPointer, _ emit: (FrameEvent) -> Void
  ) {
    let message = fragments ?? Fragments(isText: header.opcode == 0x1)
    if message.isText, !message.validator.take(payload) { return finish(.invalidText, emit) }
    message.payload.append(contentsOf: payload)
    guard header.isFinal else {
      fragments = message
      return
    }
    fragments = nil
    if message.isText, !message.validator.isComplete { return finish(.invalidText, emit) }
    message.payload.withUnsafeBufferPointer {
      emit(message.isText ? .text($0) : .binary($0))
    }
  }

  private mutating func takeClose(
    _ payload: UnsafeRawBufferPointer, _ emit: (FrameEvent) -> Void
  ) {
    guard !payload.isEmpty else {
      isFinished = true
      return emit(.close(nil, reason: ""))
    }
    guard payload.count >= 2 else {
      return finish(FrameFailure(.protocolError, "close with half a code"), emit)
    }
    let code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
    guard code.mayTravel else {
      return finish(FrameFailure(.protocolError, "close code \(code)"), emit)
    }
    let reason = UnsafeRawBufferPointer(rebasing: payload[2...])
    guard UTF8Validator.isValid(reason) else { return finish(.invalidText, emit) }
    isFinished = true
    emit(.close(code, reason: String(decoding: reason, as: UTF8.self)))
  }

  private mutating func finish(_ failure: FrameFailure, _ emit: (FrameEvent) -> Void) {
    isFinished = true
    emit(.failure(failure.code, reason: failure.reason))
  }
}

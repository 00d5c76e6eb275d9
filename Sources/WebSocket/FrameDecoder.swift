/// Decodes frames (RFC 6455 §5) from pieces of a stream, and inflates messages (RFC 7692 §7.2.2).
///
/// A frame that lies whole in the caller's buffer is unmasked there and handed out without a copy.
/// The payload of a torn frame is unmasked, judged and kept as it comes: text that cannot become
/// UTF-8 fails in the middle of its frame, and a byte costs the same whether it comes alone or in a
/// megabyte. Between messages the decoder owns no memory.
package struct FrameDecoder {
  private let role: EndpointRole
  private var isFinished = false
  private let messageLimit: UInt32
  private var unfinished: Unfinished?

  /// - Parameter messageLimit: largest message in bytes, fragments together and inflated; more is
  ///   1009.
  package init(role: EndpointRole, messageLimit: Int = 1 << 20) {
    self.role = role
    self.messageLimit = UInt32(clamping: messageLimit)
  }

  /// Whether the decoder holds no part of a frame or message.
  package var isIdle: Bool { unfinished == nil }

  /// Bytes that the frame under way lacks; 0 between frames.
  package var awaited: Int { unfinished?.frame?.left ?? 0 }

  /// Takes all of `buffer`, which is written to, and emits what it completes.
  /// - Parameter inflater: the loop's, on a connection that agreed on permessage-deflate without
  ///   context takeover; nil elsewhere.
  package mutating func decode(
    _ buffer: UnsafeMutableRawBufferPointer, with inflater: MessageInflater? = nil,
    _ emit: (FrameEvent) -> Void
  ) {
    var rest = buffer
    while !rest.isEmpty, !isFinished {
      if let unfinished, let frame = unfinished.frame {
        let piece = UnsafeMutableRawBufferPointer(rebasing: rest.prefix(frame.left))
        rest = UnsafeMutableRawBufferPointer(rebasing: rest[piece.count...])
        take(piece, of: frame, unfinished, inflater, emit)
      } else if let unfinished, !unfinished.header.isEmpty {
        completeHeader(unfinished, &rest, inflater, emit)
      } else {
        switch FrameHeader.parse(
          UnsafeRawBufferPointer(rest), role: role, compression: inflater != nil)
        {
        case .incomplete:
          begun().keep(header: UnsafeRawBufferPointer(rest))
          return
        case .failure(let failure):
          fail(failure, emit)
        case .header(let header):
          rest = UnsafeMutableRawBufferPointer(rebasing: rest[header.size...])
          begin(header, &rest, inflater, emit)
        }
      }
    }
    if isFinished { unfinished = nil }
  }

  /// Adds to a torn header no byte more than it lacks.
  private mutating func completeHeader(
    _ unfinished: Unfinished, _ rest: inout UnsafeMutableRawBufferPointer,
    _ inflater: MessageInflater?, _ emit: (FrameEvent) -> Void
  ) {
    func parsed() -> FrameHeader.Parsed {
      unfinished.header.withUnsafeBytes {
        FrameHeader.parse($0, role: role, compression: inflater != nil)
      }
    }
    guard case .incomplete(let lack) = parsed() else { return }
    let taken = rest.prefix(lack)
    unfinished.keep(header: UnsafeRawBufferPointer(rebasing: taken))
    rest = UnsafeMutableRawBufferPointer(rebasing: rest[taken.count...])
    switch parsed() {
    case .incomplete: break
    case .failure(let failure): fail(failure, emit)
    case .header(let header):
      unfinished.dropHeader()
      if unfinished.isEmpty { self.unfinished = nil }
      begin(header, &rest, inflater, emit)
    }
  }

  /// A header is read: takes the payload at once when it lies whole in `rest`.
  private mutating func begin(
    _ header: FrameHeader, _ rest: inout UnsafeMutableRawBufferPointer,
    _ inflater: MessageInflater?, _ emit: (FrameEvent) -> Void
  ) {
    if let failure = check(header) { return fail(failure, emit) }
    if header.isFinal, header.opcode != 0, header.length <= rest.count {
      let payload = UnsafeMutableRawBufferPointer(rebasing: rest[..<header.length])
      rest = UnsafeMutableRawBufferPointer(rebasing: rest[header.length...])
      return takeWhole(header, payload, inflater, emit)
    }
    let unfinished = begun()
    let frame = Unfinished.Frame(header)
    unfinished.frame = frame
    if !header.isControl, header.opcode != 0 {
      unfinished.message = .init(isText: header.opcode == 0x1, isCompressed: header.isCompressed)
    }
    if frame.left == 0 { end(frame, unfinished, inflater, emit) }
  }

  private mutating func begun() -> Unfinished {
    if let unfinished { return unfinished }
    let made = Unfinished()
    unfinished = made
    return made
  }

  /// What the header alone shows to be wrong at this place of the stream: a frame too large is
  /// refused before anything of it is kept.
  private func check(_ header: FrameHeader) -> FrameFailure? {
    if header.isControl { return nil }
    let message = unfinished?.message
    if header.opcode == 0, message == nil {
      return FrameFailure(.protocolError, "continuation of nothing")
    }
    if header.opcode != 0, message != nil {
      return FrameFailure(.protocolError, "a new message inside a fragmented one")
    }
    let limit = Int(messageLimit)
    let isCompressed = header.isCompressed || message?.isCompressed ?? false
    let bound = isCompressed ? MessageInflater.largestInput(for: limit) : limit
    guard (message?.payload.count ?? 0) + header.length <= bound else { return .tooLarge(limit) }
    return nil
  }

  /// The way of nearly all frames.
  private mutating func takeWhole(
    _ header: FrameHeader, _ payload: UnsafeMutableRawBufferPointer,
    _ inflater: MessageInflater?, _ emit: (FrameEvent) -> Void
  ) {
    let bytes = UnsafeRawBufferPointer(payload)
    if header.opcode == 0x1, !header.isCompressed {
      let ascii = header.mask.map { unmaskASCII($0, payload) } ?? 0
      guard
        ascii == bytes.count
          || UTF8Validator.isValid(UnsafeRawBufferPointer(rebasing: bytes[ascii...]))
      else {
        return fail(.invalidText, emit)
      }
      return emit(.text(bytes.assumingMemoryBound(to: UInt8.self)))
    }
    if let mask = header.mask { applyMask(mask, to: payload) }
    if header.isControl {
      takeControl(header.opcode, bytes, emit)
    } else if header.isCompressed {
      inflate(bytes, isText: header.opcode == 0x1, inflater, emit)
    } else {
      emit(.binary(bytes.assumingMemoryBound(to: UInt8.self)))
    }
  }

  /// A piece of a frame that is torn or a fragment.
  private mutating func take(
    _ piece: UnsafeMutableRawBufferPointer, of frame: Unfinished.Frame, _ unfinished: Unfinished,
    _ inflater: MessageInflater?, _ emit: (FrameEvent) -> Void
  ) {
    var frame = frame
    if let mask = frame.mask {
      applyMask(mask, to: piece)
      frame.mask = mask.maskAdvanced(by: piece.count)
    }
    frame.left -= piece.count
    let bytes = UnsafeRawBufferPointer(piece)
    if frame.isControl {
      unfinished.control.append(contentsOf: bytes)
    } else {
      if unfinished.message?.isValidatedEarly ?? false,
        !(unfinished.message?.validator.take(bytes) ?? true)
      {
        return fail(.invalidText, emit)
      }
      unfinished.append(bytes, of: frame)
    }
    unfinished.frame = frame
    if frame.left == 0 { end(frame, unfinished, inflater, emit) }
  }

  /// The last byte of a torn frame or fragment is taken.
  private mutating func end(
    _ frame: Unfinished.Frame, _ unfinished: Unfinished, _ inflater: MessageInflater?,
    _ emit: (FrameEvent) -> Void
  ) {
    // What is emitted moves out first, so that it is freed behind its event.
    unfinished.frame = nil
    if frame.isControl {
      let payload = unfinished.control
      unfinished.control = []
      if unfinished.isEmpty { self.unfinished = nil }
      return payload.withUnsafeBytes { takeControl(frame.opcode, $0, emit) }
    }
    guard frame.isFinal, let message = unfinished.message else { return }
    self.unfinished = nil
    message.payload.withUnsafeBytes { payload in
      if message.isCompressed {
        return inflate(payload, isText: message.isText, inflater, emit)
      }
      let bytes = payload.assumingMemoryBound(to: UInt8.self)
      guard message.isText else { return emit(.binary(bytes)) }
      guard message.validator.isComplete else { return fail(.invalidText, emit) }
      emit(.text(bytes))
    }
  }

  private mutating func inflate(
    _ payload: UnsafeRawBufferPointer, isText: Bool, _ inflater: MessageInflater?,
    _ emit: (FrameEvent) -> Void
  ) {
    // No frame is marked as compressed without one: the header would have been refused.
    guard let inflater else { return }
    var isValid = true
    let failure = inflater.inflate(payload, limit: Int(messageLimit)) { bytes in
      let message = bytes.assumingMemoryBound(to: UInt8.self)
      guard isText else { return emit(.binary(message)) }
      isValid = UTF8Validator.isValid(bytes)
      if isValid { emit(.text(message)) }
    }
    switch failure {
    case .tooLarge: fail(.tooLarge(Int(messageLimit)), emit)
    case .corrupt: fail(FrameFailure(.invalidPayload, "compressed data is corrupt"), emit)
    case nil where !isValid: fail(.invalidText, emit)
    case nil: break
    }
  }

  private mutating func takeControl(
    _ opcode: UInt8, _ payload: UnsafeRawBufferPointer, _ emit: (FrameEvent) -> Void
  ) {
    switch opcode {
    case 0x8: takeClose(payload, emit)
    case 0x9: emit(.ping(payload.assumingMemoryBound(to: UInt8.self)))
    default: emit(.pong(payload.assumingMemoryBound(to: UInt8.self)))
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
      return fail(FrameFailure(.protocolError, "close with half a code"), emit)
    }
    let code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
    guard code.mayTravel else {
      return fail(FrameFailure(.protocolError, "close code \(code)"), emit)
    }
    let reason = UnsafeRawBufferPointer(rebasing: payload[2...])
    guard UTF8Validator.isValid(reason) else { return fail(.invalidText, emit) }
    isFinished = true
    emit(.close(code, reason: String(decoding: reason, as: UTF8.self)))
  }

  private mutating func fail(_ failure: FrameFailure, _ emit: (FrameEvent) -> Void) {
    isFinished = true
    emit(.failure(failure.code, reason: failure.reason))
  }
}

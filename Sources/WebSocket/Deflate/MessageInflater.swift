import CZlib

/// Inflates messages one by one (RFC 7692 §7.2.2), each with an empty window.
///
/// Without context takeover nothing is carried from message to message, so that one inflater serves
/// all connections of a loop. It inflates in steps and never makes more room than the message has
/// filled, or one byte more than the limit.
package final class MessageInflater {
  package enum Failure: Error, Equatable {
    /// More bytes than the limit.
    case tooLarge
    /// Not what a deflater makes.
    case corrupt
  }

  /// At an address of its own: zlib's state points back to it.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let isReady: Bool
  /// Kept from message to message while it is small.
  private var room: [UInt8] = []

  /// Room that is kept, and what a message gets to begin with.
  private static let kept = 65_536

  package init() {
    // Raw deflate with the largest window reads that of any smaller one.
    stream.initialize(to: z_stream())
    isReady = swell_inflate_init(stream, -15) == Z_OK
  }

  deinit {
    if isReady { inflateEnd(stream) }
    stream.deallocate()
  }

  /// Most compressed bytes that a message of `limit` bytes may take: no block spends more than nine
  /// bits on a byte, and small ones cost their headers.
  static func largestInput(for limit: Int) -> Int { limit + limit / 8 + 1024 }

  /// Inflates a message and lends what comes out to `body`.
  /// - Returns: why `body` was not called.
  package func inflate(
    _ payload: UnsafeRawBufferPointer, limit: Int, _ body: (UnsafeRawBufferPointer) -> Void
  ) -> Failure? {
    // Some deflaters have nothing to say of an empty message.
    guard !payload.isEmpty else {
      body(UnsafeRawBufferPointer(start: nil, count: 0))
      return nil
    }
    guard isReady else { return .corrupt }
    // Out of the property while it is lent.
    var output = room
    room = []
    defer { if output.count <= Self.kept { room = output } }
    if output.isEmpty { output = [UInt8](repeating: 0, count: Self.kept) }
    var used = 0
    inflateReset(stream)
    if let failure = take(payload, limit, &output, &used) { return failure }
    let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
    if let failure = tail.withUnsafeBytes({ take($0, limit, &output, &used) }) { return failure }
    // Behind an empty stored block, on a whole byte: nothing was left half said.
    guard stream.pointee.data_type & 0x80 != 0, stream.pointee.data_type & 0x3F == 0 else {
      return .corrupt
    }
    output.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<used])) }
    return nil
  }

  private func take(
    _ input: UnsafeRawBufferPointer, _ limit: Int, _ output: inout [UInt8], _ used: inout Int
  ) -> Failure? {
    // zlib does not write to its input; its C has no const here.
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(input.count)
    while true {
      if used == output.count, used <= limit {
        let more = min(used, max(1, limit + 1 - used))
        output.append(contentsOf: repeatElement(0, count: more))
      }
      let room = min(output.count, limit + 1) - used
      let code = output.withUnsafeMutableBytes { all -> Int32 in
        stream.pointee.next_out = all.baseAddress?.advanced(by: used)
          .assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room)
        return CZlib.inflate(stream, Z_SYNC_FLUSH)
      }
      used += room - Int(stream.pointee.avail_out)
      guard used <= limit else { return .tooLarge }
      switch code {
      case Z_STREAM_END:
        // A last block is not the message's end (RFC 7692 §7.2.3.4).
        guard stream.pointee.avail_in > 0 else { return nil }
        inflateReset(stream)
      case Z_OK, Z_BUF_ERROR:
        // With room left, all of the input is taken.
        if stream.pointee.avail_out > 0 { return nil }
      default: return .corrupt
      }
    }
  }
}

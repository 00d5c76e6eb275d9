import CZlib

/// Deflates messages one by one (RFC 7692 §7.2.1), each with an empty window, so that one deflater
/// serves all connections of a loop.
package final class MessageDeflater {
  /// By the bits of its window, made when a connection first wants it.
  private var streams: [Int: Stream] = [:]
  private var output: [UInt8] = []

  /// Smaller messages are sent as they are: they leave in one packet anyway, and most answers of a
  /// CSMS, which are smaller still, would pay some microseconds each for a few bytes.
  static let leastSize = 256
  /// Room that is kept.
  private static let kept = 65_536

  private final class Stream {
    /// At an address of its own: zlib's state points back to it.
    let zlib = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    let isReady: Bool

    init(bits: Int) {
      // The fastest level, on the loop's own thread; the hash table is small because it is cleared
      // for every message.
      zlib.initialize(to: z_stream())
      isReady = swell_deflate_init(zlib, Z_BEST_SPEED, Int32(-bits), 6) == Z_OK
    }

    deinit {
      if isReady { deflateEnd(zlib) }
      zlib.deallocate()
    }
  }

  package init() {}

  /// Deflates a message and lends what comes out to `body`, if that is shorter.
  /// - Parameter windowBits: 8 to 15; zlib has no raw window of 8 bits, so that such a peer is sent
  ///   what is not compressed.
  /// - Returns: whether `body` was called.
  package func deflate(
    _ payload: UnsafeRawBufferPointer, windowBits: Int, _ body: (UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    guard payload.count >= Self.leastSize, (9...15).contains(windowBits) else { return false }
    let made = streams[windowBits] ?? Stream(bits: windowBits)
    streams[windowBits] = made
    let zlib = made.zlib
    guard made.isReady, deflateReset(zlib) == Z_OK else { return false }
    var output = self.output
    self.output = []
    defer { if output.count <= Self.kept { self.output = output } }
    // What does not fit is no shorter, once the four bytes of the flush are gone.
    let room = payload.count + 3
    if output.count < room {
      output = [UInt8](repeating: 0, count: max(room, min(2 * room, Self.kept)))
    }
    // zlib does not write to its input; its C has no const here.
    zlib.pointee.next_in = UnsafeMutablePointer(
      mutating: payload.baseAddress?.assumingMemoryBound(to: UInt8.self))
    zlib.pointee.avail_in = UInt32(payload.count)
    let isWhole = output.withUnsafeMutableBytes { all -> Bool in
      zlib.pointee.next_out = all.baseAddress?.assumingMemoryBound(to: UInt8.self)
      zlib.pointee.avail_out = UInt32(room)
      return CZlib.deflate(zlib, Z_SYNC_FLUSH) == Z_OK && zlib.pointee.avail_out > 0
    }
    guard isWhole else { return false }
    let used = room - Int(zlib.pointee.avail_out)
    output.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[..<(used - 4)])) }
    return true
  }
}

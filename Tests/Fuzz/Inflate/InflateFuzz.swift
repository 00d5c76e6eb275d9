import WebSocket

/// libFuzzer's entrance: the first byte picks the limit and a window, the rest is a compressed
/// message that a peer sent.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzInflate(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: start, count: count)
  guard let first = input.first else { return 0 }
  let limit = [0, 100, 5000, 1 << 20][Int(first & 3)]
  let bits = Int(first >> 2 & 7) + 8
  let bytes = Array(input.dropFirst())
  // One loop, one thread: libFuzzer calls from one alone.
  InflateFuzz.kept.with { inflater, deflater in
    let result = InflateFuzz.inflate(bytes, limit, inflater)
    let fresh = InflateFuzz.inflate(bytes, limit, MessageInflater())
    InflateFuzz.check(result == fresh, "a used inflater reads otherwise")
    if case .success(let message) = result {
      InflateFuzz.check(message.count <= limit, "\(message.count) bytes, beyond the limit")
      InflateFuzz.roundTrip(message, bits, inflater, deflater)
      // One byte less is too little room for it.
      if !message.isEmpty {
        InflateFuzz.check(
          InflateFuzz.inflate(bytes, message.count - 1, inflater) == .failure(.tooLarge),
          "a limit that does not hold")
      }
    }
    InflateFuzz.roundTrip(bytes, bits, inflater, deflater)
  }
  return 0
}

private enum InflateFuzz {
  /// An inflater and a deflater that live as long as the process.
  // Safe: libFuzzer runs every input on its one thread.
  final class Kept: @unchecked Sendable {
    private let inflater = MessageInflater()
    private let deflater = MessageDeflater()
    func with(_ body: (MessageInflater, MessageDeflater) -> Void) { body(inflater, deflater) }
  }
  static let kept = Kept()

  /// Stops the fuzzer with its input.
  static func check(_ isSo: Bool, _ what: @autoclosure () -> String) {
    if !isSo { preconditionFailure(what()) }
  }

  static func inflate(
    _ bytes: [UInt8], _ limit: Int, _ inflater: MessageInflater
  ) -> Result<[UInt8], MessageInflater.Failure> {
    var message: [UInt8] = []
    let failure = bytes.withUnsafeBytes { raw in
      inflater.inflate(raw, limit: limit) { message = Array($0) }
    }
    return failure.map { .failure($0) } ?? .success(message)
  }

  /// What is deflated is shorter, and inflates to itself.
  static func roundTrip(
    _ message: [UInt8], _ bits: Int, _ inflater: MessageInflater, _ deflater: MessageDeflater
  ) {
    var small: [UInt8] = []
    let isCompressed = message.withUnsafeBytes { raw in
      deflater.deflate(raw, windowBits: bits) { small = Array($0) }
    }
    guard isCompressed else { return }
    check(small.count < message.count, "deflated, it is longer")
    check(inflate(small, message.count, inflater) == .success(message), "it comes back otherwise")
  }
}

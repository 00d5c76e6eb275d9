@testable import WebSocket

/// An event with its payload copied, so that it outlives the call.
enum Seen: Equatable, CustomStringConvertible {
  case text(String)
  case binary([UInt8])
  case ping([UInt8])
  case pong([UInt8])
  case close(UInt16?, String)
  case failure(UInt16)

  init(_ event: FrameEvent) {
    switch event {
    case .text(let bytes): self = .text(String(decoding: bytes, as: UTF8.self))
    case .binary(let bytes): self = .binary(Array(bytes))
    case .ping(let bytes): self = .ping(Array(bytes))
    case .pong(let bytes): self = .pong(Array(bytes))
    case .close(let code, let reason): self = .close(code?.rawValue, reason)
    case .failure(let code, _): self = .failure(code.rawValue)
    }
  }

  var description: String {
    switch self {
    case .text(let text): "text(\(text.count): \(text.prefix(20)))"
    case .binary(let bytes): "binary(\(bytes.count))"
    case .ping(let bytes): "ping(\(bytes.count))"
    case .pong(let bytes): "pong(\(bytes.count))"
    case .close(let code, let reason): "close(\(code.map(String.init) ?? "-"), \(reason))"
    case .failure(let code): "failure(\(code))"
    }
  }
}

/// Feeds pieces to a decoder and collects what it says.
func decode(
  _ pieces: [[UInt8]], role: EndpointRole = .server, limit: Int = 1 << 20,
  inflater: MessageInflater? = nil
) -> (seen: [Seen], isIdle: Bool) {
  var decoder = FrameDecoder(role: role, messageLimit: limit)
  var seen: [Seen] = []
  for piece in pieces {
    var piece = piece
    piece.withUnsafeMutableBytes { decoder.decode($0, with: inflater) { seen.append(Seen($0)) } }
  }
  return (seen, decoder.isIdle)
}

/// A masked frame with any first byte.
func frame(_ first: UInt8, _ payload: [UInt8], mask: UInt32? = 0x1234_5678) -> [UInt8] {
  var out: [UInt8] = []
  payload.withUnsafeBytes { FrameEncoder.frame(first, $0, mask, &out) }
  return out
}

func frame(_ first: UInt8, _ text: String, mask: UInt32? = 0x1234_5678) -> [UInt8] {
  frame(first, Array(text.utf8), mask: mask)
}

/// SplitMix64: small, and the same everywhere from one seed.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

/// Something that is done to an engine beside good chargers.
enum Attack: CaseIterable {
  case everyByte
  case slowHead
  case slowFrame
  case silent
  case halfHellos
  case halfHandshakes
  case huge
  case deaf

  var name: String {
    switch self {
    case .everyByte: "one that tears every frame at every byte"
    case .slowHead: "one whose head comes a byte a second"
    case .slowFrame: "one whose frame comes a byte a second"
    case .silent: "1000 that connect and say nothing"
    case .halfHellos: "1000 that begin TLS and stop in their first message"
    case .halfHandshakes: "1000 that begin TLS and never answer the server's part"
    case .huge: "one that sends 64 MiB in one message"
    case .deaf: "one that asks and never reads"
    }
  }

  /// How the engine ends it: by a close code, a status, without a word, or not at all.
  var end: String {
    switch self {
    case .everyByte, .slowFrame: "open"
    case .slowHead, .silent: "408"
    case .huge: "1009"
    case .deaf, .halfHellos, .halfHandshakes: "ended"
    }
  }

  var endInWords: String {
    switch self {
    case .everyByte, .slowFrame: "stays connected"
    case .slowHead, .silent: "ended with 408"
    case .huge: "closed with 1009"
    case .halfHellos, .halfHandshakes: "dropped after 10 s"
    case .deaf: "dropped after 15 s"
    }
  }

  /// Megabytes that it may cost: buffers of a thousand openings, a message at its limit, a queue at
  /// its limit, and what the allocator keeps of them. A handshake of TLS takes OpenSSL 50 kB.
  var growth: Double { self == .halfHandshakes ? 64 : 48 }

  /// Connections that it makes.
  var count: Int { self == .silent || isSecure ? 1000 : 1 }
  /// Whether it goes where TLS is spoken.
  var isSecure: Bool { self == .halfHellos || self == .halfHandshakes }

  /// Seconds of a round; a head and a handshake have ten, who reads nothing has fifteen.
  var seconds: Int {
    switch self {
    case .everyByte, .slowFrame, .huge: 4
    case .slowHead, .silent, .halfHellos, .halfHandshakes: 13
    case .deaf: 20
    }
  }
}

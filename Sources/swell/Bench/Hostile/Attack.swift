/// Something that is done to an engine beside good chargers.
enum Attack: CaseIterable {
  case everyByte
  case slowHead
  case slowFrame
  case silent
  case huge
  case deaf

  var name: String {
    switch self {
    case .everyByte: "one that tears every frame at every byte"
    case .slowHead: "one whose head comes a byte a second"
    case .slowFrame: "one whose frame comes a byte a second"
    case .silent: "1000 that connect and say nothing"
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
    case .deaf: "ended"
    }
  }

  var endInWords: String {
    switch self {
    case .everyByte, .slowFrame: "stays connected"
    case .slowHead, .silent: "ended with 408"
    case .huge: "closed with 1009"
    case .deaf: "dropped, its queue full"
    }
  }

  /// Connections that it makes.
  var count: Int { self == .silent ? 1000 : 1 }

  /// Seconds of a round; a head has ten.
  var seconds: Int { self == .slowHead || self == .silent ? 13 : 4 }
}

import OCPP
import Transport

/// Who the chargers of a load client are, and how they connect.
struct LoadPlan: Sendable {
  var chargers: Int
  /// Identities are this and six digits.
  var prefix = "LOAD-"
  /// Charger by charger, in turn.
  var versions: [OCPPVersion] = [.v16]
  /// Whether they authenticate, each with a password of its own.
  var havePasswords = false
  var host = "127.0.0.1"
  var port: UInt16 = 0
  /// Whom they trust; nil: they come without TLS.
  var tls: ClientTLS?
  /// Addresses 127.0.0.2 and up that they connect from; 0: the system's choice. One is good for
  /// 28,000 connections, those that have just ended included.
  var sources = 0
  /// Connections that are begun in a millisecond; nobody connects 10,000 sockets in one.
  var connectsPerMillisecond = 20
  /// Milliseconds after which a connection that was not to be had is tried again, twice as many
  /// with each attempt in a row, up to 16 s and half of it more for some; nil: never.
  var retryAfter: UInt64?
  /// Milliseconds that the opening of a connection may take.
  var openingTime: UInt64 = 60_000

  init(chargers: Int) { self.chargers = chargers }

  func identity(_ number: Int) -> String { prefix + Self.digits(number) }
  func version(_ number: Int) -> OCPPVersion { versions[number % versions.count] }
  func password(_ number: Int) -> String? {
    havePasswords ? "pass-of-" + Self.digits(number) + "-load" : nil
  }
  func source(_ number: Int) -> String? {
    sources > 0 ? "127.0.0.\(2 + number % min(sources, 250))" : nil
  }

  private static func digits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  /// A fleet file with all of them.
  var csv: String {
    var csv = "identity,site,vendor,model,firmware,versions,password\n"
    for number in 0..<chargers {
      csv += "\(identity(number)),Site \(number / 10),Load,L\(number % 5),1.0,"
      csv += "\(version(number).label),\(password(number) ?? "")\n"
    }
    return csv
  }
}

/// What chargers say, in turn.
enum LoadMix: Sendable {
  case heartbeats
  /// A connector that changes its state with every message.
  case statuses
  case heartbeatsAndStatuses
  /// A car comes, charges and leaves, again and again.
  case sessions
  /// All of it, as a fleet in use says it.
  case everything

  var messages: [LoadMessage] {
    switch self {
    case .heartbeats: [.heartbeat]
    case .statuses: [.occupied, .free]
    case .heartbeatsAndStatuses: [.heartbeat, .occupied, .heartbeat, .free]
    case .sessions: [.start, .meter, .meter, .stop]
    case .everything:
      [.occupied, .start, .meter, .heartbeat, .meter, .meter, .stop, .free, .heartbeat, .heartbeat]
    }
  }
}

/// How fast they say it.
enum LoadPace: Sendable {
  /// So many messages a second of all together, due at times that no answer changes; a charger
  /// whose last message is not answered yet says the next one late, and that counts.
  case open(perSecond: Double)
  /// Each says the next as soon as the last one is answered.
  case closed
}

import Fleet
import Rollout

/// What a charger does or says, at a moment.
enum Doing: Sendable, Hashable {
  case connect
  case disconnect
  case boot
  /// States of all its connectors.
  case report
  case answer(messageID: String, Answer)
  case firmware(FirmwareStatus, requestID: Int?)
  case served(bytes: Int64, of: Int64)
  case model(requestID: Int, [ReportedVariable], isLast: Bool)
  /// From here on it runs this image; nobody is told.
  case run(String)
  /// A car comes, or goes.
  case car(Bool)
  /// It opens or closes its connectors to drivers.
  case serve(Bool)
  case store(key: String, String)
  /// Goes down for ever.
  case die
  /// Tells the engine of a session's beginning or end that it has not stored yet.
  case tellSession
  /// An order's bytes have left the engine.
  case sent(messageID: String)

  /// A message to the engine, which a charger may send twice, or late.
  var isMessage: Bool {
    switch self {
    case .boot, .report, .answer, .firmware, .model: true
    default: false
    }
  }
}

struct Happening: Sendable, Equatable {
  var at: Instant
  /// Order among those of one moment.
  var number: Int
  var station: Int
  /// Lost when the connection of this number is gone; nil: happens in any case.
  var connection: Int?
  var doing: Doing
}

/// A charger in virtual time.
struct Station: Sendable, Equatable {
  static let old = "2.3.1"
  static let new = "2.4.0"

  var habit: Habit
  var site: Int
  var online = false
  /// Counts its connections.
  var connection = 0
  var speaks = ProtocolVersion.ocpp16
  var firmware = Station.old
  var isDead = false
  var hasCar = false
  var isOpen = true
  /// The session in the words of the engine; 0 while there is none.
  var session = 0
  /// The engine has stored its beginning, or its end.
  var isSessionKnown = true
  var configuration = ["HeartbeatInterval": "300", "Odd": "1"]
  var variables = ["HeartbeatInterval": "60", "X": "1"]
  var job = FirmwareStatus.idle
  var tries: [String: Int] = [:]
  var loops = 0
  /// Message ids of orders it has taken.
  var taken: [String] = []

  init(habit: Habit, site: Int) {
    self.habit = habit
    self.site = site
    if habit == .neverFree { hasCar = true }
  }

  var states: [ConnectorState] {
    let free: ConnectorState = isOpen ? .available : .unavailable
    return [hasCar ? .charging : free, free]
  }

  var boot: Boot { Boot(vendor: "Volta", model: "AC22", firmware: firmware) }

  /// What it offers in a handshake.
  var offers: VersionSet {
    firmware == Self.new && habit != .fallsBack ? [.ocpp16, .ocpp201] : .ocpp16
  }

  var isLiar: Bool { habit == .liar && speaks == .ocpp201 }

  /// Reboots once more, a while after a boot.
  mutating func rebootsAgain() -> Bool {
    let isLoop =
      switch habit {
      case .bootLoop: firmware == Self.new
      case .bootLoopInNew: speaks == .ocpp201
      default: false
      }
    if isLoop { loops += 1 }
    return isLoop && loops < 40
  }

  mutating func isFirst(_ what: String) -> Bool {
    tries[what, default: 0] += 1
    return tries[what] == 1
  }
}

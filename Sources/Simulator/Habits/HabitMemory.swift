import OCPP

/// What a station's habits remember.
struct HabitMemory: Sendable {
  // What survives a reboot.

  /// When it was first switched on: the start of a clock that is never set.
  var bornAt: Int64?
  /// Firmware statuses that are held back to be sent out of order.
  var heldNotices: [FirmwareNotice] = []
  /// Downloads that arrived, good or not.
  var downloads = 0
  /// A version that it fetched by itself, for the next boot.
  var ownImage: String?
  /// Answers given so far, until it goes deaf.
  var answers = 0
  var wasDeaf = false
  var wasDead = false
  var hasLeft = false
  /// The commands that a car has already crossed.
  var crossed: Set<String> = []
  var hasChargedOffline = false
  /// What is to be written with the next boot: keys of 1.6 and variables of 2.x.
  var laterKeys: [(key: String, value: String)] = []
  var laterVariables: [JSON] = []

  // What belongs to a connection, or to the time between two.

  var isProbing = false
  var hasProbed = false
  /// The boot that was answered last, to be repeated.
  var lastBoot: OutgoingCall?
  /// When the first boot of this connection was answered.
  var bootAnsweredAt: Int64?
  /// Calls that are answered later, oldest first, and when.
  var delayed: [(bytes: [UInt8], due: Int64)] = []
  /// Statuses that are sent late, by connector: what was to be told, and when.
  var lateStatuses: [Int: (status: String, at: Int64)] = [:]
}

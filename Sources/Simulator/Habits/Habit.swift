/// A way in which a charger differs from one that does everything right. Habits mix.
///
/// A new habit is a case here, and a line in the hook it belongs to: what is said
/// (`SpeakingHabits`), what is answered (`AnsweringHabits`), how connections are opened and lost
/// (`ConnectionHabits`), what an image changes (`ImageHabits`), when cars come (`SessionHabits`).
package enum Habit: String, CaseIterable, Sendable {
  // MARK: Pace and company

  /// Downloads at an eighth of the rate and takes thrice as long to install and to boot.
  case slow
  /// Charges a car when it is switched on, and soon after each that leaves.
  case busy

  // MARK: Firmware and what is said of it

  /// Has no room for any firmware: every download fails.
  case tooSmall = "too-small"
  /// Never sends a firmware status, asked or not (matth-x/MicroOcpp#261).
  case silent
  /// Sends every firmware status twice (SAP/e-mobility-charging-stations-simulator#459).
  case doubleStatus = "double-status"
  /// Sends firmware statuses out of order: Installed before Installing, and a late Downloading
  /// behind both (EVerest/libocpp#277).
  case shuffledStatus = "shuffled-status"
  /// Leaves the request id out of the firmware statuses that should carry one
  /// (matth-x/MicroOcpp#261).
  case noRequestID = "no-request-id"
  /// Says Installed, reboots, and runs the old image (OCPP 2.0.1 L01.FR.32 option b proves nothing).
  case liarInstalled = "liar-installed"
  /// Never sends Installed (sap-labs-france/ev-server#2305).
  case noInstalled = "no-installed"
  /// The first download fails, those that follow are good.
  case downloadRetry = "download-retry"
  /// The download stalls for ever, a byte at a time, and nothing more is said of it.
  case stallingDownload = "stalling-download"
  /// Refuses every image when it is installed and stays on the old one. Half of them leave their
  /// connectors Unavailable (EVerest/libocpp#1058).
  case failingInstall = "failing-install"
  /// The new image reboots soon after each boot, for ever.
  case bootLoop = "boot-loop"
  /// Installs the image, reboots and is never seen again.
  case bricked
  /// Updates itself, some time after it was first accepted, to a version that nobody planned
  /// (evcc-io/evcc#24183).
  case selfUpdating = "self-updating"

  // MARK: Versions and connections

  /// Boots with reason PowerUp after updates and resets (2.x).
  case powerUp = "power-up"
  /// Negotiates 2.x and then speaks 1.6 on that connection.
  case liar201 = "liar-2.0.1"
  /// Once its firmware offers 2.x, each connection is preceded by a short one that offers 1.6 only,
  /// sends a boot or nothing, and goes (lbbrhzn/ocpp#2012).
  case prober
  /// The new image no longer offers 1.6 (dallmann-consulting/OCPP.Core#91).
  case eager201 = "eager-2.0.1"
  /// Offers 2.0.1 alone from the start, whatever its papers say.
  case unreleasedOnly = "unreleased-only"
  /// Offers empty sub-protocols beside its own (dallmann-consulting/OCPP.Core#91).
  case emptyOffer = "empty-offer"
  /// Leaves soon after it was first accepted, and comes back days later.
  case away
  /// Leaves soon after it was first accepted, and never comes back.
  case gone
  /// Reboots without closing its connection. When the first Reset arrives it goes dead instead,
  /// and opens a new connection later (lorenzodonini/ocpp-go#314).
  case halfOpen = "half-open"
  /// Reconnects at once, again and again, when its connection is lost (evcc-io/evcc#9071).
  case impatient
  /// Boots by itself only once in its life; later only when triggered (evcc-io/evcc#28540).
  case bootless
  /// Repeats its BootNotification, the id included, though accepted
  /// (dallmann-consulting/OCPP.Core#31).
  case repeatsBoot = "repeats-boot"
  /// Any call before its boot is answered, or for a moment after, makes it drop the connection and
  /// boot again (lbbrhzn/ocpp#1503).
  case touchyBoot = "touchy-boot"
  /// Message ids start again at the same number after every reboot (citrineos/citrineos#212).
  case reusedIDs = "reused-ids"

  // MARK: Answers

  /// Takes a minute for every answer (evcc-io/evcc#26837).
  case slowAnswers = "slow-answers"
  /// Stops answering after its second answer, while all else goes on, until it has reconnected
  /// (mobilityhouse/ocpp#626).
  case deaf
  /// Its CALLERRORs have four elements (lbbrhzn/ocpp#899).
  case shortErrors = "short-errors"
  /// Never answers GetConfiguration (lbbrhzn/ocpp#1489).
  case noConfiguration = "no-configuration"
  /// Answers GetConfiguration without a list of keys (lbbrhzn/ocpp#1300).
  case emptyConfiguration = "empty-configuration"
  /// Answers RebootRequired where numbers are written, which take effect with the next boot, and
  /// Rejected elsewhere (lbbrhzn/ocpp#1015).
  case rebootRequired = "reboot-required"
  /// Refuses every TriggerMessage (lbbrhzn/ocpp#1573).
  case noTrigger = "no-trigger"
  /// A new image starts with the factory's configuration; what an operator had set is lost.
  case forgetful

  // MARK: Records

  /// Has a session while it is offline with a new image, and sends it afterwards
  /// (lbbrhzn/ocpp#361).
  case offlineQueue = "offline-queue"
  /// A car starts when the first update order arrives, and when the first Reset arrives; the charger
  /// waits for it (OCPP 1.6 §5.19).
  case lateSession = "late-session"
  /// As `offline-queue`, and sends the end of a session twice that it ended offline or for a reboot
  /// (EVerest/libocpp#907).
  case doubleStop = "double-stop"
  /// The status that a car charges is sent after the session's end, with its earlier time
  /// (steve-community/steve#79). Such a session runs soon after the first boot.
  case lateStatus = "late-status"
  /// Reports the whole station as EVSE 0, connector 0 at each boot in 2.x (lbbrhzn/ocpp#2008).
  case wholeStationStatus = "whole-station-status"
  /// Timestamps have no zone (evcc-io/evcc#10399).
  case noZone = "no-zone"
  /// The clock was never set: timestamps are from 1970 (matth-x/MicroOcpp#354).
  case from1970 = "1970"

  /// The word for a charger without any habit.
  package static let good = "good"

  /// Reads names separated by `+`; `good` and the empty text are none.
  package static func set(_ text: String) throws(SimulatorError) -> Set<Habit> {
    var habits: Set<Habit> = []
    for part in text.split(whereSeparator: { $0 == "+" || $0 == " " }) where part != good {
      guard let habit = Habit(rawValue: String(part)) else {
        let names = ([good] + allCases.map(\.rawValue)).joined(separator: ", ")
        throw .malformed(column: "habit", value: String(part), wanted: names)
      }
      habits.insert(habit)
    }
    return habits
  }
}

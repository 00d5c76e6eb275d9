/// A way in which a charger differs from one that does everything right. Habits mix.
///
/// A new habit is a case here, and a question `profile.has(.it)` where the behaviour forks.
package enum Habit: String, CaseIterable, Sendable {
  /// Downloads at an eighth of the rate and takes thrice as long to install and to boot.
  case slow
  /// Charges a car when it is switched on, and soon after each that leaves.
  case busy
  /// Has no room for any firmware: every download fails.
  case tooSmall = "too-small"
  /// Refuses every image when it is installed and stays on the old one. Half of them leave their
  /// connectors Unavailable (EVerest/libocpp#1058).
  case failingInstall = "failing-install"
  /// Installs the image, reboots and is never seen again.
  case bricked

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

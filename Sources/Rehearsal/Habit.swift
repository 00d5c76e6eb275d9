/// How a charger takes what is asked of it.
package enum Habit: String, Sendable, CaseIterable {
  case good
  /// A minute for each answer.
  case slow
  /// Sends no status of its update.
  case silent
  case unsignedOnly
  case noConfiguration
  /// Updates and never answers the order.
  case neverAnswersUpdate
  /// The first order of an update is lost on the way.
  case losesUpdate
  case downloadFailsOnce
  case downloadFails
  case installFailsOnce
  case installFails
  case badSignature
  /// Goes down to install, and is never seen again.
  case bricked
  /// Says Installed and boots the old image.
  case wrongFirmware
  case rejectsResetOnce
  case rejectsReset
  case unknownReset
  /// Never comes up in the new version.
  case fallsBack
  /// Tries the old version for a second before each connection.
  case probesOldFirst
  case ignoresTriggers
  case refusesTriggers
  case noReport
  case neverBoots
  /// Its device model tells another firmware version than its boot.
  case lies
  /// Speaks the new version although nobody released it.
  case comesUpNew
  case neverFree
  case refusesAvailability
  /// Fetches a quarter of the image.
  case stalls
  case refusesUpdate
  case unknownUpdate
  case bootLoop
  case bootLoopInNew
  /// Negotiates the new version and knows nothing of it.
  case liar
  case repeatsBoot
  /// Each message comes twice.
  case doubles
  /// Messages come in any order, late ones among them.
  case shuffles
  /// Says that it downloads, installs and is done before it does.
  case boasts
}

import Fleet

/// Chargers whose connection or sessions have changed since somebody looked. Core's thread only.
final class PresenceNotes {
  private var chargers: [LiveCharger] = []
  /// While nobody looks, nothing is kept.
  var isOn = false

  /// Each charger is noted once until it is taken.
  func note(_ charger: LiveCharger) {
    guard isOn, !charger.isNoted else { return }
    charger.isNoted = true
    chargers.append(charger)
  }

  func take() -> [ChargerID] {
    defer { chargers.removeAll() }
    for charger in chargers { charger.isNoted = false }
    return chargers.map(\.charger.id)
  }
}

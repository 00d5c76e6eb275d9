extension Checker {
  /// What of the record bears on how later facts are judged: two records with the same essence need
  /// not both be followed.
  package struct Essence: Sendable, Hashable {
    var upgrades: [UpgradeState]
    var chargers: [ChargerState]
    var attempts: [Open]

    struct Open: Sendable, Hashable {
      var upgrade: Int64
      var step: String
      var state: String
      var hasLeft: Bool
      var isOfThisLife: Bool
    }
  }

  package var essence: Essence {
    let ordered = upgrades.sorted { $0.key < $1.key }.map(\.value)
    let last = Set(ordered.flatMap(\.last.values))
    return Essence(
      upgrades: ordered.map { upgrade in
        var upgrade = upgrade
        upgrade.revision = 0
        upgrade.numbers = [:]
        upgrade.last = [:]
        return upgrade
      },
      chargers: chargers.sorted { $0.key < $1.key }.map { charger in
        var state = charger.value
        state.sessions = Set(state.sessions.isEmpty ? [] : ["some"])
        return state
      },
      attempts: attempts.filter { last.contains($0.key) }.map { _, attempt in
        Essence.Open(
          upgrade: attempt.upgrade, step: attempt.step, state: attempt.state,
          hasLeft: attempt.hasLeft, isOfThisLife: attempt.life == life)
      }.sorted { ($0.upgrade, $0.step) < ($1.upgrade, $1.step) })
  }
}

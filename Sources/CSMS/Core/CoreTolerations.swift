import Fleet

/// Messages against a rule that were let pass: counted in memory, written with the charger's other
/// states.
extension Core {
  func count(_ kinds: [Toleration.Kind: Int], of id: ChargerID, at now: Instant) throws {
    let charger = try liveCharger(id)
    var book = try charger.tolerations ?? TolerationBook(store.tolerations(of: id))
    for (kind, count) in kinds {
      book.note(kind, times: count, at: now)
    }
    charger.tolerations = book
    mustFlush = true
  }

  func writeTolerations(of charger: LiveCharger, _ id: ChargerID) throws {
    guard charger.tolerations?.isChanged == true, let changed = charger.tolerations?.takeChanged()
    else { return }
    try store.save(changed, of: id)
  }
}

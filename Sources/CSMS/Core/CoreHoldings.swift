import Fleet

/// What chargers hold: kept as they said last.
extension Core {
  /// What a charger tells, and how its connectors are where it tells that too.
  func take(_ notice: Notice, of charger: LiveCharger, _ message: Message) throws -> ReplyFacts {
    let isStatus = !notice.connectors.isEmpty
    // A status is what a restart takes up from the ledger.
    try record(message, isStatus ? .status : .note)
    if !notice.changes.isEmpty {
      try store.change(notice.changes, of: message.charger, at: message.at)
    }
    if isStatus {
      let faults = newFaults(notice.connectors, of: charger)
      apply(
        message.event, to: charger, version: message.version, at: message.at, message.flaws)
      try countFaults(faults, of: charger, at: message.at)
      feed(message.charger, .status)
    }
    return notice.wantsStatus ? .accepted : .empty
  }
}

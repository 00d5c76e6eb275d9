import Control
import Fleet

/// Importing a fleet while it is being served.
extension Core {
  /// Rows a transaction: chargers wait for half a second at most.
  private static let rowsAtOnce = 5000

  /// Carries a command out, from any thread but the core's; an import in pieces, so that chargers
  /// are answered in between.
  package nonisolated func perform(_ command: Command, by caller: Caller) throws -> Outcome {
    guard case .importChargers(let csv, let source, let dryRun) = command else {
      // A slow hash is made here, where nobody waits for it.
      let hashed = try PasswordRule.hash(command)
      return try wait {
        try $0.perform(command, by: caller, hashed: hashed, now: SystemClock.now)
      }
    }
    let parsed = ChargerImport.parse(csv: csv, source: source)
    var counts = ImportCounts()
    var refused = parsed.refused
    let rows = parsed.rows.filter { row in
      guard let flaw = Self.zoneFlaw(row.zone) else { return true }
      refused.append(RefusedRow(line: row.line, column: "zone", reason: flaw))
      return false
    }
    var rest = rows[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Self.rowsAtOnce)
      rest = rest.dropFirst(piece.count)
      let part = try wait { try $0.take(piece, from: source, dryRun: dryRun) }
      counts.added += part.counts.added
      counts.changed += part.counts.changed
      counts.unchanged += part.counts.unchanged
      refused += part.refused
    }
    var outcome = Self.outcome(counts, refused.sorted { $0.line < $1.line }, "chargers", dryRun)
    outcome.unread = UnreadColumns.sentences(
      parsed.ignoredColumns, known: ChargerImport.Column.allCases.map(\.rawValue))
    let told = outcome
    try wait { try $0.endImport(command, by: caller, told) }
    return told
  }

  private func take(
    _ rows: ArraySlice<ImportedCharger>, from source: String, dryRun: Bool
  ) throws -> (counts: ImportCounts, refused: [RefusedRow]) {
    // What the chargers said goes first: the import must find it in the tables.
    if !dryRun { try store.transaction { try flush() } }
    let part = try store.importChargers(rows, source: source, at: SystemClock.now, dryRun: dryRun)
    guard !dryRun else { return part }
    hasNews = true
    send(now: SystemClock.now)
    guard !live.isEmpty else { return part }
    let names = Set(rows.map { Identity.key(for: $0.identity) })
    for (id, charger) in live where names.contains(Identity.key(for: charger.charger.identity)) {
      guard let fresh = try store.charger(id) else { continue }
      // What the file claims is new; what campaigns released and who is connected stays.
      let released = charger.charger.released
      charger.charger = fresh
      charger.charger.released = released
      charger.charger.online = charger.connection != nil
    }
    return part
  }

  private func endImport(_ command: Command, by caller: Caller, _ outcome: Outcome) throws {
    if !fleet.campaigns.isEmpty { members = try store.siteMembers() }
    sites = Dictionary(uniqueKeysWithValues: try store.sites().map { ($0.id, $0) })
    calendar.forgetSites()
    let now = SystemClock.now
    try store.transaction { try audit(command, caller, outcome.message, now: now) }
    send(now: now)
    try store.checkpoint()
  }
}

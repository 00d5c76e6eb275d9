import CSMS
import Control
import Fleet
import FleetStore
import Trust

/// The inventory as the engine asks for it: FleetStore with Trust's hashes, joined here because
/// neither knows the other.
extension Store: EngineStore {
  package func importChargers(
    _ rows: ArraySlice<ImportedCharger>, source: String, at: Instant, dryRun: Bool
  ) throws -> (counts: ImportCounts, refused: [RefusedRow]) {
    // Imported passwords come from machines; a memory-hard hash for each would take an hour for a
    // large fleet, and reconnecting 10,000 chargers as long again.
    let passwords = PasswordHashing(
      hash: { KeyedHash.make($0).text },
      matches: { password, stored in
        (try? StoredSecret(text: stored))?.verify(password) ?? false
      })
    let report = try importChunk(
      rows, source: source, at: at, dryRun: dryRun, passwords: passwords)
    return (report.counts, report.refused)
  }

  package func importTokens(
    csv: String, source: String, at: Instant, dryRun: Bool
  ) throws -> (counts: ImportCounts, refused: [RefusedRow]) {
    let parsed = TokenImport.parse(csv: csv, source: source)
    return (try importTokens(parsed.tokens, dryRun: dryRun), parsed.refused)
  }

  package func importSites(
    _ rows: [ImportedSite], dryRun: Bool
  ) throws -> (counts: ImportCounts, refused: [RefusedRow]) {
    let report: ImportReport = try importSites(rows, dryRun: dryRun)
    return (report.counts, report.refused)
  }

  package func recomputeReadiness() throws {
    let _: Int = try recomputeReadiness()
  }

  package func secret(named name: String) throws -> [UInt8] {
    try secret(named: name) { Random.bytes(32) }
  }

  package func checkpoint() throws { try checkpointIfIdle() }
}

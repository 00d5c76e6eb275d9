import Control
import Fleet
import Rollout

/// What the engine asks of its store besides the stores of Fleet and Rollout.
package protocol EngineStore: Inventory, CampaignStore, TolerationStore, HealthStore {
  /// Takes some rows of a file over, in one transaction.
  func importChargers(
    _ rows: ArraySlice<ImportedCharger>, source: String, at: Instant, dryRun: Bool
  ) throws -> (counts: ImportCounts, refused: [RefusedRow])
  func importTokens(
    csv: String, source: String, at: Instant, dryRun: Bool
  ) throws -> (counts: ImportCounts, refused: [RefusedRow])
  /// Takes what rows say of sites; the same rows again change nothing.
  func importSites(
    _ rows: [ImportedSite], dryRun: Bool
  ) throws -> (counts: ImportCounts, refused: [RefusedRow])
  /// Writes a site that is known.
  func save(_ site: Site) throws
  /// Adds a notice; `id` of the argument is ignored.
  func add(_ notice: Announcement) throws
  /// The notice to hand out next, due or not.
  func nextNotice(at now: Instant) throws -> Announcement?
  /// Keeps how a try ended.
  func save(_ notice: Announcement) throws
  /// Adds or replaces the entry with the same model, hardware and version.
  func addFirmware(_ firmware: Firmware) throws -> Firmware
  /// Replaces the entry with the same number.
  func change(_ firmware: Firmware) throws
  func campaigns(using firmware: FirmwareID) throws -> [CampaignUse]
  /// Only where no campaign uses it.
  func removeFirmware(_ firmware: FirmwareID) throws
  /// Authorities whose signatures of images are believed.
  func trustAnchors() throws -> [TrustAnchor]
  func save(_ anchor: TrustAnchor) throws
  func removeAnchor(_ fingerprint: String) throws
  /// Judges every charger again, after the catalogue changed.
  func recomputeReadiness() throws
  /// Chargers that a filter selects, with their verdicts on the move to a version.
  func chargers(
    matching filter: FleetFilter, for target: ProtocolVersion, at now: Instant
  ) throws -> [(charger: Charger, readiness: Readiness)]
  /// Filters that people keep, in the order of names.
  func selections() throws -> [SavedSelection]
  /// Keeps a filter, in place of the one that had its name.
  func save(_ selection: SavedSelection) throws
  func removeSelection(_ name: String) throws
  /// What the catalogue says of a charger as it is now.
  func readiness(of charger: Charger) throws -> Readiness
  /// Every charger that counts for its site's budget.
  func siteMembers() throws -> [SiteID: [ChargerID]]
  /// A secret of this inventory, made when first asked for.
  func secret(named name: String) throws -> [UInt8]
  /// Whom which role was given to, in the order of names.
  func roles() throws -> [RoleGrant]
  /// Gives a role, in place of the one that its subject had.
  func setRole(_ grant: RoleGrant) throws
  /// Takes the role of a subject away; false when it had none.
  @discardableResult
  func removeRole(_ subject: RoleGrant.Subject) throws -> Bool
  /// Whether whoever planned a campaign may not approve it.
  func rolePolicy() throws -> RolePolicy
  func setRolePolicy(_ policy: RolePolicy) throws
  /// Keeps how the fleet stands for the history, when that changed since the last time and some
  /// seconds have passed; cheap enough for every commit.
  func sampleHistory(at now: Instant) throws
  /// Moves the write-ahead log into the database when it has grown, in the midst of traffic.
  func checkpointIfLong() throws
  /// Moves the write-ahead log into the database when that delays nobody.
  func checkpoint() throws
}

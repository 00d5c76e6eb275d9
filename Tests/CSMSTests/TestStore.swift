import CSMS
import Control
import Fleet
import FleetStore
import Rollout
import Threads
import Trust

/// A storage fault that a test switches on and off, from any thread.
final class Fault: Sendable {
  struct DiskFull: Error {}
  enum Kind: Sendable {
    /// Reading works, as on a full disk.
    case commits
    /// Nothing works.
    case all
  }
  private let kind = Monitor<Kind?>(nil)
  func set(_ kind: Kind?) { self.kind.withLock { $0 = kind } }
  func check(_ asked: Kind) throws {
    let kind = self.kind.withLock { $0 }
    if kind == .all || kind == asked { throw DiskFull() }
  }
}

/// FleetStore as the engine asks for it, with a switch that makes every commit fail. The binary
/// has its own conformance, which a test can't import.
final class TestStore: EngineStore {
  private let store: Store
  private let fault: Fault
  private var depth = 0

  init(_ store: Store, fault: Fault) { (self.store, self.fault) = (store, fault) }

  func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    depth += 1
    defer { depth -= 1 }
    let isOutermost = depth == 1
    try fault.check(.all)
    return try store.transaction {
      let result = try body()
      // Where a full disk shows: nothing of the body has come to anything.
      if isOutermost { try fault.check(.commits) }
      return result
    }
  }

  func charger(_ id: ChargerID) throws -> Charger? { try store.charger(id) }
  func charger(identity: String) throws -> Charger? { try store.charger(identity: identity) }
  func add(_ charger: Charger) throws -> Charger { try store.add(charger) }
  func save(_ charger: Charger) throws { try store.save(charger) }
  func connectors(of charger: ChargerID) throws -> [Connector] {
    try store.connectors(of: charger)
  }
  func save(_ connectors: [Connector], of charger: ChargerID, replacing: Bool) throws {
    try store.save(connectors, of: charger, replacing: replacing)
  }
  func sites() throws -> [Site] { try store.sites() }
  func markAllOffline() throws { try store.markAllOffline() }
  func append(_ entry: LedgerEntry) throws -> Int64 { try store.append(entry) }
  func reflected() throws -> Int64 { try store.reflected() }
  func setReflected(_ id: Int64) throws { try store.setReflected(id) }
  func entries(after id: Int64, limit: Int) throws -> [LedgerEntry] {
    try store.entries(after: id, limit: limit)
  }
  func session(_ id: SessionID) throws -> Session? { try store.session(id) }
  func session(of charger: ChargerID, key: String) throws -> Session? {
    try store.session(of: charger, key: key)
  }
  func session(of charger: ChargerID, stoppedAt: Instant) throws -> Session? {
    try store.session(of: charger, stoppedAt: stoppedAt)
  }
  func lastSessionEnd(of charger: ChargerID) throws -> Instant? {
    try store.lastSessionEnd(of: charger)
  }

  func openSessions(of charger: ChargerID) throws -> [Session] {
    try store.openSessions(of: charger)
  }
  func add(_ session: Session) throws -> Session { try store.add(session) }
  func save(_ session: Session) throws { try store.save(session) }
  func change(_ changes: [HoldingChange], of charger: ChargerID, at: Instant) throws {
    try store.change(changes, of: charger, at: at)
  }
  func token(_ id: String) throws -> Token? { try store.token(id) }
  func catalogue() throws -> [Firmware] { try store.catalogue() }
  func append(_ entry: AuditEntry) throws { try store.append(entry) }

  func add(
    _ campaign: Campaign, upgrades: [Upgrade], staying: [StayingBehind]
  ) throws -> Campaign {
    try store.add(campaign, upgrades: upgrades, staying: staying)
  }
  func campaign(_ id: CampaignID) throws -> Campaign? { try store.campaign(id) }
  func campaigns() throws -> [Campaign] {
    try fault.check(.all)
    return try store.campaigns()
  }
  func save(_ campaign: Campaign) throws { try store.save(campaign) }
  func members(of campaign: CampaignID) throws -> [ChargerID] { try store.members(of: campaign) }
  func allUpgrades(of charger: ChargerID) throws -> [Upgrade] {
    try store.allUpgrades(of: charger)
  }
  func upgrades(of campaign: CampaignID) throws -> [Upgrade] {
    try store.upgrades(of: campaign)
  }
  func upgrade(of charger: ChargerID) throws -> Upgrade? { try store.upgrade(of: charger) }
  func save(_ upgrade: Upgrade) throws { try store.save(upgrade) }
  func add(_ attempt: Attempt) throws { try store.add(attempt) }
  func settle(_ attempt: Attempt) throws { try store.settle(attempt) }
  func attempts(of upgrade: UpgradeID) throws -> [Attempt] { try store.attempts(of: upgrade) }

  func importChargers(
    _ rows: ArraySlice<ImportedCharger>, source: String, at: Instant, dryRun: Bool
  ) throws -> (counts: ImportCounts, refused: [RefusedRow]) {
    let passwords = PasswordHashing(
      hash: { KeyedHash.make($0).text },
      matches: { password, stored in
        (try? StoredSecret(text: stored))?.verify(password) ?? false
      })
    let report = try store.importChunk(
      rows, source: source, at: at, dryRun: dryRun, passwords: passwords)
    return (report.counts, report.refused)
  }
  func importTokens(
    csv: String, source: String, at: Instant, dryRun: Bool
  ) throws -> (counts: ImportCounts, refused: [RefusedRow]) {
    let parsed = TokenImport.parse(csv: csv, source: source)
    return (try store.importTokens(parsed.tokens, dryRun: dryRun), parsed.refused)
  }
  func importSites(
    _ rows: [ImportedSite], dryRun: Bool
  ) throws -> (counts: ImportCounts, refused: [RefusedRow]) {
    let report = try store.importSites(rows, dryRun: dryRun)
    return (report.counts, report.refused)
  }
  func save(_ site: Site) throws { try store.save(site) }
  func add(_ notice: Announcement) throws { try store.add(notice) }
  func nextNotice(at now: Instant) throws -> Announcement? { try store.nextNotice(at: now) }
  func save(_ notice: Announcement) throws { try store.save(notice) }
  func tolerations(of charger: ChargerID) throws -> [Toleration] {
    try store.tolerations(of: charger)
  }
  func save(_ tolerations: [Toleration], of charger: ChargerID) throws {
    try store.save(tolerations, of: charger)
  }
  func addFirmware(_ firmware: Firmware) throws -> Firmware { try store.addFirmware(firmware) }
  func recomputeReadiness() throws { let _: Int = try store.recomputeReadiness() }
  func change(_ firmware: Firmware) throws { try store.change(firmware) }
  func campaigns(using firmware: FirmwareID) throws -> [CampaignUse] {
    try store.campaigns(using: firmware)
  }
  func removeFirmware(_ firmware: FirmwareID) throws { try store.removeFirmware(firmware) }
  func trustAnchors() throws -> [TrustAnchor] { try store.trustAnchors() }
  func save(_ anchor: TrustAnchor) throws { try store.save(anchor) }
  func removeAnchor(_ fingerprint: String) throws { try store.removeAnchor(fingerprint) }
  func selections() throws -> [SavedSelection] { try store.selections() }
  func save(_ selection: SavedSelection) throws { try store.save(selection) }
  func removeSelection(_ name: String) throws { try store.removeSelection(name) }
  func chargers(
    matching filter: FleetFilter, for target: ProtocolVersion, at now: Instant
  ) throws -> [(charger: Charger, readiness: Readiness)] {
    try store.chargers(matching: filter, for: target, at: now)
  }
  func readiness(of charger: Charger) throws -> Readiness { try store.readiness(of: charger) }
  func siteMembers() throws -> [SiteID: [ChargerID]] { try store.siteMembers() }
  func secret(named name: String) throws -> [UInt8] {
    try store.secret(named: name) { Random.bytes(32) }
  }
  func roles() throws -> [RoleGrant] { try store.roles() }
  func setRole(_ grant: RoleGrant) throws { try store.setRole(grant) }
  func rolePolicy() throws -> RolePolicy { try store.rolePolicy() }
  func setRolePolicy(_ policy: RolePolicy) throws { try store.setRolePolicy(policy) }
  func heard(of charger: ChargerID, at: Instant) throws { try store.heard(of: charger, at: at) }
  func count(_ trouble: Trouble, _ times: Int, of charger: ChargerID, at: Instant) throws {
    try store.count(trouble, times, of: charger, at: at)
  }
  func health(
    of campaign: CampaignID, stratum: Int, policy: HealthPolicy, at now: Instant
  ) throws -> HealthSample {
    try store.health(of: campaign, stratum: stratum, policy: policy, at: now)
  }
  func removeRole(_ subject: RoleGrant.Subject) throws -> Bool { try store.removeRole(subject) }
  func sampleHistory(at now: Instant) throws { try store.sampleHistory(at: now) }
  func checkpointIfLong() throws { try store.checkpointIfLong() }
  func checkpoint() throws { try store.checkpointIfIdle() }
}

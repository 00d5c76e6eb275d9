import CSMS
import Fleet
import FleetStore
import Proof
import Rollout

/// What the rows say of when and on what an order may go: windows of sites and hops of the
/// catalogue, worked out anew.
///
/// Rows say it of now. The audit tells whether people changed them since an order; where nobody did,
/// the rows are believed and the engine is not. Where a site was changed, the close that the engine
/// wrote into the order's entry is the best there is. Where an image was, its hops are not judged.
struct CampaignGround {
  private let campaigns: [Int64: Campaign]
  private let upgrades: [Int64: InventoryRecords.UpgradeRecord]
  private let sites: [Int64: Site]
  private let catalogue: [Firmware]
  private let zones = SystemZones()
  private var books: [Int64: OpeningsBook] = [:]
  private var graphs: [Kind: VersionGraph] = [:]
  private var sitesChanged = Int64.min
  /// By `model version`, as the audit names images.
  private var imagesChanged: [String: Int64] = [:]

  private struct Kind: Hashable {
    var vendor: String
    var model: String
    var hardware: String
  }

  init(_ records: InventoryRecords) throws {
    campaigns = Dictionary(try records.campaigns().map { ($0.id.rawValue, $0) }) { $1 }
    upgrades = Dictionary(try records.upgrades().map { ($0.id, $0) }) { $1 }
    sites = Dictionary(try records.sites().map { ($0.id.rawValue, $0) }) { $1 }
    catalogue = try records.catalogue()
    for row in try records.audit() where !row.isRefused {
      switch row.action {
      // A table of chargers may bring sites along.
      case "import sites", "set site", "import chargers":
        sitesChanged = max(sitesChanged, row.at)
      case "add firmware", "change firmware":
        imagesChanged[row.subject] = max(imagesChanged[row.subject] ?? .min, row.at)
      default: break
      }
    }
  }

  func campaign(_ id: Int64) -> Campaign? { campaigns[id] }

  /// - Parameter isFourEyes: asked for by more than its playbook.
  func policy(of campaign: Int64, isFourEyes: Bool) -> Entry.Policy? {
    guard let playbook = campaigns[campaign]?.playbook else { return nil }
    return Entry.Policy(
      acceptedHarm: playbook.gate.acceptedHarm, confidence: playbook.gate.confidence,
      siteBudget: playbook.siteBudget, needsTwoPeople: isFourEyes || playbook.gate.fourEyes)
  }

  // MARK: Windows

  /// What holds for nobody.
  private static let shut = [Int64.min..<Int64.min + 1]

  /// The stretch of its place's windows that an order was written in; none: no window binds it.
  /// - Parameter closes: as the engine recorded it; nil in entries from before it did.
  mutating func stretches(
    of step: String, _ upgrade: Int64, at: Int64, closes: String?
  ) -> [Range<Int64>] {
    guard let row = upgrades[upgrade], let campaign = campaigns[row.campaign] else { return [] }
    if Self.isPartOfOutage(step, campaign.playbook) { return [] }
    if at > sitesChanged {
      var book =
        books[row.campaign]
        ?? OpeningsBook(policy: campaign.playbook.windows) { [zones] in zones.zone($0) }
      let openings = book.openings(of: row.site.flatMap { sites[$0] })
      books[row.campaign] = book
      // Without the data of its zone nobody can tell here; the engine may have had it.
      if openings != .never {
        if openings.isAlways { return [] }
        guard let open = openings.opening(at: Instant(milliseconds: at)) else { return Self.shut }
        return [open.start.milliseconds..<open.end.milliseconds]
      }
    }
    switch closes {
    case "shut": return Self.shut
    case let closes?:
      guard let end = Int64(closes) else { return [] }
      return at < end ? [at..<end] : Self.shut
    case nil: return []
    }
  }

  /// A message of the playbook's own in the midst of an outage: its first order had to fit into the
  /// window with all that follows.
  private static func isPartOfOutage(_ step: String, _ playbook: Playbook) -> Bool {
    playbook.steps.contains {
      $0.point != .beforeFirmware && $0.point != .beforeSwitch && step.hasSuffix("step \($0.name)")
    }
  }

  // MARK: Hops

  /// Where the catalogue leads from what a charger runs; nil where it says so only since.
  /// - Parameter ordered: the number of the image that is sent.
  mutating func hops(
    from runs: String, to ordered: String, _ upgrade: Int64, at: Int64
  ) -> Set<Entry.Hop>? {
    guard let row = upgrades[upgrade], let strata = campaigns[row.campaign]?.strata,
      strata.indices.contains(row.stratum)
    else { return nil }
    let stratum = strata[row.stratum].stratum
    let kind = Kind(vendor: stratum.vendor, model: stratum.model, hardware: stratum.hardware)
    let graph =
      graphs[kind]
      ?? VersionGraph(
        catalogue, for: kind.vendor.isEmpty ? nil : kind.vendor, model: kind.model,
        hardware: kind.hardware.isEmpty ? nil : kind.hardware)
    graphs[kind] = graph
    let isChanged = catalogue.contains { image in
      (String(image.id.rawValue) == ordered || image.isReported(as: runs))
        && imagesChanged["\(image.model) \(image.version)"].map { $0 >= at } ?? false
    }
    if isChanged { return nil }
    return Set(graph.onward(from: runs).map { .init(from: runs, to: String($0.id.rawValue)) })
  }
}

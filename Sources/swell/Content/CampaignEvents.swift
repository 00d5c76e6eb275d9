import Fleet
import FleetStore
import OCPP
import Proof
import Rollout

/// What happened, in the order of the ledger; sessions where their messages stand in it, people's
/// decisions at their time.
struct CampaignEvents {
  private(set) var entries: [Entry] = []
  /// The plan that was approved, by campaign.
  private(set) var approvedPlans: [Int64: String] = [:]

  private var ground: CampaignGround
  private var document = JSONDocument()
  private var versions: [Int64: ProtocolVersion] = [:]
  /// What a charger said of the time when each connector changed.
  private var changed: [Int64: [String: Int64]] = [:]
  /// The version that each charger booted last.
  private var runs: [Int64: String] = [:]
  private var charger: [Int64: Int64] = [:]
  private var statuses: [Int64: String] = [:]
  /// Campaigns whose author and approver must be two people.
  private var fourEyes: Set<Int64> = []
  private var isFourEyesPolicy = false

  init(_ records: InventoryRecords, _ ground: CampaignGround) throws {
    self.ground = ground
    for upgrade in try records.upgrades() { charger[upgrade.id] = upgrade.charger }
    var begun: [Int64: [Entry.What]] = [:]
    for session in try records.sessionSpans() {
      let key = String(session.id)
      begun[session.first, default: []].append(
        .session(charger: session.charger, key: key, isOpen: true))
      if let last = session.last {
        begun[last, default: []].append(
          .session(charger: session.charger, key: key, isOpen: false))
      }
    }
    var moments = begun.sorted { $0.key < $1.key }[...]
    var deeds = try records.audit().filter { !$0.isRefused }[...]
    let ids = Dictionary(try records.chargers().map { ($0.identity, $0.id) }) { first, _ in first }
    for row in try records.ledger() {
      while let deed = deeds.first, deed.at <= row.at {
        take(deed, ids)
        deeds.removeFirst()
      }
      while let moment = moments.first, moment.key <= row.id {
        entries += moment.value.map { Entry(at: row.at, $0) }
        moments.removeFirst()
      }
      take(row)
    }
  }

  private mutating func add(_ at: Int64, _ what: Entry.What) { entries.append(Entry(at: at, what)) }

  // MARK: People

  private mutating func take(_ deed: InventoryRecords.AuditRow, _ ids: [String: Int64]) {
    switch deed.action {
    case "four eyes on": isFourEyesPolicy = true
    case "four eyes off": isFourEyesPolicy = false
    default: break
    }
    guard let charger = ids[deed.subject] else { return }
    switch deed.action {
    case "pin": add(deed.at, .mark(charger: charger, "pinned"))
    case "mark end-of-life": add(deed.at, .mark(charger: charger, "end-of-life"))
    case "unpin", "undo end-of-life", "end quarantine":
      add(deed.at, .mark(charger: charger, nil))
    case "roll back": add(deed.at, .rollBackAsked(charger: charger))
    default: break
    }
  }

  // MARK: Chargers

  private mutating func take(_ row: InventoryRecords.LedgerRow) {
    if row.kind == .turn {
      take(row.action, String(decoding: row.body, as: UTF8.self), row.at)
      return
    }
    guard let charger = row.charger, let version = row.version else { return }
    do throws(JSONError) { try document.parse(row.body) } catch { return }
    if row.kind == .booted {
      takeBoot(charger, document.root, row.at)
      return
    }
    // 1.6 and 2.x count connectors in their own ways.
    if let known = versions.updateValue(version, forKey: charger),
      (known == .ocpp16) != (version == .ocpp16)
    {
      add(row.at, .connectorsForgotten(charger: charger))
    }
    guard let what = Self.status(charger, document.root) else { return }
    if case .connector(_, let place, _) = what, let at = document.root["timestamp"]?.time?.ms {
      // A status that was held up on its way says nothing of what is now.
      if let known = changed[charger]?[place], known > at { return }
      changed[charger, default: [:]][place] = at
    }
    add(row.at, what)
  }

  private mutating func takeBoot(_ charger: Int64, _ p: JSONValue, _ at: Int64) {
    guard let said = p["firmwareVersion"] ?? p["chargingStation"]?["firmwareVersion"],
      let firmware = said.string, !firmware.isEmpty
    else { return }
    runs[charger] = firmware
    add(at, .runs(charger: charger, firmware: firmware))
  }

  private static func status(_ charger: Int64, _ p: JSONValue) -> Entry.What? {
    let state = p["status"]?.string ?? p["connectorStatus"]?.string ?? ""
    let taken = [
      "Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Occupied",
    ]
    let evse = p["evseId"]?.int ?? 0
    guard let connector = p["connectorId"]?.int, evse >= 0, connector >= 0 else { return nil }
    if p["evseId"] == nil, connector == 0 { return nil }
    return .connector(
      charger: charger, place: "\(evse)/\(connector)", isTaken: taken.contains(state))
  }

  // MARK: The engine

  private mutating func take(_ word: String, _ body: String, _ at: Int64) {
    func split(_ most: Int) -> [String] {
      body.split(separator: " ", maxSplits: most, omittingEmptySubsequences: false)
        .map(String.init)
    }
    switch word {
    case "turn":
      let p = split(5)
      guard p.count == 6, let upgrade = Int64(p[0]), let revision = Int(p[4]) else { return }
      add(
        at,
        .turn(
          .init(
            upgrade: upgrade, phase: p[1], holdsLease: p[2] == "1", counts: p[3] == "1",
            failure: p[5] == "-" ? nil : p[5], revision: revision)))
    case "place":
      let p = split(4)
      guard p.count >= 3, let upgrade = Int64(p[0]), let down = Int(p[1]), let leased = Int(p[2])
      else { return }
      add(
        at,
        .lease(
          upgrade: upgrade, out: down + leased, budget: p.count > 3 ? Int(p[3]) : nil, atRisk: 0,
          allowance: nil))
    case "intent": takeIntent(split(4), at)
    case "outcome":
      let p = split(2)
      guard p.count == 3 else { return }
      add(at, .outcome(message: p[0], state: p[1], evidence: p[2]))
    case "campaign": takeCampaign(split(3), at)
    case "start": add(at, .engineStarted)
    default: break
    }
  }

  private mutating func takeIntent(_ p: [String], _ at: Int64) {
    guard p.count == 5, let upgrade = Int64(p[0]), let number = Int(p[2]) else { return }
    // Behind the step, since there are windows: when the window closes, and when the order ends.
    let tail = p[4].split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    let isNew = tail.count >= 3
    let step = isNew ? tail.dropLast(2).joined(separator: "\t") : p[4]
    let firmware = p[3] == "-" ? nil : p[3]
    if let firmware, let charger = charger[upgrade], let runs = runs[charger] {
      let hops = ground.hops(from: runs, to: firmware, upgrade, at: at)
      add(at, .hops(charger: charger, hops))
    }
    add(
      at,
      .intent(
        .init(
          upgrade: upgrade, message: p[1], step: step, number: number, isDisruptive: true,
          firmware: firmware, endsBy: isNew ? Int64(tail[tail.count - 1]) : nil,
          stretches: ground.stretches(
            of: step, upgrade, at: at, closes: isNew ? tail[tail.count - 2] : nil))))
  }

  /// The plan is known by its hash: it can't be hashed again, as upgrades have moved to other waves
  /// since.
  private mutating func takeCampaign(_ p: [String], _ at: Int64) {
    guard p.count == 4, let id = Int64(p[0]) else { return }
    let people = p[3].split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    let approver = people.count > 1 && !people[1].isEmpty ? people[1] : nil
    let (status, plan) = (p[1], p[2])
    // Asked for when it was approved, or when it began; what is asked for later binds later ones.
    let before = statuses.updateValue(status, forKey: id)
    if status == "approved" || before == nil || before == "approved" {
      let isAsked = people.count > 2 ? people[2] == "1" : isFourEyesPolicy
      if isAsked { fourEyes.insert(id) }
      if let policy = ground.policy(of: id, isFourEyes: fourEyes.contains(id)) {
        add(at, .policy(campaign: id, policy))
      }
    }
    if status == "approved" { approvedPlans[id] = plan }
    let approved = approvedPlans[id] ?? ground.campaign(id)?.approvedPlan
    add(
      at,
      .campaign(
        id: id, status: status, author: people[0], approver: approver,
        isPlanApproved: approved == nil || approved == plan))
  }
}

import Fleet
import FleetStore
import OCPP
import Proof
import Rollout

/// What an inventory has on record of its campaigns, held against the invariants of a rollout.
struct CampaignProof {
  private(set) var checker = Checker()

  init(path: String) throws {
    let records = try InventoryRecords(path: path)
    for entry in try Self.beginnings(records) { checker.take(entry) }
    for entry in try Self.events(records) { checker.take(entry) }
    try judgeRows(records)
  }

  // MARK: What stands before anything happens

  private static func beginnings(_ records: InventoryRecords) throws -> [Entry] {
    var entries: [Entry] = []
    for charger in try records.chargers() {
      guard let site = charger.site else { continue }
      entries.append(Entry(at: 0, .stands(charger: charger.id, site: site)))
    }
    for campaign in try records.campaigns() {
      let policy = Entry.Policy(
        acceptedHarm: campaign.playbook.gate.acceptedHarm,
        confidence: campaign.playbook.gate.confidence, siteBudget: campaign.playbook.siteBudget)
      entries.append(Entry(at: 0, .policy(campaign: campaign.id.rawValue, policy)))
    }
    for upgrade in try records.upgrades() {
      entries.append(
        Entry(
          at: 0,
          .upgrade(
            .init(
              id: upgrade.id, campaign: upgrade.campaign, charger: upgrade.charger,
              stratum: upgrade.stratum))))
    }
    return entries
  }

  // MARK: What happened

  /// The ledger in its order; sessions where their messages stand in it, people's decisions at their
  /// time.
  private static func events(_ records: InventoryRecords) throws -> [Entry] {
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
    var decisions = try people(records)[...]
    var entries: [Entry] = []
    var document = JSONDocument()
    var versions: [Int64: ProtocolVersion] = [:]
    // What a charger said of the time when each connector changed, since it came.
    var changed: [Int64: [String: Int64]] = [:]
    for row in try records.ledger() {
      while let decision = decisions.first, decision.at <= row.at {
        entries.append(decision)
        decisions.removeFirst()
      }
      while let moment = moments.first, moment.key <= row.id {
        entries += moment.value.map { Entry(at: row.at, $0) }
        moments.removeFirst()
      }
      if row.kind == .connected, let charger = row.charger { changed[charger] = nil }
      let body = String(decoding: row.body, as: UTF8.self)
      if row.kind == .turn {
        if let what = turn(row.action, body) { entries.append(Entry(at: row.at, what)) }
      } else if let charger = row.charger, let version = row.version {
        do throws(JSONError) { try document.parse(row.body) } catch { continue }
        // 1.6 and 2.x count connectors in their own ways.
        if let known = versions.updateValue(version, forKey: charger),
          (known == .ocpp16) != (version == .ocpp16)
        {
          entries.append(Entry(at: row.at, .connectorsForgotten(charger: charger)))
        }
        guard let what = status(charger, document.root) else { continue }
        if case .connector(_, let place, _) = what,
          let at = document.root["timestamp"]?.time?.ms
        {
          // A status that was held up on its way says nothing of what is now.
          if let known = changed[charger]?[place], known > at { continue }
          changed[charger, default: [:]][place] = at
        }
        entries.append(Entry(at: row.at, what))
      }
    }
    return entries
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

  private static func turn(_ word: String, _ body: String) -> Entry.What? {
    func split(_ most: Int) -> [String] {
      body.split(separator: " ", maxSplits: most, omittingEmptySubsequences: false)
        .map(String.init)
    }
    switch word {
    case "turn":
      let p = split(5)
      guard p.count == 6, let upgrade = Int64(p[0]), let revision = Int(p[4]) else { return nil }
      return .turn(
        .init(
          upgrade: upgrade, phase: p[1], holdsLease: p[2] == "1", counts: p[3] == "1",
          failure: p[5] == "-" ? nil : p[5], revision: revision))
    case "place":
      let p = split(4)
      guard p.count >= 3, let upgrade = Int64(p[0]), let down = Int(p[1]), let leased = Int(p[2])
      else { return nil }
      return .lease(
        upgrade: upgrade, out: down + leased, budget: p.count > 3 ? Int(p[3]) : nil, atRisk: 0,
        allowance: nil)
    case "intent":
      let p = split(4)
      guard p.count == 5, let upgrade = Int64(p[0]), let number = Int(p[2]) else { return nil }
      return .intent(
        .init(
          upgrade: upgrade, message: p[1], step: p[4], number: number, isDisruptive: true,
          firmware: p[3] == "-" ? nil : p[3]))
    case "outcome":
      let p = split(2)
      guard p.count == 3 else { return nil }
      return .outcome(message: p[0], state: p[1], evidence: p[2])
    case "campaign":
      let p = split(3)
      guard p.count == 4, let id = Int64(p[0]) else { return nil }
      let people = p[3].split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let approver = people.count > 1 && !people[1].isEmpty ? people[1] : nil
      return .campaign(
        id: id, status: p[1], author: people[0], approver: approver, isPlanApproved: true)
    case "start": return .engineStarted
    default: return nil
    }
  }

  private static func people(_ records: InventoryRecords) throws -> [Entry] {
    let ids = Dictionary(try records.chargers().map { ($0.identity, $0.id) }) { first, _ in first }
    return try records.audit().compactMap { row in
      guard let charger = ids[row.subject] else { return nil }
      switch row.action {
      case "pin": return Entry(at: row.at, .mark(charger: charger, "pinned"))
      case "mark end-of-life": return Entry(at: row.at, .mark(charger: charger, "end-of-life"))
      case "unpin", "undo end-of-life", "end quarantine":
        return Entry(at: row.at, .mark(charger: charger, nil))
      case "roll back": return Entry(at: row.at, .rollBackAsked(charger: charger))
      default: return nil
      }
    }
  }

  // MARK: What the rows say

  /// Rows and counters must be what the record leads to.
  private mutating func judgeRows(_ records: InventoryRecords) throws {
    for upgrade in try records.upgrades() where upgrade.revision > 0 {
      checker.take(
        Entry(
          at: 0,
          .stored(
            .init(
              upgrade: upgrade.id, phase: upgrade.phase, holdsLease: upgrade.holdsLease,
              counts: upgrade.counts, failure: upgrade.failure, revision: upgrade.revision))))
    }
    for tally in try records.tallies() {
      checker.take(
        Entry(at: 0, .counted(campaign: tally.campaign, phase: tally.phase, tally.count)))
    }
    checker.end(at: 0)
  }
}

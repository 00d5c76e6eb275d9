import Control
import Fleet
import Rollout
import Testing

@testable import FleetStore

/// What a filter selects in the file is what its own words say of each charger.
@Suite struct SelectionTests {
  private let shelf: Shelf
  private let store: Store
  private let subjects: [FleetFilter.Subject]
  private let seed = UInt64.random(in: 0 ... .max)

  init() throws {
    shelf = try Shelf()
    store = try shelf.open()
    var random = Seeded(seed)
    _ = try store.addFirmware(Shelf.image)
    var hop = Shelf.image
    (hop.version, hop.from, hop.protocols) = ("2.3.9", ["2.2*"], .ocpp16)
    let image = try store.addFirmware(hop)
    _ = try store.importChargers(
      Shelf.rows(400, seed: seed), source: "f.csv", at: Shelf.now, dryRun: false)
    var chargers: [Charger] = []
    try store.forEachCharger { chargers.append($0) }
    for index in chargers.indices {
      Self.vary(&chargers[index], &random)
      try store.save(chargers[index])
    }
    var places: [ChargerID: (campaign: String, wave: Int)] = [:]
    for name in ["Spring", "Autumn", "100%"] {
      let chosen = chargers.filter { _ in Bool.random(using: &random) }
      let waves = chosen.map { _ in Int.random(in: 1...3, using: &random) }
      for (charger, wave) in zip(chosen, waves) { places[charger.id] = (name, wave) }
      try Self.campaign(name, zip(chosen, waves).map { ($0.id, $1) }, image, store)
    }
    var judge = ReadinessJudge(catalogue: try store.catalogue(), policy: ReadinessPolicy())
    let sites = Dictionary(uniqueKeysWithValues: try store.sites().map { ($0.id, $0) })
    subjects = chargers.map { charger in
      var subject = FleetFilter.Subject(
        charger, site: charger.site.flatMap { sites[$0] }, readiness: judge.judge(charger),
        at: Shelf.now)
      (subject.campaign, subject.wave) = (places[charger.id]?.campaign, places[charger.id]?.wave)
      return subject
    }
  }

  private static func vary(_ charger: inout Charger, _ random: inout Seeded) {
    func one<Value>(_ values: Value...) -> Value {
      values[Int.random(in: values.indices, using: &random)]
    }
    charger.hardware.claimed = one(nil, .init("A1", source: "f", at: Shelf.now))
    charger.hardware.observed = one(nil, .init("B_2", source: "Boot", at: Shelf.now))
    charger.serial.observed = one(
      nil, .init("S%\(Int.random(in: 0...3, using: &random))", source: "Boot", at: Shelf.now))
    charger.connectorCount.claimed = one(nil, .init(one(1, 2), source: "f", at: Shelf.now))
    charger.firmware.observed = one(
      nil, .init(one("2.2.0", "2.10", "beta"), source: "Boot", at: Shelf.now))
    charger.securityProfile = one(0, 1, 2)
    charger.profileSeen = one(nil, .init(.tls, source: "TLS", at: Shelf.now))
    charger.released = one([], [.ocpp16], [.ocpp16, .ocpp201])
    charger.speaks = one(nil, .ocpp16, .ocpp201)
    charger.lastSeen = one(
      nil, Shelf.now + .hours(-1), Shelf.now + .hours(-60), Shelf.now + .hours(1))
    charger.online = one(true, false, false)
    charger.notes = one("", "", "lid loose", "100% done")
    charger.endOfLife = one(
      nil, nil, nil,
      EndOfLife(reason: .damaged, evidence: "", replacement: "", by: "k", at: Shelf.now))
    charger.admission = one(.known, .known, .pending)
  }

  private static func campaign(
    _ name: String, _ members: [(ChargerID, Int)], _ image: Firmware, _ store: Store
  ) throws {
    let stratum = Stratum(
      vendor: "Volta", model: "AC22", hardware: "", fromFirmware: "2.3.1", toFirmware: "2.4.0")
    let campaign = Campaign(
      id: CampaignID(rawValue: 0), name: name,
      playbook: Playbook(name: "p", title: "P", target: .ocpp201), selection: "", author: "a",
      createdAt: Shelf.now, status: .finished, planHash: "h",
      waves: (1...3).map { Wave(number: $0, size: 4) },
      strata: [StratumProgress(stratum: stratum, target: image.id)])
    _ = try store.add(
      campaign,
      upgrades: members.map { charger, wave in
        var upgrade = Upgrade(
          id: UpgradeID(rawValue: 0), campaign: campaign.id, charger: charger, site: nil,
          wave: wave, stratum: 0, target: image.id, enteredAt: Shelf.now)
        upgrade.phase = .migrated
        return upgrade
      })
  }

  private static let terms = [
    "cp-1", "CP-?9", "id:cp-7,CP-12,CP-300", "model:ac*", "model:AC22,DC50", "vendor:volta",
    "hardware:a1", "hardware:b_2", "hardware:b?2", "hardware:*", "serial:s%1", "serial:S*",
    "site:site_1*", "site:*", "zone:utc", "zone:*", "zone:E*", "fw:2.2*", "model:ac22,dc50,AC1?",
    "fw:BETA,2.10", "serial:s%1,S%2,é", "fw<2.4", "fw>=2.10",
    "fw=2.2", "fw:beta", "hop:2.3.9", "hop:2.4*", "hop:*", "memory>=256", "flash<200", "flash=128",
    "ram>=64", "ram<=96", "connectors>=2", "connectors=1", "profile>=2", "profile=0", "seen<2d",
    "seen>2d", "seen>=1h", "seen<=0s", "speaks:1.6", "speaks:none,2.0.1", "released:2.0.1",
    "released:1.6", "ready:needs-hop", "ready:unknown,ready", "campaign:spring", "campaign:*",
    "campaign:100%", "wave=2", "wave>1", "notes:lid", "notes:*done", "notes:100%", "unknown:memory",
    "unknown:hardware", "unknown:seen", "unknown:site", "unknown:connectors,ram", "online",
    "offline", "eol", "pending",
  ]

  private static func filter(_ depth: Int, _ random: inout Seeded) -> String {
    func part() -> String { filter(depth - 1, &random) }
    switch depth == 0 ? 9 : Int.random(in: 0...9, using: &random) {
    case 0, 1: return "(\(part()) or \(part()))"
    case 2, 3: return "(\(part()) \(part()))"
    case 4: return "not \(part())"
    case 5: return "\(part()) or not \(part()) \(part())"
    default: return terms.randomElement(using: &random) ?? ""
    }
  }

  @Test("A filter selects in the file what its own words say, whatever is put together")
  func agrees() throws {
    var random = Seeded(seed &+ 1)
    let filters =
      Self.terms + Self.terms.map { "not \($0)" }
      + (0..<400).map { _ in Self.filter(3, &random) }
    var kinds = [0, 0, 0]
    for text in filters {
      let filter = try FleetFilter(text)
      let expected = Set(subjects.filter(filter.matches).map(\.identity))
      let found = try store.chargers(matching: filter, for: .ocpp201, at: Shelf.now).map(
        \.charger.identity)
      #expect(found.count == expected.count && Set(found) == expected, "\(text), seed \(seed)")
      kinds[expected.isEmpty ? 0 : expected.count == subjects.count ? 1 : 2] += 1
    }
    // A fleet on which nothing matches would agree with anything.
    #expect(kinds[2] > 200, "seed \(seed): \(kinds)")
  }

  @Test("Many terms side by side are no deeper for SQLite than few")
  func many() throws {
    let alternatives = (0..<1990).map { "AC\($0)*" }.joined(separator: ",")
    let filter = try FleetFilter(
      "not (\(String(repeating: "not ", count: 20))model:\(alternatives))")
    let found = try store.chargers(matching: filter, for: .ocpp201, at: Shelf.now).count
    #expect(found == subjects.count { $0.model == "DC50" }, "seed \(seed)")
  }

  @Test("A saved selection works in any filter, and is kept until somebody removes it")
  func saved() throws {
    let saved = SavedSelection(name: "far", terms: "memory>=256 or eol", by: "kim", at: Shelf.now)
    try store.save(saved)
    #expect(try store.selections() == [saved])
    let reader = try shelf.reader()
    guard
      case .fleet(let page) = try reader.answer(
        .fleet(FleetQuery(filter: "not @far", limit: 400)), at: Shelf.now)
    else { return }
    let filter = try FleetFilter("not (memory>=256 or eol)")
    #expect(Set(page.rows.map(\.identity)) == Set(subjects.filter(filter.matches).map(\.identity)))
    #expect(page.selections == ["far"])
    #expect {
      try reader.answer(.fleet(FleetQuery(filter: "@fra")), at: Shelf.now)
    } throws: {
      ($0 as? ControlError)?.message.contains("did you mean \"far\"?") ?? false
    }
    try store.removeSelection("far")
    #expect(try store.selections().isEmpty)
  }
}

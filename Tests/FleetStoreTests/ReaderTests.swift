import Control
import Fleet
import Testing

@testable import FleetStore

@Suite struct ReaderTests {
  /// 2,000 mixed chargers, some of which have connected.
  private func fleet(_ shelf: Shelf, seed: UInt64) throws -> (Store, [Charger]) {
    let store = try shelf.open()
    _ = try store.addFirmware(Shelf.image)
    _ = try store.importChargers(
      Shelf.rows(2000, seed: seed), source: "f.csv", at: Shelf.now, dryRun: false)
    var random = Seeded(seed)
    var chargers: [Charger] = []
    try store.forEachCharger { chargers.append($0) }
    try store.transaction {
      for index in chargers.indices where Int.random(in: 0..<3, using: &random) == 0 {
        chargers[index].online = Bool.random(using: &random)
        chargers[index].speaks = ProtocolVersion.allCases.randomElement(using: &random)
        chargers[index].firmware.observed = .init("2.3.1", source: "Boot", at: Shelf.now)
        chargers[index].admission = Int.random(in: 0..<9, using: &random) == 0 ? .pending : .known
        switch Int.random(in: 0..<20, using: &random) {
        case 0: chargers[index].pin = Pin(reason: "trial", by: "kim", at: Shelf.now)
        case 1:
          chargers[index].quarantine = Quarantine(
            reason: "no boot after install", campaign: "Autumn", at: Shelf.now)
        default: break
        }
        try store.save(chargers[index])
      }
    }
    return (store, chargers)
  }

  private func page(_ reader: Reader, _ query: FleetQuery) throws -> FleetPage {
    guard case .fleet(let page) = try reader.answer(.fleet(query), at: Shelf.now) else {
      throw ControlError.failed("another reply")
    }
    return page
  }

  @Test("Counters equal a recount, before and after readiness changes")
  func counters() throws {
    let seed = UInt64.random(in: 0 ... .max)
    let shelf = try Shelf()
    let (store, _) = try fleet(shelf, seed: seed)
    let reader = try shelf.reader()
    for round in 0..<2 {
      var chargers: [Charger] = []
      try store.forEachCharger { chargers.append($0) }
      guard case .dashboard(let board) = try reader.answer(.dashboard, at: Shelf.now) else {
        return
      }
      #expect(board.chargers == chargers.count, "seed \(seed)")
      #expect(board.online == chargers.count { $0.online }, "seed \(seed)")
      #expect(
        board.versions.map(\.count)
          == [.ocpp16, .ocpp201, .ocpp21, nil].map { version in
            chargers.count { $0.speaks == version }
          }, "seed \(seed)")
      var judge = ReadinessJudge(catalogue: try store.catalogue(), policy: ReadinessPolicy())
      var verdicts: [Readiness.Verdict: Int] = [:]
      for charger in chargers { verdicts[judge.judge(charger).verdict, default: 0] += 1 }
      #expect(
        board.verdicts.reduce(into: [:]) { $0[$1.verdict] = $1.count } == verdicts, "seed \(seed)")
      if round == 0 {
        var image = Shelf.image
        (image.vendor, image.model, image.flashNeeded) = ("*", "*", 300)
        _ = try store.addFirmware(image)
        #expect(try store.recomputeReadiness() > 0)
        #expect(try store.recomputeReadiness() == 0)
      }
    }
    try store.markAllOffline()
    guard case .dashboard(let board) = try reader.answer(.dashboard, at: Shelf.now) else { return }
    #expect(board.online == 0)
  }

  @Test("A page holds what the filter's own words say, and pages join without gap or repeat")
  func filters() throws {
    let seed = UInt64.random(in: 0 ... .max)
    let shelf = try Shelf()
    let (store, chargers) = try fleet(shelf, seed: seed)
    let reader = try shelf.reader()
    let sites = Dictionary(uniqueKeysWithValues: try store.sites().map { ($0.id, $0) })
    var judge = ReadinessJudge(catalogue: try store.catalogue(), policy: ReadinessPolicy())
    let subjects = chargers.map { charger in
      FleetFilter.Subject(
        charger, site: charger.site.flatMap { sites[$0] }, readiness: judge.judge(charger),
        at: Shelf.now)
    }
    let texts = [
      "", "cp-1", "CP-?9", "model:ac*", "!model:AC22 vendor:volta", "fw:<2.4", "fw:>=2.4",
      "!fw:<2.4", "fw:2.3*", "site:site_1*", "site:Site%", "speaks:2.0.1", "speaks:none online",
      "!speaks:1.6", "ready:unknown offline", "ready:too-small", "eol",
      "pending", "pinned", "quarantined", "id:cp-7,CP-12,nobody,a\\b,x\t", "!id:CP-7,\"CP-12\"",
      "model:ac11,AC22 !fw:2.3*,>=2.10", "ready:ready,unknown speaks:none,2.1",
    ]
    for (index, text) in texts.enumerated() {
      let filter = try FleetFilter(text)
      let expected = Set(subjects.filter(filter.matches).map(\.identity))
      let columns = FleetQuery.Column.allCases
      // The empty filter pages over every index, the others over one order each.
      for column in text.isEmpty ? columns : [columns[index % columns.count]] {
        var query = FleetQuery(filter: text, sort: column, limit: 700)
        var found: [String] = []
        repeat {
          let page = try page(reader, query)
          #expect(page.matching == expected.count, "\(text), seed \(seed)")
          #expect(page.total == 2000)
          if page.rows.isEmpty { break }
          found += page.rows.map(\.identity)
          query.offset += query.limit
        } while true
        #expect(found.count == expected.count && Set(found) == expected, "\(text), seed \(seed)")
      }
    }
  }

  @Test("Rows are in the order that was asked for")
  func sorting() throws {
    let shelf = try Shelf()
    let (store, _) = try fleet(shelf, seed: 5)
    let reader = try shelf.reader()
    let flash = try page(reader, FleetQuery(sort: .flash, descending: true, limit: 2000))
      .rows.map { $0.flashFree ?? -1 }
    #expect(flash == flash.sorted(by: >))
    let firmware = try page(reader, FleetQuery(sort: .firmware, limit: 2000)).rows
      .compactMap { FirmwareVersion($0.firmware) }
    #expect(firmware == firmware.sorted())
    let keys = try page(reader, FleetQuery(filter: "model:AC22", limit: 2000)).rows
      .map { Identity.key(for: $0.identity) }
    #expect(keys == keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
    withExtendedLifetime(store) {}
  }

  @Test("A reader sees what was committed, also after it has answered before")
  func committed() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    let reader = try shelf.reader()
    #expect(try page(reader, FleetQuery(filter: "cp")).matching == 0)
    let charger = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP1"))
    #expect(try page(reader, FleetQuery(filter: "cp")).rows.map(\.identity) == ["CP1"])
    _ = try store.append(
      LedgerEntry(
        charger: charger.id, at: Shelf.now, kind: .upgrade, action: "planned",
        body: Array("wave 4".utf8)))
    guard case .charger(let detail?) = try reader.answer(.charger("cp1"), at: Shelf.now) else {
      Issue.record("no charger")
      return
    }
    #expect(detail.story == [.init(at: Shelf.now, text: "wave 4")])
    #expect(detail.readiness.verdict == .unknown)
    #expect(try reader.answer(.charger("other"), at: Shelf.now) == .charger(nil))
  }

  @Test("A filter that can't be read is answered with its place")
  func badFilter() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    let reader = try shelf.reader()
    #expect(throws: ControlError.self) { try page(reader, FleetQuery(filter: "colour:red")) }
    withExtendedLifetime(store) {}
  }

  @Test("The whole fleet is exported, and an import reads it")
  func export() throws {
    let shelf = try Shelf()
    let (store, _) = try fleet(shelf, seed: 9)
    var csv = ""
    try shelf.reader().export { csv += $0 }
    let file = ChargerImport.parse(csv: csv, source: "export.csv")
    #expect(file.refused == [])
    #expect(file.rows.count == 2000)
    withExtendedLifetime(store) {}
  }
}

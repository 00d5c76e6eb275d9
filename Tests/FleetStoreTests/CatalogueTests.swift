import Control
import Fleet
import Rollout
import Testing

@testable import FleetStore

/// The catalogue as the inventory keeps it, and what chargers that run it have proved.
@Suite struct CatalogueTests {
  let shelf: Shelf
  let store: Store

  init() throws {
    shelf = try Shelf()
    store = try shelf.open()
  }

  private func add(
    _ identity: String, _ firmware: String, _ change: (inout Charger) -> Void = { _ in }
  ) throws {
    var charger = Charger(id: ChargerID(rawValue: 0), identity: identity)
    charger.vendor.claimed = .init("Volta", source: "f", at: Shelf.now)
    charger.model.claimed = .init("AC22", source: "f", at: Shelf.now)
    charger.firmware.observed = .init(firmware, source: "Boot", at: Shelf.now)
    charger.speaks = .ocpp16
    change(&charger)
    _ = try store.add(charger)
  }

  private func view() throws -> CatalogueView {
    let reply = try shelf.reader().answer(.catalogue, at: Shelf.now)
    guard case .catalogue(let view) = reply else { throw ControlError.failed("\(reply)") }
    return view
  }

  @Test("What is proved is what campaigns proved and chargers still hold; offers prove nothing")
  func proved() throws {
    try add("A", "2.4.0") {
      $0.speaks = .ocpp201
      $0.versions.observed = .init(.all, source: "handshake", at: Shelf.now)
    }
    try add("B", "2.4.0") { $0.migration = MigrationRecord(proved: .ocpp201, at: Shelf.now) }
    try add("C", "2.5.0") {
      $0.migration = MigrationRecord(proved: .ocpp21, at: Shelf.now, regressedAt: Shelf.now)
    }
    try add("D", "2.5.0") { $0.speaks = .ocpp201 }
    let running = try view().running
    #expect(running.map(\.firmware) == ["2.4.0", "2.5.0"] && running.map(\.chargers) == [2, 2])
    #expect(running[0].proved == [.ocpp16, .ocpp201])
    #expect(running[1].proved == .ocpp16)
  }

  @Test("Everything an entry says comes back, and entries from before lack nothing that is needed")
  func entries() throws {
    var image = Shelf.image
    image.through = ["2.2"]
    image.downgradeFrom = ["2.5*"]
    image.schemes = [.https, .sftp]
    image.notes = "tried in the lab"
    image = try store.addFirmware(image)
    #expect(try store.catalogue() == [image])
    // As the first release wrote it.
    try store.connection.run(
      """
      UPDATE firmware SET document = json_remove(document, '$.through', '$.downgradeFrom',
        '$.schemes', '$.notes', '$.isRetired')
      """)
    let old = try #require(try store.catalogue().first)
    #expect(old.through.isEmpty && old.schemes.isEmpty && old.notes.isEmpty && !old.isRetired)
    #expect(old.version == image.version && old.from == image.from)
  }

  @Test("A retired image is listed nowhere and moves nobody, and is back when added again")
  func retired() throws {
    var image = try store.addFirmware(Shelf.image)
    try add("A", "2.3.1") {
      $0.flashFree.observed = .init(400, source: "kim", at: Shelf.now)
      $0.ramFree.observed = .init(100, source: "kim", at: Shelf.now)
    }
    func verdict() throws -> Readiness.Verdict {
      try store.readiness(of: try #require(try store.charger(identity: "A"))).verdict
    }
    #expect(try verdict() == .ready)
    image.isRetired = true
    try store.change(image)
    #expect(try verdict() == .noFirmware)
    #expect(try view().firmware.isEmpty)
    #expect(try store.addFirmware(Shelf.image).id == image.id)
    #expect(try verdict() == .ready)
    try store.removeFirmware(image.id)
    #expect(try store.catalogue().isEmpty)
    #expect(throws: StoreError.self) { try store.change(image) }
  }

  @Test("Authorities are kept by their certificate, each once")
  func anchors() throws {
    var anchor = TrustAnchor(
      fingerprint: "ab12", subject: "CN=Volta", notAfter: 1_900_000_000, pem: "PEM", by: "kim",
      at: Shelf.now)
    try store.save(anchor)
    anchor.by = "ada"
    try store.save(anchor)
    #expect(try store.trustAnchors() == [anchor] && view().anchors == [anchor])
    try store.removeAnchor("ab12")
    #expect(try store.trustAnchors().isEmpty)
  }

  @Test("What filters look at is filled in for chargers of an older file")
  func migration() throws {
    let shelf = try Shelf()
    do {
      let old = try Store.open(shelf.path, migrations: Array(Shelf.migrations.prefix(6)))
      try old.connection.execute(
        """
        INSERT INTO chargers (id, identity, key, admission, online, verdict, site_name, vendor,
          model, firmware, released) VALUES (1, 'CP1', 'cp1', 0, 0, 9, '', '', '', '', 1),
          (2, 'CP2', 'cp2', 0, 0, 12, '', '', '', '', 1);
        INSERT INTO dossiers (charger, reason, security_profile, notes, hardware_claimed,
            hardware_observed, serial_claimed, connector_count_observed, profile_seen)
          VALUES (1, 'needs hop: 3 does not install on 1; it goes through 2.0, then 2.5.', 2, '',
            'A', 'B', 'S1', 2, NULL), (2, 'ready: x', 2, '', NULL, NULL, NULL, NULL, 1);
        """)
    }
    let store = try shelf.open()
    for (filter, found) in [
      ("hardware:b serial:s1 connectors=2 profile=2", "CP1"), ("hop:2.5", "CP1"),
      ("hop:2.0", "CP1"),
      ("profile=1 unknown:hardware unknown:connectors not hop:*", "CP2"),
    ] {
      let condition = FilterSQL(try FleetFilter(filter), at: Shelf.now)
      let identities = try store.connection.rows(
        "SELECT identity FROM chargers c WHERE \(condition.text)", condition.values
      ) { $0.text(0) }
      #expect(identities == [found], "\(filter)")
    }
  }
}

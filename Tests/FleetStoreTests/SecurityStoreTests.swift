import Control
import Fleet
import Testing

@testable import FleetStore

/// What the inventory keeps of how safely chargers connect.
@Suite struct SecurityStoreTests {
  @Test("security events are listed newest first, a charger's own beside what the engine saw")
  func list() throws {
    let shelf = try Shelf()
    let store = try shelf.open()
    let one = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP1"))
    let two = try store.add(Charger(id: ChargerID(rawValue: 0), identity: "CP2"))
    func say(
      _ charger: Charger?, _ kind: LedgerEntry.Kind, _ version: ProtocolVersion?, _ action: String,
      _ body: String
    ) throws {
      _ = try store.append(
        LedgerEntry(
          charger: charger?.id, at: Shelf.now, kind: kind, version: version, action: action,
          body: Array(body.utf8)))
    }
    try say(one, .security, nil, "connection refused", "wrong password, from 192.0.2.1")
    try say(one, .note, nil, "note", "nothing of this")
    try say(nil, .security, nil, "TLS handshake failed", "its certificate is revoked")
    let event = #"{"type":"TamperDetectionActivated","timestamp":"2026-11-12T00:00:00Z","#
    try say(
      two, .security, .ocpp16, "SecurityEventNotification", event + #""techInfo":"lid \"open\""}"#)
    try say(two, .security, .ocpp201, "SecurityEventNotification", "broken")
    func page(_ query: SecurityQuery) throws -> SecurityPage {
      guard
        case .security(let page) = try shelf.reader().answer(.security(query), at: Shelf.now)
      else { throw ControlError.failed("another answer") }
      return page
    }
    let all = try page(SecurityQuery())
    #expect(all.matching == 4)
    #expect(all.rows.map(\.charger) == ["CP2", "CP2", nil, "CP1"])
    #expect(all.rows.map(\.isReported) == [true, true, false, false])
    #expect(all.rows[0].event == "SecurityEventNotification" && all.rows[0].detail == "broken")
    #expect(all.rows[1].event == "TamperDetectionActivated")
    #expect(all.rows[1].detail == "lid \"open\"")
    #expect(all.rows[3].detail == "wrong password, from 192.0.2.1")
    #expect(try page(SecurityQuery(charger: "cp1")).rows == [all.rows[3]])
    #expect(try page(SecurityQuery(offset: 1, limit: 2)).rows == Array(all.rows[1...2]))
    #expect(throws: ControlError.unknownCharger("CP9")) { try page(SecurityQuery(charger: "CP9")) }
  }

  @Test("rows of every earlier schema are read, and what they tell of security is listed")
  func migration() throws {
    // The sixth lists what was told before it; from there on the store does.
    for schema in 1..<6 {
      let shelf = try Shelf()
      do {
        let old = try Store.open(shelf.path, migrations: Array(Shelf.migrations.prefix(schema)))
        try old.connection.execute(
          """
          BEGIN;
          INSERT INTO chargers (id, identity, key, admission, online, verdict, site_name, vendor,
            model, firmware, released) VALUES (1, 'CP1', 'cp1', 0, 0, 0, '', '', '', '', 1);
          INSERT INTO dossiers (charger, reason, security_profile, password_hash, notes)
            VALUES (1, '', 2, 'h', '');
          INSERT INTO ledger (charger, at, kind, action, body) VALUES
            (1, 1000, 6, 'connection refused', x'6f6c64'), (1, 1000, 7, 'note', x'6e'),
            (NULL, 2000, 6, 'TLS', x'6e6577');
          COMMIT
          """)
      }
      let store = try shelf.open()
      let charger = try #require(try store.charger(identity: "CP1"))
      #expect(charger.securityProfile == 2 && charger.profileSeen == nil)
      #expect(charger.passwordHash == "h" && charger.nextPasswordHash == nil)
      guard
        case .security(let page) = try shelf.reader().answer(
          .security(SecurityQuery()), at: Shelf.now)
      else { return }
      #expect(page.rows.map(\.detail) == ["new", "old"], "schema \(schema)")
    }
  }
}

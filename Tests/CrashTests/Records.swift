import Fleet
import Foundation

@testable import FleetStore

/// What the chargers themselves wrote down.
struct StationRecords {
  struct Line: Decodable {
    var station: String
    var event: String
    var action: String?
    var id: String?
    var charging: Bool?
    var kind: String?
    var local: String?
  }

  private(set) var lines: [Line] = []
  private var started: Set<String> = []

  init(path: String) throws {
    let decoder = JSONDecoder()
    for line in try Scene.text(path).split(separator: "\n") {
      // The last one may still be on its way to the file.
      guard line.hasSuffix("}") else { continue }
      lines.append(try decoder.decode(Line.self, from: Data(line.utf8)))
    }
    for line in transactions where line.kind == "start" {
      started.insert("\(line.station)|\(line.id ?? "")")
    }
  }

  var commands: [Line] { lines.filter { $0.event == "command" } }
  var transactions: [Line] { lines.filter { $0.event == "transaction" } }

  /// The ids of update commands behind which another image ran, before any other such command.
  var effective: Set<String> {
    var last: [String: String] = [:]
    var found: Set<String> = []
    for line in lines {
      if line.event == "command", line.action?.hasSuffix("UpdateFirmware") == true {
        last[line.station] = line.id
      } else if line.event == "running", let id = last[line.station] {
        found.insert(id)
      }
    }
    return found
  }

  /// Whether the charger knows the start of it as acknowledged.
  func knows(_ row: Rows.Session) -> Bool { started.contains("\(row.identity)|\(row.sharedID)") }
}

/// What the inventory says, read as any reader may.
struct Rows {
  struct Session {
    var identity: String
    var id: Int64
    var key: String
    var version: Int64
    var token: String
    var isStopped: Bool
    /// The id that both sides know it by: the engine's number in 1.6, the charger's name in 2.x.
    var sharedID: String { version == 0 ? String(id) : key }
  }

  struct AttemptRow {
    var identity: String
    var upgrade: Int64
    var step: String
    var number: Int64
    var messageID: String
    var state: String
    var writtenAt: Int64
    var evidence: String
    var isDisruptive: Bool { step.hasSuffix("update firmware") || step.hasSuffix("reset") }
  }

  private let connection: Connection

  init(path: String) throws { connection = try Connection(path: path, mode: .reader) }

  func count(_ sql: String, _ values: [SQLValue] = []) throws -> Int64 {
    try connection.int(sql, values) ?? 0
  }

  var sessions: [Session] {
    get throws {
      try connection.rows(
        """
        SELECT c.identity, s.id, s.key, s.version, s.token, s.stopped_at IS NOT NULL
          FROM sessions s JOIN chargers c ON c.id = s.charger ORDER BY s.id
        """
      ) { row throws(StoreError) in
        Session(
          identity: row.text(0), id: row.int(1), key: row.text(2), version: row.int(3),
          token: row.text(4), isStopped: row.bool(5))
      }
    }
  }

  var attempts: [AttemptRow] {
    get throws {
      try connection.rows(
        """
        SELECT c.identity, a.upgrade, a.step, a.number, a.message_id, a.state, a.written_at,
          a.evidence
          FROM attempts a JOIN upgrades u ON u.id = a.upgrade JOIN chargers c ON c.id = u.charger
          ORDER BY a.upgrade, a.step, a.number
        """
      ) { row throws(StoreError) in
        AttemptRow(
          identity: row.text(0), upgrade: row.int(1), step: row.text(2), number: row.int(3),
          messageID: row.text(4), state: row.text(5), writtenAt: row.int(6), evidence: row.text(7))
      }
    }
  }

  /// What the ledger says became of attempts, in its order.
  var outcomes: [(at: Int64, text: String)] {
    get throws {
      try connection.rows(
        "SELECT at, CAST(body AS TEXT) FROM ledger WHERE kind = ? ORDER BY id",
        [.int(Int64(LedgerEntry.Kind.attempt.rawValue))]
      ) { row throws(StoreError) in (at: row.int(0), text: row.text(1)) }
    }
  }

  /// How many upgrades are where.
  var phases: [String: Int] {
    get throws {
      let rows = try connection.rows("SELECT phase, count(*) FROM upgrades GROUP BY phase") {
        row throws(StoreError) in (row.text(0), Int(row.int(1)))
      }
      return Dictionary(uniqueKeysWithValues: rows)
    }
  }

  var migrated: Set<String> {
    get throws {
      Set(
        try connection.rows(
          """
          SELECT c.identity FROM upgrades u JOIN chargers c ON c.id = u.charger
            WHERE u.phase = 'migrated' AND c.speaks = 1
          """
        ) { row throws(StoreError) in row.text(0) })
    }
  }
}

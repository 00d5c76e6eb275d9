import Fleet
import Foundation
import Stock
import Testing

@testable import FleetStore

/// An inventory in a directory of its own, gone with the test.
final class Shelf {
  let directory: URL
  let path: String
  static let now = Instant(seconds: 1_794_441_600)

  static var migrations: [Migration] {
    Stock.files(below: "Inventory/migrations/").map { ($0.name, $0.text) }
  }

  init() throws {
    directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    path = directory.appendingPathComponent("fleet.db").path
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  func open() throws -> Store { try Store.open(path, migrations: Self.migrations) }
  func reader() throws -> Reader { try Reader(path, schema: Self.migrations.count) }

  static let image = Firmware(
    id: FirmwareID(rawValue: 0), vendor: "Volta", model: "AC22", version: "2.4.0", from: ["2.3*"],
    protocols: [.ocpp16, .ocpp201], flashNeeded: 200, location: .depot(path: "x.bin"))

  /// A mixed fleet: sites, models, versions, gaps.
  static func rows(_ count: Int, seed: UInt64) -> [ImportedCharger] {
    var random = Seeded(seed)
    return (0..<count).map { n in
      var row = ImportedCharger(line: n + 2, identity: "CP-\(n)")
      row.site = "Site_\(Int.random(in: 0..<max(1, count / 20), using: &random))"
      row.vendor = ["Volta", "Ampere"].randomElement(using: &random)
      row.model = ["AC11", "AC22", "DC50"].randomElement(using: &random)
      row.firmware = ["2.3.1", "2.10.0", "2.4", nil].randomElement(using: &random) ?? nil
      row.flashFree = [128, 256, 512, nil].randomElement(using: &random) ?? nil
      row.ramFree = [96, nil].randomElement(using: &random) ?? nil
      return row
    }
  }
}

extension Store {
  /// Chargers of each kind, counted in their rows and as the tallies have them: version spoken,
  /// online, verdict, how many.
  func tallies() throws -> (counted: [[Int64]], tallied: [[Int64]]) {
    func rows(_ sql: String) throws -> [[Int64]] {
      try connection.rows(sql) { row in (0..<4).map { row.int($0) } }
    }
    return (
      try rows(
        "SELECT ifnull(speaks, -1), online, verdict, count(*) FROM chargers GROUP BY 1, 2, 3 "
          + "ORDER BY 1, 2, 3"),
      try rows("SELECT speaks, online, verdict, n FROM tallies WHERE n > 0 ORDER BY 1, 2, 3")
    )
  }
}

/// A seeded generator, so that a failing property can be run again (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

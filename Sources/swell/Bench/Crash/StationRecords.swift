import FleetStore
import Foundation

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
    for line in try CrashScene.text(path).split(separator: "\n") {
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
  func knows(_ row: InventoryRecords.SessionRow) -> Bool {
    started.contains("\(row.identity)|\(row.sharedID)")
  }
}

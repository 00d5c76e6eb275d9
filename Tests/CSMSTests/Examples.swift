import Foundation
import OCPP
import Testing

/// A message of every action as it may go over a wire, from the files that OCPP's own tests hold to
/// the schemas: a line an action.
struct Example {
  var action: ActionDescriptor
  var request: JSON
  /// Nil for a SEND.
  var response: JSON?

  static func all(of version: OCPPVersion) throws -> [Example] {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = tests.appendingPathComponent("OCPPTests/Examples/\(version.label).jsonl")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let json = try JSON(text: String(line))
      let name = try #require(json["action"]?.string)
      return Example(
        action: try #require(Messages.catalogue.action(named: name, version: version)),
        request: try #require(json["request"]), response: json["response"])
    }
  }

  /// What a station sends, its boot first.
  static func ofStations(in version: OCPPVersion) throws -> [Example] {
    let sent = try all(of: version).filter { $0.action.mayBeSent(by: .station) }
    return sent.filter { $0.action.name == "BootNotification" }
      + sent.filter { $0.action.name != "BootNotification" }
  }
}

import Foundation

/// `swell campaigns report` of a scene's campaign, held against who there is and how each must end.
struct CrashReport {
  private struct Row: Decodable {
    var charger: String
    var end: String
    var why: String
  }

  /// A sentence for each charger whose line is missing, or says nothing, or something else.
  private(set) var flaws: [String] = []

  init(_ scene: CrashScene) throws {
    let output = scene.directory + "/report.json"
    try Data().write(to: URL(fileURLWithPath: output))
    try scene.command(
      ["campaigns", "report", CrashScene.campaign, "--format", "json"], output: output)
    let rows = try JSONDecoder().decode([Row].self, from: Data(try CrashScene.text(output).utf8))
    let byCharger = Dictionary(grouping: rows, by: \.charger)
    for identity in scene.fleet.expected.keys.sorted() {
      let lines = byCharger[identity] ?? []
      guard let line = lines.first, lines.count == 1 else {
        flaws.append("\(identity) has \(lines.count) lines in the report")
        continue
      }
      let wanted = scene.fleet.reported[identity] ?? ""
      if line.why.isEmpty || line.why.contains("\n") || !line.why.contains(wanted) {
        flaws.append(
          "\(identity) is \(line.end) by the report: \"\(line.why)\", wants \"\(wanted)\"")
      }
    }
  }
}

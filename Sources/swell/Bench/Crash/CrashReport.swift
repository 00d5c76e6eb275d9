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
      // What a charger said last may have died with the engine, and the charger for good.
      let isExplained =
        wanted.isEmpty || line.why.contains(wanted) || line.why.hasPrefix("no answer")
      if line.why.isEmpty || line.why.contains("\n") || !isExplained {
        flaws.append(
          "\(identity) is \(line.end) by the report: \"\(line.why)\", wants \"\(wanted)\"")
      }
    }
  }
}

import Control
import Fleet
import Glibc

/// `swell firmware graph`: which way leads from each version that chargers run.
enum FirmwareGraph {
  static let info = CommandInfo(
    "firmware graph", "[--model GLOB]",
    "ways from what chargers run to what speaks the new version",
    [
      Workplace.option, OptionInfo("model", "GLOB", "these models only"),
      OptionInfo("target", "VERSION", "the version to reach; 2.0.1"),
      OptionInfo("ascii", nil, "draw with ASCII alone"),
      OptionInfo("format", "table|json|dot", "how to print; table when left out"),
    ], run: graph)

  private enum Format: String, CaseIterable {
    case table, json, dot
  }

  /// Chargers of one kind that the same images suit.
  private struct Group {
    var vendor: String
    var model: String
    var hardware: Set<String>
    var images: [Firmware]
    var running: [VersionMap.Running]

    var title: String {
      let revisions = hardware.filter { !$0.isEmpty }.sorted().joined(separator: ", ")
      return [vendor, model, revisions].filter { !$0.isEmpty }.joined(separator: " ")
    }
  }

  private static func graph(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 0)
    let format = try arguments.choice("format", Format.self) ?? .table
    guard let target = ProtocolVersion(label: arguments["target"] ?? "2.0.1") else {
      throw UsageError(
        "--target wants \(ProtocolVersion.allCases.map(\.label).joined(separator: ", ")).")
    }
    let view = try FirmwareCommand.catalogue(try Workplace(arguments))
    let groups = groups(view, Glob(arguments["model"] ?? "*"))
    let maps = groups.map { VersionMap(images: $0.images, running: $0.running, target: target) }
    switch format {
    case .table: draw(Array(zip(groups, maps)), ascii: arguments.has("ascii"), view.hasMore)
    case .json: try Out.json(zip(groups, maps).map { Drawn($0, $1) })
    case .dot: dot(Array(zip(groups, maps)))
    }
  }

  private static func groups(_ view: CatalogueView, _ model: Glob) -> [Group] {
    struct Key: Hashable {
      var vendor: String
      var model: String
      var images: [FirmwareID]
    }
    var groups: [Key: Group] = [:]
    for kind in view.running where model.matches(kind.model) {
      let images = view.firmware.filter { $0.suits(kind) }
      let key = Key(vendor: kind.vendor, model: kind.model, images: images.map(\.id))
      var group =
        groups[key]
        ?? Group(vendor: kind.vendor, model: kind.model, hardware: [], images: images, running: [])
      group.hardware.insert(kind.hardware)
      group.running.append(
        .init(
          reported: kind.firmware.isEmpty ? "?" : kind.firmware, chargers: kind.chargers,
          proved: kind.proved))
      groups[key] = group
    }
    // Images for chargers that are not here yet.
    let used = Set(groups.keys.flatMap(\.images))
    for image in view.firmware where !used.contains(image.id) && model.matches(image.model) {
      let key = Key(vendor: image.vendor, model: image.model, images: [])
      var group =
        groups[key]
        ?? Group(vendor: image.vendor, model: image.model, hardware: [], images: [], running: [])
      group.images.append(image)
      groups[key] = group
    }
    return groups.values.sorted {
      ($0.vendor, $0.model, $0.title) < ($1.vendor, $1.model, $1.title)
    }
  }

  // MARK: Forms

  private static func draw(_ drawn: [(Group, VersionMap)], ascii: Bool, _ hasMore: Bool) {
    if drawn.isEmpty { Out.talk("swell: no charger and no image of such a model.") }
    for (index, (group, map)) in drawn.enumerated() {
      if index > 0 { Out.line("") }
      let count = map.nodes.reduce(0) { $0 + $1.chargers }
      Out.line("\(group.title): \(count) \(count == 1 ? "charger" : "chargers")")
      for line in map.drawing(ascii: ascii, note) { Out.line("  \(line)") }
    }
    if hasMore { Out.talk("swell: only the kinds with the most chargers are shown.") }
  }

  private static func note(_ node: VersionMap.Node) -> String {
    var parts = ["\(node.chargers) \(node.chargers == 1 ? "runs" : "run") it"]
    if let claimed = node.claimed { parts.append("said to speak \(claimed.label)") }
    if !node.proved.isEmpty { parts.append("proved \(node.proved.label)") }
    if node.isDeadEnd {
      let why = node.version == "?" ? ["nobody knows what they run"] : node.obstacles
      parts.append("dead end: \((why.isEmpty ? ["no way leads on"] : why).joined(separator: "; "))")
    } else if node.route.count > 1 {
      parts.append("\(node.route.count) hops")
    }
    return parts.joined(separator: ", ")
  }

  private static func dot(_ drawn: [(Group, VersionMap)]) {
    func name(_ group: Int, _ version: String) -> String { quoted("\(group) \(version)") }
    Out.line("digraph firmware {\n  rankdir=LR;\n  node [shape=box];")
    for (index, (group, map)) in drawn.enumerated() {
      Out.line("  subgraph cluster_\(index) {\n    label=\(quoted(group.title));")
      for node in map.nodes {
        let style =
          node.isDeadEnd ? ", color=red, style=dashed" : node.isTarget ? ", style=bold" : ""
        Out.line(
          "    \(name(index, node.version)) [label=\(quoted("\(node.version)\n\(node.chargers)"))"
            + "\(style)];")
      }
      for node in map.nodes {
        for next in node.onward where next != node.version {
          let style = node.route.first == next ? "" : " [style=dotted]"
          Out.line("    \(name(index, node.version)) -> \(name(index, next))\(style);")
        }
      }
      Out.line("  }")
    }
    Out.line("}")
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n")
    return "\"\(escaped)\""
  }

  private struct Drawn: Encodable {
    struct Version: Encodable {
      var version: String
      var number: Int64?
      var chargers: Int
      var claimed: VersionSet?
      var proved: VersionSet
      var isTarget: Bool
      var isDeadEnd: Bool
      var onward: [String]
      var route: [String]
      var obstacles: [String]
    }
    var vendor: String
    var model: String
    var hardware: [String]
    var versions: [Version]

    init(_ group: Group, _ map: VersionMap) {
      (vendor, model, hardware) = (group.vendor, group.model, group.hardware.sorted())
      versions = map.nodes.map {
        Version(
          version: $0.version, number: $0.image?.rawValue, chargers: $0.chargers,
          claimed: $0.claimed, proved: $0.proved, isTarget: $0.isTarget, isDeadEnd: $0.isDeadEnd,
          onward: $0.onward, route: $0.route, obstacles: $0.obstacles)
      }
    }
  }
}

/// The version graph of one kind of hardware beside what chargers of it run, for people to look at.
package struct VersionMap: Sendable, Equatable {
  /// A version that chargers report, an image, or both.
  package struct Node: Sendable, Equatable {
    /// The image's version, else what is reported.
    package var version: String
    package var image: FirmwareID?
    package var chargers = 0
    /// What an image is said to speak; of another version nothing is said.
    package var claimed: VersionSet?
    /// What chargers that run it proved.
    package var proved: VersionSet = []
    /// Whether it speaks the target, by what is said or proved.
    package var isTarget = false
    /// Images that install on it, newest first.
    package var onward: [String] = []
    /// The way to an image that speaks the target.
    package var route: [String] = []
    /// Why no image of the target installs; empty where a way leads on.
    package var obstacles: [String] = []

    /// No image leads on from here to the target.
    package var isDeadEnd: Bool { !isTarget && route.isEmpty }
  }

  /// What one version of the kind is run by.
  package struct Running: Sendable, Equatable {
    package var reported: String
    package var chargers: Int
    package var proved: VersionSet
    package init(reported: String, chargers: Int, proved: VersionSet) {
      (self.reported, self.chargers, self.proved) = (reported, chargers, proved)
    }
  }

  /// Newest first.
  package private(set) var nodes: [Node]

  /// - Parameter images: those that suit the hardware.
  package init(images: [Firmware], running: [Running], target: ProtocolVersion) {
    let graph = VersionGraph(images)
    let targets = images.filter { $0.protocols.contains(VersionSet(target)) }
    nodes = images.map { image in
      Node(version: image.version, image: image.id, claimed: image.protocols)
    }
    for version in running {
      let image = graph.running(as: version.reported).first?.id
      let known = nodes.firstIndex {
        image == nil ? $0.image == nil && $0.version == version.reported : $0.image == image
      }
      if known == nil { nodes.append(Node(version: version.reported)) }
      let index = known ?? nodes.count - 1
      nodes[index].chargers += version.chargers
      nodes[index].proved.formUnion(version.proved)
    }
    for index in nodes.indices {
      let version = nodes[index].version
      nodes[index].isTarget =
        nodes[index].claimed?.contains(VersionSet(target)) ?? false
        || nodes[index].proved.contains(VersionSet(target))
      nodes[index].onward = graph.onward(from: version).map(\.version)
      if nodes[index].isTarget { continue }
      nodes[index].route = graph.route(from: version, to: target).map(\.version)
      guard nodes[index].route.isEmpty else { continue }
      nodes[index].obstacles =
        targets.isEmpty
        ? ["no image speaks \(target.label)"]
        : targets.compactMap { image in
          graph.obstacle(to: image, from: version).map { Self.words(image, $0) }
        }
    }
    nodes.sort { a, b in
      let (x, y) = (FirmwareVersion(a.version), FirmwareVersion(b.version))
      guard let x, let y, x != y else { return (x != nil && y == nil) || a.version > b.version }
      return x > y
    }
  }

  private static func words(_ image: Firmware, _ obstacle: VersionGraph.Obstacle) -> String {
    switch obstacle {
    case .runs: "\(image.version) runs"
    case .from(let some): "\(image.version) installs only on \(some.joined(separator: ", "))"
    case .through(let version): "\(image.version) goes through \(version)"
    case .downgrade: "\(image.version) is older"
    }
  }

  /// As a drawing: what speaks the target at the left, under each what goes there next, and dead
  /// ends at the end. Lines without ends.
  /// - Parameter note: what stands behind a version.
  package func drawing(ascii: Bool, _ note: (Node) -> String) -> [String] {
    let (branch, last, bar) = ascii ? ("+- ", "`- ", "|  ") : ("├─ ", "└─ ", "│  ")
    var lines: [String] = []
    func line(_ head: String, _ node: Node) {
      let text = head + node.version
      let gap = String(repeating: " ", count: max(1, 24 - text.count))
      lines.append(text + gap + note(node))
    }
    func below(_ parent: Node, _ indent: String) {
      let children = nodes.filter { $0.route.first == parent.version && $0 != parent }
      for (index, child) in children.enumerated() {
        let isLast = index == children.count - 1
        line(indent + (isLast ? last : branch), child)
        if child.image != nil { below(child, indent + (isLast ? "   " : bar)) }
      }
    }
    for node in nodes where node.isTarget {
      line("", node)
      below(node, "")
    }
    for node in nodes where node.isDeadEnd { line(ascii ? "x " : "✗ ", node) }
    return lines
  }
}

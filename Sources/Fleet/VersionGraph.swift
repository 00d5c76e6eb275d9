/// Which images install on which versions, for one kind of hardware, and the ways over them.
///
/// An image is a step from a version when `from` names that version or nothing, each version of
/// `through` runs there or was passed (what runs is that version or a newer one), and the image is
/// not older than what runs, unless `downgradeFrom` names it. Versions whose text has no numbers
/// have no order: only patterns speak for or against them.
package struct VersionGraph: Sendable {
  /// Why an image does not install on a version.
  package enum Obstacle: Sendable, Equatable {
    /// It is what runs.
    case runs
    /// It installs only on these.
    case from([String])
    /// This one must have run before.
    case through(String)
    /// It is older than what runs.
    case downgrade
  }

  /// A version that a charger may run, by all its names.
  struct Standing: Sendable {
    var images: [FirmwareID]
    var texts: [String]
    var number: FirmwareVersion?

    func matches(_ pattern: Glob) -> Bool { texts.contains { pattern.matches($0) } }
  }

  private let images: [CompiledImage]
  /// What each image stands at once it runs.
  private let standings: [Standing]

  /// - Parameter images: those that suit the hardware.
  package init(_ images: [Firmware]) {
    self.init(compiled: images.map(CompiledImage.init))
  }

  /// Of a whole catalogue, those that suit a kind of hardware; nil: not known.
  package init(
    _ images: [Firmware], for vendor: String?, model: String, hardware: String?
  ) {
    self.init(
      compiled: images.map(CompiledImage.init).filter { $0.suits(vendor, model, hardware) })
  }

  init(compiled images: [CompiledImage]) {
    self.images = images
    standings = images.map {
      Standing(images: [$0.image.id], texts: [$0.image.version], number: $0.number)
    }
  }

  /// The images that a reported version may be: more than one only where their patterns overlap.
  package func running(as reported: String) -> [Firmware] {
    images.filter { $0.isReported(as: reported) }.map(\.image)
  }

  /// The images that install on a reported version, newest first; none: a dead end.
  package func onward(from reported: String) -> [Firmware] {
    let standing = standing(of: reported)
    return images.filter { $0.obstacle(on: standing) == nil }
      .sorted { $1.isOlder(than: $0) }.map(\.image)
  }

  /// Why an image does not install on a reported version; nil: it does.
  package func obstacle(to image: Firmware, from reported: String) -> Obstacle? {
    CompiledImage(image).obstacle(on: standing(of: reported))
  }

  /// The shortest way to an image that speaks a version, hop by hop; of several the one to the
  /// newest image, and before it over the newest. Empty when there is none, or when what runs is
  /// such an image already.
  package func route(from reported: String, to target: ProtocolVersion) -> [Firmware] {
    route(from: reported) { $0.protocols.contains(VersionSet(target)) }
  }

  func route(from reported: String, to isTarget: (Firmware) -> Bool) -> [Firmware] {
    let start = standing(of: reported)
    if images.contains(where: { start.images.contains($0.image.id) && isTarget($0.image) }) {
      return []
    }
    var isReached = [Bool](repeating: false, count: images.count)
    var layers: [[Int]] = []
    var layer = images.indices.filter { images[$0].obstacle(on: start) == nil }
    while !layer.isEmpty {
      layers.append(layer)
      for index in layer { isReached[index] = true }
      if let best = newest(layer.filter { isTarget(images[$0].image) }) {
        return back(from: best, through: layers)
      }
      layer = images.indices.filter { next in
        !isReached[next] && layer.contains { images[next].obstacle(on: standings[$0]) == nil }
      }
    }
    return []
  }

  private func back(from target: Int, through layers: [[Int]]) -> [Firmware] {
    var hops = [target]
    for layer in layers.dropLast().reversed() {
      let before = layer.filter { images[hops[0]].obstacle(on: standings[$0]) == nil }
      // Each layer holds what its successor's images install on.
      guard let hop = newest(before) else { return [] }
      hops.insert(hop, at: 0)
    }
    return hops.map { images[$0].image }
  }

  private func newest(_ indices: [Int]) -> Int? {
    indices.max { images[$0].isOlder(than: images[$1]) }
  }

  private func standing(of reported: String) -> Standing {
    let running = images.filter { $0.isReported(as: reported) }
    return Standing(
      images: running.map(\.image.id), texts: [reported] + running.map(\.image.version),
      // An alias may be a text of another order than the version it stands for.
      number: running.first?.number ?? FirmwareVersion(reported))
  }
}

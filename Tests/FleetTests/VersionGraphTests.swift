import Testing

@testable import Fleet

@Suite struct VersionGraphTests {
  static func image(
    _ id: Int64, _ version: String, from: [String] = [], through: [String] = [],
    downgradeFrom: [String] = [], aliases: [String] = [], speaks: VersionSet = .ocpp16
  ) -> Firmware {
    Firmware(
      id: FirmwareID(rawValue: id), model: "*", version: version, aliases: aliases, from: from,
      through: through, downgradeFrom: downgradeFrom, protocols: speaks,
      location: .depot(path: "/images/\(version)"))
  }

  static func route(_ images: [Firmware], from current: String) -> [String] {
    VersionGraph(images).route(from: current, to: .ocpp201).map(\.version)
  }

  @Test("Of the shortest ways the one to the newest image is taken, over the newest before it")
  func newest() {
    let images = [
      Self.image(1, "2.0", from: ["1.*"]), Self.image(2, "2.1", from: ["1.*"]),
      Self.image(3, "3.0", from: ["2.*"], speaks: .all),
      Self.image(4, "3.2", from: ["2.*"], speaks: .all),
      Self.image(5, "4.0", from: ["3.*"], speaks: .all),
    ]
    #expect(Self.route(images, from: "1.4") == ["2.1", "3.2"])
    #expect(Self.route(images, from: "3.2").isEmpty)
    #expect(Self.route(images, from: "3.1") == ["4.0"])
  }

  @Test("An image goes through the versions it names; what runs one of them or newer goes straight")
  func through() {
    let images = [
      Self.image(1, "2.0"), Self.image(2, "4.0", through: ["2.0"], speaks: .all),
    ]
    #expect(Self.route(images, from: "1.4") == ["2.0", "4.0"])
    #expect(Self.route(images, from: "2.0") == ["4.0"])
    #expect(Self.route(images, from: "3.1") == ["4.0"])
    #expect(
      VersionGraph(images).obstacle(to: images[1], from: "factory") == .through("2.0"))
  }

  @Test("Nothing goes back unless the image allows it")
  func downgrade() {
    var back = Self.image(1, "2.4", speaks: .all)
    #expect(Self.route([back], from: "2.10").isEmpty)
    #expect(VersionGraph([back]).obstacle(to: back, from: "2.10") == .downgrade)
    back.downgradeFrom = ["2.1?"]
    #expect(Self.route([back], from: "2.10") == ["2.4"])
    #expect(Self.route([back], from: "3.0").isEmpty)
  }

  @Test("A charger that reports an alias stands where the version it means stands")
  func alias() {
    let images = [
      Self.image(1, "2.3", aliases: ["BUILD-77*"]),
      Self.image(2, "2.4", from: ["2.3"], speaks: .all),
    ]
    #expect(Self.route(images, from: "BUILD-77b") == ["2.4"])
    #expect(VersionGraph(images).running(as: "BUILD-77b").map(\.version) == ["2.3"])
  }

  @Test("A version from which no image leads on is a dead end")
  func deadEnd() {
    let images = [Self.image(1, "2.3", from: ["2.2"]), Self.image(2, "2.2", from: ["2.1"])]
    #expect(VersionGraph(images).onward(from: "2.3").isEmpty)
    #expect(VersionGraph(images).onward(from: "2.1").map(\.version) == ["2.2"])
  }

  @Test("Routes over random graphs are valid, shortest and to the newest, as trying all ways shows")
  func random() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    for round in 0..<600 {
      let versions = ["1.0", "1.1", "1.2", "2.0", "2.1", "x", "2.2", "3.0"]
      func some(_ most: Int) -> [String] {
        (0..<Int.random(in: 0...most, using: &random)).map { _ in
          let version = versions.randomElement(using: &random) ?? ""
          return Bool.random(using: &random) ? version : "\(version.prefix(1))*"
        }
      }
      let images = (0..<Int.random(in: 0...6, using: &random)).map { index in
        Self.image(
          Int64(index), versions.randomElement(using: &random) ?? "", from: some(2),
          through: Int.random(in: 0..<4, using: &random) == 0 ? some(1) : [],
          downgradeFrom: some(1),
          aliases: Int.random(in: 0..<4, using: &random) == 0 ? some(1) : [],
          speaks: Int.random(in: 0..<3, using: &random) == 0 ? .all : .ocpp16)
      }
      let start = versions.randomElement(using: &random) ?? ""
      let found = VersionGraph(images).route(from: start, to: .ocpp201)
      let best = Self.bestByTryingAll(images, from: start)
      #expect(
        found.map(\.id) == best.map(\.id), "seed \(seed), round \(round): \(images) from \(start)")
    }
  }

  /// Every way that visits no image twice, written from the rules alone.
  private static func bestByTryingAll(_ images: [Firmware], from start: String) -> [Firmware] {
    let running = images.filter { $0.isReported(as: start) }
    if running.contains(where: { $0.protocols.contains(.ocpp201) }) { return [] }
    var ways: [[Firmware]] = []
    func walk(_ way: [Firmware]) {
      let names = way.last.map { [$0.version] } ?? [start] + running.map(\.version)
      let number =
        way.last.map { FirmwareVersion($0.version) }
        ?? running.first.flatMap { FirmwareVersion($0.version) } ?? FirmwareVersion(start)
      let runs = way.last.map { [$0.id] } ?? running.map(\.id)
      func named(_ patterns: [String]) -> Bool {
        patterns.contains { pattern in names.contains { Glob(pattern).matches($0) } }
      }
      for image in images where !runs.contains(image.id) && !way.contains(image) {
        guard image.from.isEmpty || named(image.from) else { continue }
        let isPast = image.through.allSatisfy { version in
          if named([version]) { return true }
          guard let least = FirmwareVersion(version), let number else { return false }
          return number >= least
        }
        guard isPast else { continue }
        if let new = FirmwareVersion(image.version), let number, new < number,
          !named(image.downgradeFrom)
        {
          continue
        }
        if image.protocols.contains(.ocpp201) {
          ways.append(way + [image])
        } else {
          walk(way + [image])
        }
      }
    }
    walk([])
    let least = ways.map(\.count).min()
    func rank(_ way: [Firmware]) -> [[Int]] {
      way.reversed().map {
        (FirmwareVersion($0.version)?.numbers ?? []) + [-1, Int($0.id.rawValue)]
      }
    }
    return ways.filter { $0.count == least }.max { a, b in
      for (x, y) in zip(rank(a), rank(b)) where x != y { return x.lexicographicallyPrecedes(y) }
      return false
    } ?? []
  }
}

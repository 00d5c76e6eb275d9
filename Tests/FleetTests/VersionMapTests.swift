import Testing

@testable import Fleet

@Suite struct VersionMapTests {
  private static let images = [
    VersionGraphTests.image(1, "2.3.1", from: ["2.1*"], aliases: ["B-2.3.1"]),
    VersionGraphTests.image(2, "2.4.0", from: ["2.3*"], speaks: [.ocpp16, .ocpp201]),
    VersionGraphTests.image(3, "2.2.0", from: ["2.0"]),
  ]
  private static let map = VersionMap(
    images: images,
    running: [
      .init(reported: "2.1.0", chargers: 120, proved: .ocpp16),
      .init(reported: "2.3.1", chargers: 200, proved: .ocpp16),
      .init(reported: "B-2.3.1", chargers: 50, proved: []),
      .init(reported: "2.4.0", chargers: 2, proved: .ocpp201),
      .init(reported: "1.9", chargers: 40, proved: []),
    ], target: .ocpp201)

  @Test("Each version has those that run it by any of its names, what they proved, and its way")
  func nodes() throws {
    let map = Self.map
    #expect(map.nodes.map(\.version) == ["2.4.0", "2.3.1", "2.2.0", "2.1.0", "1.9"])
    #expect(map.nodes.map(\.chargers) == [2, 250, 0, 120, 40])
    #expect(map.nodes[0].proved == .ocpp201 && map.nodes[0].claimed == [.ocpp16, .ocpp201])
    #expect(map.nodes[3].route == ["2.3.1", "2.4.0"] && map.nodes[3].onward == ["2.3.1"])
    #expect(map.nodes.filter(\.isDeadEnd).map(\.version) == ["2.2.0", "1.9"])
    #expect(map.nodes[4].obstacles == ["2.4.0 installs only on 2.3*"])
  }

  @Test("What is drawn hangs under where it goes next, and dead ends stand apart")
  func drawing() {
    #expect(
      Self.map.drawing(ascii: false) { "\($0.chargers)" } == [
        "2.4.0                   2",
        "└─ 2.3.1                250",
        "   └─ 2.1.0             120",
        "✗ 2.2.0                 0",
        "✗ 1.9                   40",
      ])
    #expect(Self.map.drawing(ascii: true) { _ in "" }.joined().utf8.allSatisfy { $0 < 128 })
  }

  @Test("Where no image speaks the version, everybody stands at a dead end and is told so")
  func nothing() {
    let map = VersionMap(
      images: [], running: [.init(reported: "1.0", chargers: 3, proved: [])], target: .ocpp201)
    #expect(map.nodes.map(\.isDeadEnd) == [true])
    #expect(map.nodes[0].obstacles == ["no image speaks 2.0.1"])
  }
}

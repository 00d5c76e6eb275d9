import Canvas
import Console
import Control
import Fleet
import Glibc
import Testing

/// One screen in one situation.
struct Scene: Sendable, CustomTestStringConvertible {
  let name: String
  let make: @Sendable (Size, Glyphs) -> ConsoleState
  var testDescription: String { name }
}

/// Two sizes, two glyph sets.
struct Look: Sendable, CustomTestStringConvertible {
  let size: Size
  let glyphs: Glyphs
  var testDescription: String {
    "\(size.columns)x\(size.rows)-\(glyphs.isASCII ? "ascii" : "unicode")"
  }
}

private let gone = ControlError.failed(
  "The engine closed the connection. Next: look at its output, or start it again")

private func shown(
  _ size: Size, _ glyphs: Glyphs, engine: EngineInfo? = Fixture.engine, keys: [Key] = [],
  then: [ConsoleEvent] = [], answer: @escaping (Question) -> Result<Reply, ControlError>
) -> ConsoleState {
  var state = Fixture.state(size: size, glyphs: glyphs, engine: engine)
  state.settle([.clock(now)] + keys.map { .key($0) } + then, engine: answer)
  return state
}

private func dashboard(_ change: (inout Dashboard) -> Void) -> Reply {
  var dashboard = Fixture.dashboard
  change(&dashboard)
  return .dashboard(dashboard)
}

private let fleetKey = Key.character("f")

private let scenes: [Scene] = [
  Scene(name: "dashboard-empty") { size, glyphs in
    shown(size, glyphs) { _ in
      .success(
        .dashboard(
          Dashboard(
            at: now, chargers: 0, online: 0, versions: [], verdicts: [], campaigns: [],
            failures: [], needsYou: [])))
    }
  },
  Scene(name: "dashboard-one") { size, glyphs in
    shown(size, glyphs) { _ in
      .success(
        .dashboard(
          Dashboard(
            at: now, chargers: 1, online: 1, versions: [.init(label: "1.6", count: 1)],
            verdicts: [.init(verdict: .ready, count: 1)], campaigns: [], failures: [],
            needsYou: [])))
    }
  },
  Scene(name: "dashboard-many") { size, glyphs in
    shown(size, glyphs) { .success(Fixture.answer($0)) }
  },
  Scene(name: "dashboard-campaigns") { size, glyphs in
    shown(size, glyphs) { _ in
      .success(
        dashboard {
          $0.campaigns = [
            Fixture.campaign(3, "Probe before Christmas", .finished),
            Fixture.campaign(1, "Autumn-24", .running), Fixture.campaign(2, "Alps", .held),
          ]
          $0.needsYou += $0.needsYou + $0.needsYou
        })
    }
  },
  Scene(name: "dashboard-error") { size, glyphs in
    shown(size, glyphs) { _ in .failure(gone) }
  },
  Scene(name: "dashboard-engine-gone") { size, glyphs in
    var asked = 0
    return shown(
      size, glyphs, then: [.engine(nil), .clock(now + .seconds(5))]
    ) { question in
      asked += 1
      return asked == 1 ? .success(Fixture.answer(question)) : .failure(gone)
    }
  },
  Scene(name: "fleet-empty") { size, glyphs in
    shown(size, glyphs, keys: [fleetKey]) { .success(Fixture.answer($0, matching: 0)) }
  },
  Scene(name: "fleet-one") { size, glyphs in
    shown(size, glyphs, keys: [fleetKey]) { .success(Fixture.answer($0, matching: 1)) }
  },
  Scene(name: "fleet-many") { size, glyphs in
    shown(
      size, glyphs, keys: [fleetKey, .down, .character(" "), .character(" "), .down, .down, .down]
    ) { .success(Fixture.answer($0)) }
  },
  Scene(name: "fleet-loading") { size, glyphs in
    var state = shown(size, glyphs, keys: [fleetKey]) { .success(Fixture.answer($0)) }
    _ = state.update(.key(.end))
    _ = state.update(.clock(now + .seconds(4)))
    return state
  },
  Scene(name: "fleet-bad-filter") { size, glyphs in
    var state = shown(size, glyphs, keys: [fleetKey]) { .success(Fixture.answer($0)) }
    _ = state.update(.key(.character("/")))
    state.type("colour:red")
    state.settle([.key(.enter)]) { _ in
      .failure(.invalid("no term \"colour:\"; there are model: vendor: fw: site: speaks: ready:"))
    }
    return state
  },
  Scene(name: "fleet-typing") { size, glyphs in
    var state = shown(size, glyphs, keys: [fleetKey]) { .success(Fixture.answer($0)) }
    _ = state.update(.key(.character("/")))
    state.type("model:AC22 fw:<2")
    return state
  },
  Scene(name: "fleet-engine-gone") { size, glyphs in
    shown(size, glyphs, engine: nil, keys: [fleetKey, .character("H")]) {
      .success(Fixture.answer($0))
    }
  },
  Scene(name: "charger") { size, glyphs in
    shown(size, glyphs, keys: [fleetKey, .enter]) { .success(Fixture.answer($0)) }
  },
  Scene(name: "help") { size, glyphs in
    shown(size, glyphs, keys: [fleetKey, .character("?")]) { .success(Fixture.answer($0)) }
  },
  Scene(name: "palette") { size, glyphs in
    shown(size, glyphs, keys: [.character(":"), .character("h")]) { .success(Fixture.answer($0)) }
  },
]

private let looks: [Look] = [Fixture.small, Fixture.large].flatMap { size in
  [Glyphs.unicode, .ascii].map { Look(size: size, glyphs: $0) }
}

@Suite("What stands on the screen")
struct GoldenTests {
  @Test("each screen stands cell for cell as recorded", arguments: scenes, looks)
  func golden(scene: Scene, look: Look) throws {
    let state = scene.make(look.size, look.glyphs)
    var canvas = Canvas(look.size)
    state.render(into: &canvas)
    let text = (canvas.textLines + ["== styles"] + canvas.styleLines).joined(separator: "\n") + "\n"
    let path = Self.folder + "/\(scene.name)-\(look.testDescription).txt"
    if getenv("SWELL_RECORD") != nil {
      try #require(Self.write(text, to: path))
    }
    let recorded = try #require(Self.read(path), "no golden: record with SWELL_RECORD=1")
    let (old, new) = (
      recorded.split(separator: "\n", omittingEmptySubsequences: false),
      text.split(separator: "\n", omittingEmptySubsequences: false)
    )
    #expect(old.count == new.count)
    for (line, (was, is_)) in zip(old, new).enumerated() {
      #expect(was == is_, "\(path) line \(line + 1)")
    }
  }

  @Test("the ASCII look holds nothing but ASCII", arguments: scenes)
  func ascii(scene: Scene) {
    for size in [Fixture.small, Fixture.large] {
      for line in scene.make(size, .ascii).lines() {
        #expect(line.utf8.allSatisfy { $0 < 0x80 }, "\(line)")
      }
    }
  }

  @Test("no size of terminal breaks a screen", arguments: scenes)
  func everySize(scene: Scene) {
    for rows in [1, 4, 9, 23] {
      for columns in [1, 12, 40, 79, 131] {
        let state = scene.make(Size(rows: rows, columns: columns), .unicode)
        #expect(state.lines().count == rows)
      }
    }
  }

  private static let folder =
    #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Goldens"

  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }

  private static func write(_ text: String, to path: String) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    defer { fclose(file) }
    let bytes = Array(text.utf8)
    return fwrite(bytes, 1, bytes.count, file) == bytes.count
  }
}

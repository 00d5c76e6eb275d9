import Canvas
import Glibc
import Testing

@testable import Console

/// A size and how it is painted.
struct Look: Sendable, CustomTestStringConvertible {
  enum Paint: String, Sendable { case colour, mono, ascii }
  let size: Size
  let paint: Paint
  var glyphs: Glyphs { paint == .ascii ? .ascii : .unicode }
  var testDescription: String {
    "\(size.columns)x\(size.rows)" + (paint == .colour ? "" : "-\(paint.rawValue)")
  }
}

private let looks: [Look] =
  [.colour, .mono, .ascii].map { Look(size: Fixture.small, paint: $0) }
  + [
    Look(size: Size(rows: 40, columns: 120), paint: .colour),
    Look(size: Fixture.large, paint: .colour),
  ]

@Suite("What stands on the screen")
struct GoldenTests {
  @Test("each screen stands cell for cell as recorded", arguments: scenes, looks)
  func golden(scene: Scene, look: Look) throws {
    let state = scene.state(look.size, look.glyphs)
    var canvas = Canvas(look.size)
    state.render(into: &canvas)
    // Without colour the text is that of the coloured look: only attributes are recorded.
    let text =
      (look.paint == .mono
      ? ["== attributes"] + Self.runs(canvas.monochromeLines)
      : canvas.textLines + ["== styles"] + Self.runs(canvas.styleLines))
      .joined(separator: "\n") + "\n"
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
      for line in scene.state(size, .ascii).lines() {
        #expect(line.utf8.allSatisfy { $0 < 0x80 }, "\(line)")
      }
    }
  }

  @Test("no size of terminal breaks a screen", arguments: scenes)
  func everySize(scene: Scene) {
    for rows in [1, 4, 9, 23] {
      for columns in [1, 12, 40, 79, 131] {
        let state = scene.state(Size(rows: rows, columns: columns), .unicode)
        #expect(state.lines().count == rows)
      }
    }
  }

  @Test("a screen without colour still tells a bad state by its attributes", arguments: scenes)
  func monochrome(scene: Scene) {
    var canvas = Canvas(Fixture.small)
    scene.state(Fixture.small, .unicode).render(into: &canvas)
    for (styles, attributes) in zip(canvas.styleLines, canvas.monochromeLines) {
      let plain = Array(attributes)
      for (column, letter) in styles.enumerated() where "bBwWsS".contains(letter) {
        #expect(column < plain.count && plain[column] != " " && plain[column] != "d")
      }
    }
  }

  /// Lines of letters as runs: the line's number, then where a run begins, its letter, how long it
  /// is. Lines without any are left out.
  private static func runs(_ lines: [String]) -> [String] {
    lines.enumerated().compactMap { number, line in
      var runs: [String] = []
      var start = 0
      let letters = Array(line)
      while start < letters.count {
        let end = letters[start...].firstIndex { $0 != letters[start] } ?? letters.count
        if letters[start] != " " { runs.append("\(start)\(letters[start])\(end - start)") }
        start = end
      }
      return runs.isEmpty ? nil : "\(number): " + runs.joined(separator: " ")
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

import Testing

@testable import Canvas

@Suite("Canvas")
struct CanvasTests {
  @Test(
    "text is clipped at every edge, and never splits a wide character",
    arguments: [
      ("hello", 0, 0, Int.max, "hello"), ("hello", 0, 3, .max, "   hel"),
      ("hello", 0, -2, .max, "llo"), ("hello", 0, 0, 2, "he"), ("hello", 1, 0, .max, ""),
      ("hello", 0, 6, .max, ""), ("日本語", 0, 0, .max, "日本語"), ("日本語", 0, 1, .max, " 日本"),
      ("日本語", 0, 0, 3, "日"), ("日本語", 0, -1, .max, " 本語"), ("e\u{301}a", 0, 0, .max, "e\u{301}a"),
      ("\u{301}a", 0, 0, .max, "a"), ("a\u{1B}[2Jb", 0, 0, .max, "a?[2Jb"),
      ("ä\tb\nc", 0, 0, .max, "ä b c"), ("a\u{202E}b", 0, 0, .max, "ab"),
      ("hello", 0, -9, 3, ""),
    ] as [(String, Int, Int, Int, String)])
  func putClips(text: String, row: Int, column: Int, limit: Int, expected: String) {
    var canvas = Canvas(rows: 1, columns: 6)
    canvas.put(text, at: row, column, limit: limit)
    #expect(canvas.textLines == [expected])
  }

  @Test("writing over half of a wide character blanks the other half")
  func cutsWide() {
    var canvas = Canvas(rows: 1, columns: 6)
    canvas.put("日本", at: 0, 0, .good)
    canvas.put("x", at: 0, 1)
    canvas.put("語", at: 0, 3, .bad)
    #expect(canvas.textLines == [" x 語"])
    #expect(canvas.styleLines == ["g gbb"])
  }

  @Test(
    "display width is that of a terminal",
    arguments: [
      ("a", 1), ("ä", 1), ("a\u{308}", 1), ("日", 2), ("ｱ", 1), ("Ａ", 2), ("한", 2), ("😀", 2),
      ("…", 1), ("▏", 1), ("⣿", 1), ("→", 1), ("\u{200B}", 0), ("\u{FE0F}", 0), ("⌚", 2), ("☀", 1),
      ("🇩🇪", 2), ("\u{AD}", 0), ("", 0), ("Köln", 4),
    ])
  func widths(text: String, width: Int) {
    #expect(displayWidth(text) == width)
  }

  @Test("painting the runs of a diff over the old canvas gives the new one", arguments: 0..<200)
  func diffProperty(round: Int) {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed)
    let size = Size(rows: 4, columns: 17)
    let old = random.canvas(size)
    var new = round % 4 == 0 ? random.canvas(size) : old
    random.scribble(&new, times: round % 6)
    var painted = old
    for run in new.diff(from: old) {
      #expect(!run.text.isEmpty, "seed \(seed)")
      painted.put(run.text, at: run.row, run.column, run.style)
    }
    #expect(painted == new, "seed \(seed)")
    #expect(new.diff(from: new).isEmpty, "seed \(seed)")
  }

  @Test("a diff holds the cells that changed and no others")
  func diffIsMinimal() {
    var old = Canvas(rows: 2, columns: 10)
    old.put("engine up", at: 0, 0)
    var new = old
    new.put("UP", at: 0, 7, .good)
    new.put("日x", at: 1, 2, .bad)
    #expect(
      new.diff(from: old) == [
        Run(row: 0, column: 7, text: "UP", style: .good),
        Run(row: 1, column: 2, text: "日x", style: .bad),
      ])
    #expect(new.diff(from: Canvas(rows: 1, columns: 1)).first?.column == 0)
  }

  @Test("a split spends every row, fixed parts first")
  func splits() {
    let rect = Rect(row: 1, column: 0, rows: 24, columns: 80)
    let rows = rect.splitRows(.fixed(1), .share(1), .share(2), .fixed(1))
    #expect(rows.map(\.rows) == [1, 7, 15, 1])
    #expect(rows.map(\.row) == [1, 2, 9, 24])
    let columns = rect.splitColumns(gap: 2, .share(1), .fixed(30))
    #expect(columns.map(\.columns) == [48, 30])
    #expect(columns.map(\.column) == [0, 50])
    #expect(
      Rect(row: 0, column: 0, rows: 2, columns: 1).splitRows(.fixed(5), .share(1)).map(\.rows) == [
        2, 0,
      ])
  }

  @Test(
    "text wraps at blanks, and cuts only words wider than a line",
    arguments: [
      ("stays on 1.6 now", 8, ["stays on", "1.6 now"]), ("abcdefgh", 3, ["abc", "def", "gh"]),
      ("a\n\nb", 5, ["a", "", "b"]), ("日本語 x", 4, ["日本", "語 x"]), ("", 4, [""]), ("a", 0, []),
      ("日", 1, ["日"]),
    ] as [(String, Int, [String])])
  func wraps(text: String, width: Int, expected: [String]) {
    #expect(wrapped(text, to: width) == expected)
  }

  @Test("text breaks at the same places with letters of one byte and of two")
  func wrappingByBytes() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var dice = seed
    func next(_ bound: UInt64) -> UInt64 {
      dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (dice >> 33) % bound
    }
    for _ in 0..<500 {
      let letters = (0..<next(80)).map { _ in ["e", "e", "e", " ", "\n"][Int(next(5))] }
      let plain = letters.joined()
      let accented = letters.map { $0 == "e" ? "\u{E9}" : $0 }.joined()
      let width = 1 + Int(next(12))
      let lines = wrapped(accented, to: width).map { line in
        line.map { $0 == "\u{E9}" ? "e" : String($0) }.joined()
      }
      #expect(wrapped(plain, to: width) == lines, "seed \(seed), \(plain.debugDescription)")
    }
  }

  @Test(
    "numbers are grouped by three",
    arguments: [
      (0, "0"), (999, "999"), (9812, "9 812"), (-1_234_567, "-1 234 567"), (10_000, "10 000"),
    ])
  func grouping(number: Int, expected: String) {
    #expect(grouped(number) == expected)
  }
}

/// SplitMix64, so that a printed seed repeats a failure.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func canvas(_ size: Size) -> Canvas {
    var canvas = Canvas(size)
    scribble(&canvas, times: 12)
    return canvas
  }

  mutating func scribble(_ canvas: inout Canvas, times: Int) {
    let pieces = ["a", "bc", "日", "e\u{301}", "日本", "—", "long text", "😀x", " "]
    for _ in 0..<times {
      let style = Style(
        Ink.allCases.randomElement(using: &self) ?? .normal, Bool.random(using: &self) ? .bold : [])
      canvas.put(
        pieces.randomElement(using: &self) ?? "",
        at: Int.random(in: -1...canvas.rows, using: &self),
        Int.random(in: -2...canvas.columns, using: &self), style)
      if Int.random(in: 0..<4, using: &self) == 0 {
        let rect = Rect(
          row: Int.random(in: 0..<canvas.rows, using: &self),
          column: Int.random(in: 0..<canvas.columns, using: &self), rows: 1, columns: 4)
        canvas.restyle(rect, .selected)
      }
    }
  }
}

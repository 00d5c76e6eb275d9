import Testing

@testable import Canvas

@Suite("Widgets")
struct WidgetTests {
  static let fleet = [
    Table.Column("CHARGER", minimum: 10, ideal: 14, priority: 0),
    Table.Column("SITE", minimum: 8, ideal: 14, priority: 3),
    Table.Column("kB FREE", minimum: 7, ideal: 7, priority: 2, alignment: .right),
    Table.Column("READY", minimum: 8, ideal: 12, priority: 1),
  ]

  @Test(
    "a narrow table drops its least important columns first, and never the first rank",
    arguments: [
      (80, [0, 1, 2, 3], [14, 14, 7, 12]), (42, [0, 1, 2, 3], [10, 8, 7, 8]),
      (41, [0, 2, 3], [14, 7, 12]), (31, [0, 3], [14, 12]), (20, [0], [14]), (8, [0], [5]),
    ] as [(Int, [Int], [Int])])
  func columnDropping(width: Int, indices: [Int], widths: [Int]) {
    let placed = Table(columns: Self.fleet, count: 0).layout(width: width)
    #expect(placed.map(\.index) == indices)
    #expect(placed.map(\.width) == widths)
  }

  @Test("a table shows pointer, marks, sort order and clipped cells")
  func tableGolden() {
    let rows = [
      ["KLN-DTZ-04", "Köln-Deutz", "312/96", "ready"],
      ["KLN-DTZ-07", "Köln-Deutz am Rhein", "140/96", "too small"],
      ["KLN-MES-01", "Köln-Messe", "?", "unknown"],
    ]
    var table = Table(
      columns: Self.fleet, count: 3, selected: 1, sortedColumn: 2, sortedDescending: true)
    table.top = 0
    var canvas = Canvas(rows: 4, columns: 60)
    let shown = canvas.table(table, in: canvas.bounds, glyphs: .unicode, marked: { $0 == 2 }) {
      Text(rows[$0][$1], $1 == 3 && $0 == 2 ? .warning : .normal)
    }
    #expect(shown == 0..<3)
    #expect(
      canvas.textLines == [
        "   CHARGER         SITE            kB FRE…  READY",
        "   KLN-DTZ-04      Köln-Deutz       312/96  ready",
        "▸  KLN-DTZ-07      Köln-Deutz am…   140/96  too small",
        " ● KLN-MES-01      Köln-Messe            ?  unknown",
      ])
    #expect(canvas.styleLines[2] == String(repeating: "s", count: 60))
    #expect(canvas.styleLines[3] == " a" + String(repeating: " ", count: 42) + "wwwwwww")
  }

  @Test(
    "scrolling moves as little as shows the selected row",
    arguments: [
      (0, 5, 100, 10, 0), (0, 10, 100, 10, 1), (50, 20, 100, 10, 20), (95, 99, 100, 10, 90),
      (5, 0, 3, 10, 0),
    ])
  func scrolling(top: Int, selected: Int, count: Int, visible: Int, expected: Int) {
    #expect(
      Table.scrolled(top: top, selected: selected, count: count, visible: visible) == expected)
  }

  @Test("a header keeps the place, then the clock, then facts in their order")
  func header() {
    let header = Header(
      place: ["Autumn-24", "wave 4"],
      facts: [Text("fleet.db"), Text("9 812/10 000 online", .good)],
      right: "14:03:07")
    func line(_ width: Int) -> String {
      var canvas = Canvas(rows: 1, columns: width)
      canvas.header(header, in: canvas.bounds, glyphs: .unicode)
      return canvas.textLines[0]
    }
    #expect(
      line(80) == " swell  Autumn-24 › wave 4   fleet.db   9 812/10 000 online            14:03:07"
    )
    #expect(line(50) == " swell  Autumn-24 › wave 4   fleet.db    14:03:07")
    #expect(line(36) == " swell  Autumn-24 › wave 4")
    #expect(line(20) == " swell  Autumn-24 ›…")
  }

  @Test("hints of the highest rank leave a narrow line first")
  func hints() {
    let hints = [
      Hint(key: "Enter", word: "open", rank: 1), Hint(key: "s", word: "sort", rank: 5),
      Hint(key: "c", word: "columns", rank: 5), Hint(key: "?", word: "help", rank: 0),
    ]
    func line(_ width: Int) -> String {
      var canvas = Canvas(rows: 1, columns: width)
      canvas.hints(hints, in: canvas.bounds)
      return canvas.textLines[0]
    }
    #expect(line(80) == " Enter open  s sort  c columns  ? help")
    #expect(line(38) == " Enter open  s sort  c columns  ? help")
    #expect(line(37) == " Enter open  s sort  ? help")
    #expect(line(20) == " Enter open  ? help")
    #expect(line(10) == " ? help")
  }

  @Test(
    "a bar is exact to an eighth, and shows what is not zero",
    arguments: [
      (0, 8, "····"), (1, 1000, "▏···"), (4, 8, "██··"), (5, 16, "█▎··"), (9, 8, "████"),
      (1, 0, "····"),
    ])
  func bars(value: Double, total: Double, expected: String) {
    var canvas = Canvas(rows: 1, columns: 4)
    canvas.bar(value, of: total, at: 0, 0, width: 4, glyphs: .unicode, trough: true)
    #expect(canvas.textLines == [expected])
  }

  @Test("a chart has a braille and an ASCII form")
  func chart() {
    let series = [
      Series("1.6", [100, 75, nil, 25, 0], .dim), Series("2.0.1", [0, 25, 50, 75, 100], .good),
    ]
    var canvas = Canvas(rows: 6, columns: 28)
    canvas.lineChart(series, in: canvas.bounds, glyphs: .unicode, timeLabels: ["Aug", "Nov"])
    #expect(
      canvas.textLines == [
        "100 ┤⠉⠒⠤⣀        ⣀⠤⠒⠉ 2.0.1",
        "    │        ⣀⠤⠒⠉",
        "    │    ⣀⠤⠒⠉",
        "    │⣀⠤⠒⠉        ⠉⠒⠤⣀ 1.6",
        "  0 ┼────────────────",
        "     Aug          Nov",
      ])
    var plain = Canvas(rows: 6, columns: 28)
    plain.lineChart(series, in: plain.bounds, glyphs: .ascii, timeLabels: ["Aug", "Nov"])
    #expect(
      plain.textLines == [
        "100 |***          +++ 2.0.1",
        "    |   *    +++++",
        "    |   +++++    *",
        "    |+++          *** 1.6",
        "  0 +----------------",
        "     Aug          Nov",
      ])
  }

  @Test("no widget writes outside of its area, nor traps on the smallest", arguments: 0..<6, 0..<14)
  func staysInside(rows: Int, columns: Int) {
    var canvas = Canvas(rows: 8, columns: 18)
    canvas.fill(canvas.bounds, with: "~")
    let before = canvas
    let rect = Rect(row: 1, column: 2, rows: rows, columns: columns)
    canvas.fill(rect)
    for glyphs in [Glyphs.unicode, .ascii] {
      canvas.table(Table(columns: Self.fleet, count: 9, selected: 0), in: rect, glyphs: glyphs) {
        _, _ in
        Text("some 日本 text")
      }
      canvas.lineChart(
        [Series("n", [1, 2, nil, 7])], in: rect, glyphs: glyphs, timeLabels: ["a", "b"])
      canvas.header(Header(place: ["Fleet"], right: "14:03:07"), in: rect, glyphs: glyphs)
      canvas.hints([Hint(key: "?", word: "help", rank: 0)], in: rect)
      canvas.paragraph("a few words to wrap", in: rect, glyphs: glyphs)
      canvas.input(InputLine("typed text"), prompt: "> ", in: rect)
      _ = canvas.modal(title: "Mark", size: Size(rows: 9, columns: 40), in: rect, glyphs: glyphs)
    }
    canvas.fill(rect, with: "~")
    #expect(canvas.textLines == before.textLines)
  }

  @Test(
    "an input line edits like a shell's",
    arguments: [
      ([Key.character("a"), .character("b"), .left, .character("x")], "axb", 2),
      ([.paste("one\ntwo"), .ctrl("w"), .character("!")], "one !", 5),
      ([.paste("abc"), .home, .delete, .end, .backspace], "b", 1),
      ([.paste("abc def"), .left, .left, .ctrl("u")], "ef", 0),
      ([.character("e"), .character("\u{301}")], "e\u{301}", 1),
    ] as [([Key], String, Int)])
  func inputLine(keys: [Key], text: String, cursor: Int) {
    var line = InputLine()
    for key in keys {
      let edited = line.handle(key)
      #expect(edited)
    }
    #expect(line.text == text)
    #expect(line.cursor == cursor)
    let edited = line.handle(.enter)
    #expect(!edited)
  }

  @Test("long input scrolls so that the cursor stays in sight")
  func inputScrolls() {
    var canvas = Canvas(rows: 1, columns: 8)
    canvas.input(InputLine("model:AC22"), prompt: "/", in: canvas.bounds)
    #expect(canvas.textLines == ["/l:AC22"])
    #expect(canvas.cursor == Position(row: 0, column: 7))
  }

  @Test("every glyph of the ASCII set is ASCII, and one column wide where it stands for one cell")
  func asciiGlyphs() {
    let all = Mirror(reflecting: Glyphs.ascii).children.flatMap { child in
      (child.value as? [String]) ?? (child.value as? String).map { [$0] } ?? []
    }
    #expect(all.count > 30)
    #expect(all.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } && !$0.isEmpty })
    for glyphs in [Glyphs.ascii, .unicode] {
      #expect(glyphs.eighths.count == 8 && glyphs.levels.count == 8)
      let single = [glyphs.pointer, glyphs.mark, glyphs.horizontal, glyphs.vertical, glyphs.trough]
      #expect((single + glyphs.eighths + glyphs.levels).allSatisfy { displayWidth($0) == 1 })
    }
  }
}

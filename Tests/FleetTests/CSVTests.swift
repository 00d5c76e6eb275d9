import Fleet
import Testing

@Suite("CSV both ways")
struct CSVTests {
  @Test(
    "What is written is read the same, whatever its fields hold",
    arguments: [
      [["a", "b"], ["1, 2", "3;4"]], [["a"], ["x\ty"]], [["a\tb"], ["x"]], [["a;b"], ["\u{22}"]],
      [["a", "b"], ["\r", "\n"], ["", ""]], [["\u{FEFF}a"], ["\u{FEFF}"]],
      [["a"], ["\"\u{5BB}"], ["b\u{301},\"\u{301}"]],
    ])
  func roundTrip(rows: [[String]]) {
    let file = CSV.rows(rows.map(CSV.line).joined())
    #expect(file.rows.map(\.fields) == rows)
    #expect(file.refused == [])
  }

  @Test("Refusals come in the order of their lines, those of the header included")
  func refusalsInOrder() {
    let file = ChargerImport.parse(csv: "vendor\na\"\n", source: "fleet.csv")
    #expect(file.refused.map(\.line) == [1, 2])
  }

  @Test("Empty lines before the header do not hide what divides its columns")
  func emptyFirstLines() {
    #expect(CSV.rows("\n\r\na;b\n1;2").rows.map(\.fields) == [["a", "b"], ["1", "2"]])
  }
}

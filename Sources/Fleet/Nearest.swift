/// The word that somebody may have meant who wrote another.
package enum Nearest {
  /// Of those known the one with the fewest edits, whatever the case; nil when none is near.
  package static func word(to word: String, among known: [String]) -> String? {
    // What nobody typed by mistake.
    guard word.utf8.count <= 64 else { return nil }
    let near = known.map { ($0, edits(word, $0)) }.min { $0.1 < $1.1 }
    return near.flatMap { $0.1 <= max(2, word.count / 3) ? $0.0 : nil }
  }

  /// For the end of a refusal: `; did you mean "quiet"?`, or nothing.
  package static func hint(_ word: String, _ known: [String]) -> String {
    Self.word(to: word, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// Levenshtein's distance.
  private static func edits(_ a: String, _ b: String) -> Int {
    let b = Array(b.lowercased())
    var row = Array(0...b.count)
    for (i, x) in a.lowercased().enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let cost = min(row[j + 1] + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = cost
      }
    }
    return row[b.count]
  }
}

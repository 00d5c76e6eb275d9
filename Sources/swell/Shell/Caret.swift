import Canvas

/// A line of text with a mark under one place of it, for errors in what a person typed.
enum Caret {
  /// Most cells of the text that are shown around the place.
  private static let window = 76

  /// Two lines, indented.
  /// - Parameter offset: in characters from the start; the end is a place too.
  static func lines(under text: String, at offset: Int) -> String {
    // A tab or a line break would move the mark.
    let characters = text.map {
      $0.isWhitespace || $0.asciiValue.map { $0 < 32 } ?? false ? " " : $0
    }
    let place = min(max(0, offset), characters.count)
    let start = max(0, min(place - window / 2, characters.count - window))
    let end = min(characters.count, start + window)
    let head = start > 0 ? "… " : ""
    let before = head + String(characters[start..<place])
    let line = before + String(characters[place..<end]) + (end < characters.count ? " …" : "")
    return "  \(line)\n  \(String(repeating: " ", count: displayWidth(before)))^"
  }
}

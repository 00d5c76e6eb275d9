import Canvas

extension Glyphs {
  /// Text of the inventory as this set can show it. In ASCII, because a terminal without UTF-8
  /// drops every other character in silence and shifts what stands behind it; what has no likeness
  /// becomes `?`.
  func legible(_ text: String) -> String {
    guard isASCII, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    var out = ""
    for character in text {
      if character.isASCII {
        out.append(character)
      } else {
        out += Self.likenesses[character] ?? "?"
      }
    }
    return out
  }

  private static let likenesses: [Character: String] = [
    "→": "->", "←": "<-", "…": "...", "–": "-", "—": "-", "−": "-", "·": ".", "•": "*", "≤": "<=",
    "≥": ">=", "×": "x", "›": ">", "’": "'", "‘": "'", "“": "\"", "”": "\"", "„": "\"", "°": "deg",
    "µ": "u", "\u{A0}": " ", "\u{202F}": " ", "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae",
    "Ö": "Oe", "Ü": "Ue", "ß": "ss", "æ": "ae", "Æ": "Ae", "ø": "o", "Ø": "O", "å": "a", "Å": "A",
    "à": "a", "á": "a", "â": "a", "ã": "a", "ç": "c", "è": "e", "é": "e", "ê": "e", "ë": "e",
    "ì": "i", "í": "i", "î": "i", "ï": "i", "ñ": "n", "ò": "o", "ó": "o", "ô": "o", "õ": "o",
    "ù": "u", "ú": "u", "û": "u", "ý": "y", "ÿ": "y", "À": "A", "Á": "A", "Â": "A", "Ã": "A",
    "Ç": "C", "È": "E", "É": "E", "Ê": "E", "Ë": "E", "Í": "I", "Î": "I", "Ñ": "N", "Ó": "O",
    "Ô": "O", "Ú": "U", "Ý": "Y", "ą": "a", "ć": "c", "č": "c", "ď": "d", "ę": "e", "ě": "e",
    "ğ": "g", "ı": "i", "ł": "l", "Ł": "L", "ń": "n", "ň": "n", "ő": "o", "œ": "oe", "ř": "r",
    "ś": "s", "š": "s", "Š": "S", "ş": "s", "ţ": "t", "ť": "t", "ů": "u", "ű": "u", "ź": "z",
    "ż": "z", "ž": "z", "Ž": "Z",
  ]
}

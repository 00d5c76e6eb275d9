/// Columns that a scalar takes on a terminal: 0, 1 or 2.
///
/// By scalar, not by grapheme cluster, because that is what terminals and ncurses do (POSIX
/// `wcwidth`). Wide are East Asian Wide and Fullwidth (UAX #11) and emoji presentation (UTS #51);
/// zero are marks and format characters. Control characters count 1: they are drawn as `?`.
package func displayWidth(_ scalar: Unicode.Scalar) -> Int {
  let value = scalar.value
  if value < 0x300 { return value == 0xAD ? 0 : 1 }
  // Hangul vowels and final consonants join the syllable before them.
  if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value) { return 0 }
  if value >= 0x2000, value < 0x2E80 || value >= 0x1F000, isWide(value, scalar) { return 2 }
  if value >= 0x2E80, value < 0xD7A4, isEastAsian(value), !scalar.isInvisible { return 2 }
  if scalar.isInvisible { return 0 }
  return isEastAsian(value) ? 2 : 1
}

/// Columns that a line of text takes.
package func displayWidth(_ text: String) -> Int {
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return text.unicodeScalars.reduce(0) { $0 + displayWidth($1) }
}

private func isWide(_ value: UInt32, _ scalar: Unicode.Scalar) -> Bool {
  // Regional indicators are one column each: the pair that makes a flag takes two.
  if (0x1F1E6...0x1F1FF).contains(value) { return false }
  return scalar.properties.isEmojiPresentation || isEastAsian(value)
}

/// UAX #11 classes W and F, coarse where a block is wholly wide.
private func isEastAsian(_ value: UInt32) -> Bool {
  switch value {
  case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0xA4C6,
    0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
    0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x18D00...0x18D08,
    0x1AFF0...0x1AFFF, 0x1B000...0x1B2FB, 0x1F200...0x1F265, 0x20000...0x2FFFD,
    0x30000...0x3FFFD:
    return true
  default:
    return false
  }
}

extension Unicode.Scalar {
  /// A mark that is drawn onto the character before it.
  var isMark: Bool {
    // Variation selectors choose a picture; terminals disagree on the width that results.
    if (0xFE00...0xFE0F).contains(value) || (0xE0100...0xE01EF).contains(value) { return false }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark: return true
    default: return (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FF).contains(value)
    }
  }

  var isInvisible: Bool {
    switch value {
    // Format characters by class, yet drawn: signs that stand before or around a number.
    case 0x600...0x605, 0x6DD, 0x70F, 0x890...0x891, 0x8E2, 0x110BD, 0x110CD: return false
    default: break
    }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }

  /// What is drawn for the scalar: itself, unless it would command the terminal.
  var visible: UInt32 {
    if value >= 0x20, value < 0x7F || value >= 0xA0 { return value }
    return value >= 9 && value <= 13 ? 0x20 : 0x3F
  }
}

/// The text cut to `width` columns, its last column the ellipsis when something is missing.
package func clipped(_ text: String, to width: Int, glyphs: Glyphs) -> String {
  if displayWidth(text) <= width { return text }
  let room = width - displayWidth(glyphs.ellipsis)
  if room < 0 { return "" }
  var used = 0
  var scalars = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    let columns = displayWidth(scalar)
    if used + columns > room { break }
    used += columns
    scalars.append(scalar)
  }
  return String(scalars) + glyphs.ellipsis
}

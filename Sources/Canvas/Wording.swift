/// A whole number in groups of three: `9 812`. The separator is a plain blank, one column on
/// every terminal.
package func grouped(_ number: Int) -> String {
  let digits = Array(String(number.magnitude).utf8)
  var out: [UInt8] = number < 0 ? [0x2D] : []
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { out.append(0x20) }
    out.append(digit)
  }
  return String(decoding: out, as: UTF8.self)
}

/// A number for an axis, in at most four columns or so: `950`, `1.5k`, `10k`, `2.1M`.
package func compact(_ number: Double) -> String {
  let units: [(Double, String)] = [(1_000_000, "M"), (1000, "k")]
  for (unit, name) in units where number >= unit {
    let tenths = Int((number / unit * 10).rounded())
    return tenths % 10 == 0 || tenths >= 100
      ? "\(Int((number / unit).rounded()))\(name)" : "\(tenths / 10).\(tenths % 10)\(name)"
  }
  return String(Int(number.rounded()))
}

/// A difference with its sign: `+811`, `−823`, `0`.
package func signed(_ number: Int, glyphs: Glyphs) -> String {
  if number == 0 { return "0" }
  return (number > 0 ? "+" : glyphs.minus) + grouped(Int(clamping: number.magnitude))
}

/// Breaks text into lines of at most `width` columns, at blanks where possible. Line breaks in
/// the text stay; a word wider than a line is cut.
package func wrapped(_ text: String, to width: Int) -> [String] {
  guard width > 0 else { return [] }
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return wrapped(ascii: Array(text.utf8), to: width) }
  var lines: [String] = []
  for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
    let before = lines.count
    var line = ""
    var used = 0
    for word in paragraph.split(separator: " ") {
      var rest = String(word)
      var columns = displayWidth(rest)
      if used > 0, used + 1 + columns > width {
        lines.append(line)
        line = ""
        used = 0
      }
      while columns > width {
        var head = String.UnicodeScalarView()
        var taken = 0
        for scalar in rest.unicodeScalars {
          let wide = displayWidth(scalar)
          if taken + wide > width, !head.isEmpty { break }
          head.append(scalar)
          taken += wide
        }
        lines.append(String(head))
        rest = String(rest.unicodeScalars.dropFirst(head.count))
        columns = displayWidth(rest)
      }
      if used > 0 {
        line += " "
        used += 1
      }
      line += rest
      used += columns
    }
    if used > 0 || lines.count == before { lines.append(line) }
  }
  return lines
}

/// The same for text of one byte and one column a character, which is most of it.
private func wrapped(ascii bytes: [UInt8], to width: Int) -> [String] {
  var lines: [String] = []
  for paragraph in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
    let before = lines.count
    var line: [UInt8] = []
    for word in paragraph.split(separator: 0x20) {
      var rest = word
      if !line.isEmpty, line.count + 1 + rest.count > width {
        lines.append(String(decoding: line, as: UTF8.self))
        line.removeAll(keepingCapacity: true)
      }
      while rest.count > width {
        lines.append(String(decoding: rest.prefix(width), as: UTF8.self))
        rest = rest.dropFirst(width)
      }
      if !line.isEmpty { line.append(0x20) }
      line += rest
    }
    if !line.isEmpty || lines.count == before {
      lines.append(String(decoding: line, as: UTF8.self))
    }
  }
  return lines
}

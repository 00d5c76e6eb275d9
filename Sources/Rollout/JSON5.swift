/// Why a playbook can't be read, and where.
package struct PlaybookError: Error, Sendable, Equatable {
  /// From 1.
  package var line: Int
  /// From 1, in characters.
  package var column: Int
  package var message: String

  /// `line 3, column 12: …`.
  package var sentence: String { "line \(line), column \(column): \(message)" }

  /// The same with its line of the text and a caret below it.
  package func shown(in text: String, named name: String) -> String {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let number = String(line)
    let margin = String(repeating: " ", count: number.count)
    var shown = "\(name):\(line):\(column): \(message)"
    if lines.indices.contains(line - 1) {
      // Tabs stay, so that the caret stands below its place.
      let before = lines[line - 1].prefix(column - 1).map { $0 == "\t" ? "\t" : " " }
      shown += "\n  \(number) | \(lines[line - 1])\n  \(margin) | \(before.joined())^"
    }
    return shown
  }
}

/// A value of a playbook with its place: the part of JSON5 that playbooks use (comments, unquoted
/// keys, single quotes, trailing commas). Foundation's reader tells no line or column.
struct JSON5Value: Equatable {
  indirect enum Kind: Equatable {
    case text(String)
    case number(Double)
    case flag(Bool)
    case null
    case list([JSON5Value])
    case object([Member])
  }
  struct Member: Equatable {
    var key: String
    var line: Int
    var column: Int
    var value: JSON5Value
  }
  var kind: Kind
  var line: Int
  var column: Int

  func error(_ message: String) -> PlaybookError {
    PlaybookError(line: line, column: column, message: message)
  }

  static func read(_ text: String) throws(PlaybookError) -> JSON5Value {
    var reader = JSON5Reader(text: Array(text))
    try reader.skip()
    let value = try reader.value(depth: 0)
    try reader.skip()
    if reader.peek != nil { throw reader.error("text after the end of the playbook") }
    return value
  }
}

private struct JSON5Reader {
  let text: [Character]
  var at = 0
  var line = 1
  var column = 1

  init(text: [Character]) { self.text = text }

  var peek: Character? { at < text.count ? text[at] : nil }

  func error(_ message: String) -> PlaybookError {
    PlaybookError(line: line, column: column, message: message)
  }

  mutating func take() {
    if text[at].isNewline {
      line += 1
      column = 1
    } else {
      column += 1
    }
    at += 1
  }

  mutating func skip() throws(PlaybookError) {
    while let c = peek {
      if c.isWhitespace || c == "\u{FEFF}" {
        take()
      } else if c == "/", at + 1 < text.count, text[at + 1] == "/" {
        while let c = peek, !c.isNewline { take() }
      } else if c == "/", at + 1 < text.count, text[at + 1] == "*" {
        let start = error("a comment that does not end")
        take()
        take()
        while peek != nil, !(peek == "*" && at + 1 < text.count && text[at + 1] == "/") { take() }
        if peek == nil { throw start }
        take()
        take()
      } else {
        return
      }
    }
  }

  mutating func value(depth: Int) throws(PlaybookError) -> JSON5Value {
    if depth > 16 { throw error("nested too deep") }
    let (line, column) = (line, column)
    let kind: JSON5Value.Kind
    switch peek {
    case "{": kind = .object(try members(depth: depth))
    case "[": kind = .list(try elements(depth: depth))
    case "\"", "'": kind = .text(try quoted())
    case nil: throw error("a value is missing")
    default: kind = try bare()
    }
    return JSON5Value(kind: kind, line: line, column: column)
  }

  private mutating func members(depth: Int) throws(PlaybookError) -> [JSON5Value.Member] {
    take()
    var members: [JSON5Value.Member] = []
    while true {
      try skip()
      if peek == "}" {
        take()
        return members
      }
      let (line, column) = (line, column)
      let key = peek == "\"" || peek == "'" ? try quoted() : word()
      if key.isEmpty { throw error("a key is missing") }
      if members.contains(where: { $0.key == key }) {
        throw PlaybookError(line: line, column: column, message: "`\(key)` is given twice")
      }
      try skip()
      if peek != ":" { throw error("`:` is missing after `\(key)`") }
      take()
      try skip()
      let value = try value(depth: depth + 1)
      members.append(.init(key: key, line: line, column: column, value: value))
      try separator("}")
    }
  }

  private mutating func elements(depth: Int) throws(PlaybookError) -> [JSON5Value] {
    take()
    var elements: [JSON5Value] = []
    while true {
      try skip()
      if peek == "]" {
        take()
        return elements
      }
      elements.append(try value(depth: depth + 1))
      try separator("]")
    }
  }

  private mutating func separator(_ end: Character) throws(PlaybookError) {
    try skip()
    if peek == "," {
      take()
    } else if peek != end {
      throw error("`,` or `\(end)` is missing")
    }
  }

  private mutating func word() -> String {
    var word = ""
    while let c = peek, c.isLetter || c.isNumber || "_$-+.".contains(c) {
      word.append(c)
      take()
    }
    return word
  }

  private mutating func quoted() throws(PlaybookError) -> String {
    let start = error("a text that does not end")
    let quote = text[at]
    take()
    var result = ""
    while let c = peek {
      if c.isNewline { throw start }
      take()
      if c == quote { return result }
      if c != "\\" {
        result.append(c)
        continue
      }
      guard let escaped = peek else { throw start }
      switch escaped {
      case "n": result.append("\n")
      case "t": result.append("\t")
      case "r": result.append("\r")
      case "b": result.append("\u{8}")
      case "f": result.append("\u{C}")
      case "u":
        result.unicodeScalars.append(try scalar())
        continue
      case "\"", "'", "\\", "/": result.append(escaped)
      default: throw error("`\\\(escaped)` is not known in a text")
      }
      take()
    }
    throw start
  }

  /// After `\u`: four hexadecimal digits, and those of a second half where the first is one.
  private mutating func scalar() throws(PlaybookError) -> Unicode.Scalar {
    let high = try hex()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard high < 0xDC00, peek == "\\", at + 1 < text.count, text[at + 1] == "u" else {
      throw error("half a character")
    }
    take()
    let low = try hex()
    guard (0xDC00...0xDFFF).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw error("half a character") }
    return scalar
  }

  /// From the `u` on.
  private mutating func hex() throws(PlaybookError) -> UInt32 {
    take()
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = peek?.hexDigitValue else {
        throw error("`\\u` wants four hexadecimal digits")
      }
      value = value << 4 + UInt32(digit)
      take()
    }
    return value
  }

  private mutating func bare() throws(PlaybookError) -> JSON5Value.Kind {
    let start = (line, column)
    let word = word()
    switch word {
    case "true": return .flag(true)
    case "false": return .flag(false)
    case "null": return .null
    default:
      if let first = word.first, first.isNumber || "+-.".contains(first), let n = Double(word),
        n.isFinite
      {
        return .number(n)
      }
      let shown = word.isEmpty ? peek.map(String.init) ?? "" : word
      throw PlaybookError(
        line: start.0, column: start.1, message: "`\(shown)` is no value; texts go in quotes")
    }
  }
}

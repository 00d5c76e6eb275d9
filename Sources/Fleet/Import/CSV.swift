/// A row of a CSV file.
package struct CSVRow: Sendable, Equatable {
  /// Line in the file where the row starts, from 1.
  package var line: Int
  package var fields: [String]
  package init(line: Int, fields: [String]) { (self.line, self.fields) = (line, fields) }
}

/// Reads and writes RFC 4180, with what spreadsheets do to it: a byte order mark, LF or CRLF or CR,
/// and a semicolon or a tab where the comma should be.
package enum CSV {
  /// The rows that can be read, the first being the header; empty lines are left out.
  package static func rows(_ text: String) -> (rows: [CSVRow], refused: [RefusedRow]) {
    var text = text
    return text.withUTF8 { bytes in
      let body = bytes.starts(with: mark) ? UnsafeBufferPointer(rebasing: bytes[3...]) : bytes
      var reader = CSVReader(bytes: body, delimiter: delimiter(of: body))
      reader.read()
      return (reader.rows, reader.refused)
    }
  }

  /// One line with its CRLF (RFC 4180 §2.1).
  package static func line(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\r\n"
  }

  private static func quoted(_ field: String) -> String {
    // A mark at the start of a file would be taken for its byte order mark.
    let needsQuotes =
      field.utf8.starts(with: mark)
      || field.utf8.contains {
        $0 == comma || $0 == semicolon || $0 == tab || $0 == quote || $0 == lineFeed
          || $0 == carriageReturn
      }
    guard needsQuotes else { return field }
    // By scalars: a quotation mark and an accent behind it are one character.
    var quoted = "\"".unicodeScalars
    for scalar in field.unicodeScalars {
      if scalar == "\"" { quoted.append(scalar) }
      quoted.append(scalar)
    }
    quoted.append("\"")
    return String(quoted)
  }

  /// What the header is divided by, the first line that is not empty; names of columns hold none of
  /// the three.
  private static func delimiter(of bytes: UnsafeBufferPointer<UInt8>) -> UInt8 {
    var isQuoted = false
    var counts: [UInt8: Int] = [:]
    for byte in bytes.drop(while: { $0 == lineFeed || $0 == carriageReturn }) {
      if byte == quote { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == lineFeed || byte == carriageReturn { break }
      if byte == comma || byte == semicolon || byte == tab { counts[byte, default: 0] += 1 }
    }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? comma
  }

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
  static let comma = UInt8(ascii: ",")
  static let semicolon = UInt8(ascii: ";")
  static let tab = UInt8(ascii: "\t")
  static let quote = UInt8(ascii: "\"")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
}

private struct CSVReader {
  let bytes: UnsafeBufferPointer<UInt8>
  let delimiter: UInt8
  private(set) var rows: [CSVRow] = []
  private(set) var refused: [RefusedRow] = []
  private var at = 0
  private var line = 1

  init(bytes: UnsafeBufferPointer<UInt8>, delimiter: UInt8) {
    (self.bytes, self.delimiter) = (bytes, delimiter)
  }

  mutating func read() {
    while at < bytes.count {
      let start = line
      var fields: [String] = []
      var flaw: String?
      row: while true {
        let field = at < bytes.count && bytes[at] == CSV.quote ? quotedField() : plainField()
        fields.append(field.text)
        flaw = flaw ?? field.flaw
        guard at < bytes.count else { break }
        switch bytes[at] {
        case delimiter: at += 1
        case CSV.carriageReturn:
          at += at + 1 < bytes.count && bytes[at + 1] == CSV.lineFeed ? 2 : 1
          line += 1
          break row
        default:
          at += 1
          line += 1
          break row
        }
      }
      if let flaw {
        refused.append(RefusedRow(line: start, column: nil, reason: flaw))
      } else if fields != [""] {
        rows.append(CSVRow(line: start, fields: fields))
      }
    }
  }

  private mutating func plainField() -> (text: String, flaw: String?) {
    let start = at
    while at < bytes.count, !isEnd(bytes[at]) { at += 1 }
    let field = bytes[start..<at]
    let flaw =
      field.contains(CSV.quote)
      ? "a quotation mark inside a field that does not start with one" : nil
    return (String(decoding: field, as: UTF8.self), flaw)
  }

  private mutating func quotedField() -> (text: String, flaw: String?) {
    let opened = line
    var text: [UInt8] = []
    at += 1
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte == CSV.quote {
        guard at < bytes.count, bytes[at] == CSV.quote else {
          var flaw: String?
          while at < bytes.count, !isEnd(bytes[at]) {
            flaw = "text after the closing quotation mark"
            at += 1
          }
          return (String(decoding: text, as: UTF8.self), flaw)
        }
        at += 1
      } else if byte == CSV.lineFeed || (byte == CSV.carriageReturn && !precedesLineFeed) {
        line += 1
      }
      text.append(byte)
    }
    return ("", "the quotation mark opened in line \(opened) is never closed")
  }

  private var precedesLineFeed: Bool { at < bytes.count && bytes[at] == CSV.lineFeed }

  private func isEnd(_ byte: UInt8) -> Bool {
    byte == delimiter || byte == CSV.lineFeed || byte == CSV.carriageReturn
  }
}

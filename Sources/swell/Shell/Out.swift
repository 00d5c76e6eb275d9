import Canvas
import Control
import Fleet
import Foundation
import Glibc

/// Standard output is data, standard error is talk.
enum Out {
  enum Format: String, CaseIterable {
    case table
    case json
    case csv
  }

  static let option = OptionInfo("format", "table|json|csv", "how to print; table when left out")

  /// For what has no rows of one kind.
  static let tableOrJSON = OptionInfo("format", "table|json", "how to print; table when left out")

  static func wantsJSON(_ arguments: Arguments) -> Bool { arguments["format"] == "json" }

  /// Text that ends its lines itself.
  static func text(_ text: String) { write(text, to: 1) }
  static func line(_ text: String) { write(text + "\n", to: 1) }
  static func talk(_ text: String) { write(text + "\n", to: 2) }

  private static func write(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      sent += count
    }
  }

  static func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    line(String(decoding: try encoder.encode(value), as: UTF8.self))
  }

  /// Rows under their titles; numbers are right-aligned by their column's flag.
  static func table(_ titles: [String], _ rows: [[String]], right: Set<Int> = []) {
    let widths = titles.indices.map { column in
      rows.reduce(displayWidth(titles[column])) { max($0, displayWidth($1[column])) }
    }
    for row in [titles] + rows {
      let cells = row.enumerated().map { column, text in
        let gap = String(repeating: " ", count: widths[column] - displayWidth(text))
        return right.contains(column) ? gap + text : text + gap
      }
      line(cells.joined(separator: "  ").trimmingEnd())
    }
  }

  static func csv(_ titles: [String], _ rows: [[String]]) {
    for row in [titles] + rows { line(csvLine(row)) }
  }

  /// Without its end of line.
  static func csvLine(_ row: [String]) -> String { String(CSV.line(row).dropLast()) }

  /// Where a day begins by this machine's clock.
  static func localMidnight(_ day: CivilDay) -> Instant {
    var parts = tm()
    parts.tm_year = Int32(day.year - 1900)
    parts.tm_mon = Int32(day.month - 1)
    parts.tm_mday = Int32(day.day)
    // Whether summer time holds is for the zone to say.
    parts.tm_isdst = -1
    return Instant(seconds: Int64(mktime(&parts)))
  }

  /// A local date and time to the second.
  static func time(_ instant: Instant) -> String {
    var seconds = time_t(instant.milliseconds / 1000)
    var parts = tm()
    localtime_r(&seconds, &parts)
    var buffer = [UInt8](repeating: 0, count: 32)
    let length = buffer.withUnsafeMutableBytes {
      strftime(
        $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, "%Y-%m-%d %H:%M:%S", &parts)
    }
    return String(decoding: buffer.prefix(length), as: UTF8.self)
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    // By bytes: looking for the last Character took half a minute for 100,000 rows.
    var bytes = utf8[...]
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    return String(Substring(bytes))
  }
}

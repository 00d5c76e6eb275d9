@testable import swell

/// What strace saw of an engine, a call a line, in the order of their beginnings and ends.
struct SystemCalls {
  private let lines: [Substring]

  init(path: String) throws {
    lines = try CrashScene.text(path).split(separator: "\n")
  }

  /// The end of the call that took these bytes from a socket.
  func read(of text: String, after start: Int = -1) -> Int? {
    lines.indices.first { $0 > start && isCall($0, ["read", "recv"]) && lines[$0].contains(text) }
  }

  /// The beginning of the call that gave these bytes to a socket.
  func write(of text: String, after start: Int) -> Int? {
    lines.indices.first { $0 > start && isCall($0, ["write", "send"]) && lines[$0].contains(text) }
  }

  /// The end of the first flush of the write-ahead log that began behind a line.
  func flush(after start: Int) -> Int? {
    guard
      let begin = lines.indices.first(where: {
        $0 > start && isCall($0, ["fdatasync", "fsync"]) && lines[$0].contains("-wal>")
      })
    else { return nil }
    if lines[begin].hasSuffix("= 0") { return begin }
    let thread = lines[begin].prefix { $0 != " " }
    return lines.indices.first {
      $0 > begin && lines[$0].hasPrefix(thread) && lines[$0].contains("sync resumed>")
        && lines[$0].hasSuffix("= 0")
    }
  }

  /// Whether a line is the beginning or the resumption of one of these calls.
  private func isCall(_ index: Int, _ names: [String]) -> Bool {
    // `1234  1700000000.000001 recvfrom(…` or `… <... recvfrom resumed>…`
    let parts = lines[index].split(separator: " ", maxSplits: 2)
    guard parts.count == 3 else { return false }
    let call = parts[2].hasPrefix("<... ") ? parts[2].dropFirst(5) : parts[2][...]
    return names.contains { call.hasPrefix($0) }
  }

  func around(_ index: Int) -> String {
    lines[max(0, index - 5)..<min(lines.count, index + 25)].joined(separator: "\n")
  }
}

import Fleet
import Glibc
import OCPP

/// Reads the trace's files from where they end, or from a moment, towards the past, and on from
/// there as they grow.
struct TraceTail {
  private let directory: String
  /// What was there when the reading began; new lines are read on from here.
  private var ends: [String: Int] = [:]
  /// Files that are not read yet, the newest last, each as far as it shall be read.
  private var rest: [(name: String, end: Int)] = []

  /// - Parameter until: lines after this moment may be left out.
  init(_ directory: String, until: Instant? = nil) {
    self.directory = directory
    let day = until.map { String(DateTime.format($0.milliseconds).prefix(10)) }
    for part in TraceFiles.list(directory) {
      ends[part.name] = part.size
      if let day, part.day > day { continue }
      rest.append((part.name, part.size))
    }
    if let until { rest = rest.compactMap { cut($0, until) } }
  }

  /// Whether everything older has been read.
  var isAtStart: Bool { rest.isEmpty }

  /// The next stretch into the past, about so many bytes and always of whole lines: lines in the
  /// order they were written.
  mutating func before(_ bytes: Int) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var room = bytes
    while room > 0, let (name, end) = rest.popLast() {
      let start = max(0, end - room)
      guard let text = read(name, from: start, to: end) else { continue }
      room -= end - start
      if start == 0 {
        lines = text.split(separator: UInt8(ascii: "\n")) + lines
      } else if let first = text.firstIndex(of: UInt8(ascii: "\n")), first + 1 < text.count {
        // The first line may have begun before.
        lines = text[(first + 1)...].split(separator: UInt8(ascii: "\n")) + lines
        rest.append((name, start + first + 1))
      } else {
        // A line longer than the room there was.
        rest.append((name, end))
        return lines.isEmpty ? before(bytes * 2) : lines
      }
    }
    return lines
  }

  /// What was written since the last time, or since the reading began.
  mutating func since() -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    for part in TraceFiles.list(directory) {
      let start = ends[part.name] ?? 0
      guard part.size > start, let text = read(part.name, from: start, to: part.size),
        // The last line may still be on its way.
        let last = text.lastIndex(of: UInt8(ascii: "\n"))
      else { continue }
      ends[part.name] = start + last + 1
      lines += text[..<last].split(separator: UInt8(ascii: "\n"))
    }
    return lines
  }

  /// A file's end before which everything up to that moment stands; nil when all of it is later.
  private func cut(_ file: (name: String, end: Int), _ until: Instant) -> (String, Int)? {
    let stretch = 64 << 10
    var (low, high) = (0, file.end)
    // The lines of a file are in the order of time, so halving finds the place.
    while high - low > stretch {
      let middle = low + (high - low) / 2
      guard let at = moment(file.name, at: middle, to: file.end) else { break }
      if at > until { high = middle } else { low = middle }
    }
    return high > 0 ? lineEnd(file, after: high).map { (file.name, $0) } : nil
  }

  /// When the first whole line behind a place was written.
  private func moment(_ name: String, at place: Int, to end: Int) -> Instant? {
    guard let text = read(name, from: place, to: min(end, place + (256 << 10))),
      let first = text.firstIndex(of: UInt8(ascii: "\n"))
    else { return nil }
    for line in text[(first + 1)...].split(separator: UInt8(ascii: "\n")) {
      if case .frame(let frame) = TraceEntry(line) { return frame.at }
    }
    return nil
  }

  private func lineEnd(_ file: (name: String, end: Int), after place: Int) -> Int? {
    if place >= file.end { return file.end }
    guard let text = read(file.name, from: place, to: min(file.end, place + (256 << 10))) else {
      return nil
    }
    return text.firstIndex(of: UInt8(ascii: "\n")).map { place + $0 + 1 } ?? file.end
  }

  private func read(_ name: String, from start: Int, to end: Int) -> [UInt8]? {
    let descriptor = open("\(directory)/\(name)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: end - start)
    var got = 0
    while got < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress.map { $0 + got }, $0.count - got, off_t(start + got))
      }
      guard count > 0 else { break }
      got += count
    }
    return got == 0 ? nil : Array(bytes.prefix(got))
  }
}

import Fleet
import Glibc
import OCPP

/// The files of a trace: `2026-11-23.jsonl`, and `2026-11-23.2.jsonl` and so on once one is large.
/// Whole files are dropped, oldest first. Belongs to one thread at a time.
package struct TraceFiles: ~Copyable {
  /// One file.
  package struct Part: Sendable, Equatable, Comparable {
    package var day: String
    package var number: Int
    package var size: Int
    package var name: String { number == 1 ? "\(day).jsonl" : "\(day).\(number).jsonl" }

    package static func < (a: Self, b: Self) -> Bool { (a.day, a.number) < (b.day, b.number) }

    init(day: String, number: Int, size: Int) {
      (self.day, self.number, self.size) = (day, number, size)
    }

    /// Nil for files that are none of a trace.
    init?(name: String, size: Int) {
      let words = name.split(separator: ".")
      guard words.last == "jsonl", words.count == 2 || words.count == 3,
        words[0].wholeMatch(of: #/\d{4}-\d\d-\d\d/#) != nil,
        let number = words.count == 2 ? 1 : Int(words[1])
      else { return nil }
      self.init(day: String(words[0]), number: number, size: size)
    }
  }

  private let directory: String
  private let limits: Trace.Limits
  private var current: (part: Part, descriptor: Int32)?
  private var older: [Part] = []
  /// Frames that could not be written, to be said in the file.
  private var missing = 0
  /// Why nothing can be written now.
  private(set) var fault: String?

  init(directory: String, limits: Trace.Limits) {
    self.directory = directory
    self.limits = limits
  }

  deinit { if let current { close(current.descriptor) } }

  var total: Int { older.reduce(current?.part.size ?? 0) { $0 + $1.size } }

  mutating func write(_ entries: [Trace.Entry], dropped: Int) {
    missing += dropped
    for entry in entries {
      let day = String(DateTime.format(entry.at.milliseconds).prefix(10))
      guard open(day: day) else {
        missing += 1
        continue
      }
      if missing > 0, put(Self.gap(of: missing, at: entry.at)) { missing = 0 }
      if !put(Self.line(of: entry)) { missing += 1 }
    }
  }

  private static func line(of entry: Trace.Entry) -> [UInt8] {
    let frame = Redaction.frame(entry.frame)
    var writer = JSONWriter(capacity: frame.utf8.count + 120)
    writer.beginObject()
    writer.key("time")
    writer.string(DateTime.format(entry.at.milliseconds))
    writer.key("charger")
    writer.string(entry.identity)
    writer.key("direction")
    writer.string(entry.direction.rawValue)
    writer.key("version")
    writer.string(entry.version.label)
    if (try? JSONDocument(text: frame)) != nil {
      writer.key("frame")
      writer.raw(frame.utf8)
    } else {
      writer.key("unreadable")
      writer.string(frame)
    }
    writer.endObject()
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  private static func gap(of count: Int, at: Instant) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("time")
    writer.string(DateTime.format(at.milliseconds))
    writer.key("dropped")
    writer.int(count)
    writer.endObject()
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  private mutating func put(_ line: [UInt8]) -> Bool {
    guard let (part, descriptor) = current else { return false }
    let count = Glibc.write(descriptor, line, line.count)
    guard count == line.count else {
      let code = errno
      // A torn line would spoil the next one.
      if count > 0 { ftruncate(descriptor, off_t(part.size)) }
      fault = count < 0 ? String(cString: strerror(code)) : "the disk is full"
      return false
    }
    fault = nil
    current?.part.size += count
    return true
  }

  /// Opens the file of that day, or its next part, and makes room for it.
  private mutating func open(day: String) -> Bool {
    let most = max(1, limits.size / 8)
    if let part = current?.part, part.day == day, part.size < most { return true }
    if let current { close(current.descriptor) }
    current = nil
    mkdir(directory, 0o700)
    older = Self.list(directory)
    prune(before: day, room: most)
    var part = older.last { $0.day == day } ?? Part(day: day, number: 1, size: 0)
    if part.size >= most { part = Part(day: day, number: part.number + 1, size: 0) }
    older.removeAll { $0.name == part.name }
    let path = "\(directory)/\(part.name)"
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      fault = "\(path): \(String(cString: strerror(errno)))"
      return false
    }
    current = (part, descriptor)
    return true
  }

  private mutating func prune(before day: String, room: Int) {
    var sum = older.reduce(0) { $0 + $1.size }
    while let first = older.first,
      sum + room > limits.size || Self.isOld(first.day, day, limits)
    {
      unlink("\(directory)/\(first.name)")
      sum -= first.size
      older.removeFirst()
    }
  }

  private static func isOld(_ day: String, _ today: String, _ limits: Trace.Limits) -> Bool {
    guard let then = DateTime.parse(day + "T00:00:00Z"),
      let now = DateTime.parse(today + "T00:00:00Z")
    else { return false }
    return now.ms - then.ms >= Int64(limits.days) * 86_400_000
  }

  /// The files there are, oldest first.
  package static func list(_ directory: String) -> [Part] {
    guard let handle = opendir(directory) else { return [] }
    defer { closedir(handle) }
    var parts: [Part] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var status = stat()
      guard stat("\(directory)/\(name)", &status) == 0,
        let part = Part(name: name, size: Int(status.st_size))
      else { continue }
      parts.append(part)
    }
    return parts.sorted()
  }

  static func read(_ path: String) -> [UInt8]? {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return count == 0 ? bytes : nil }
      bytes += buffer[..<count]
    }
  }
}

import CSMS
import Control
import Fleet
import Foundation
import Glibc

/// What `swell serve` was told about the message trace.
struct TraceOptions {
  var all = false
  var limits = Trace.Limits()

  static let all: [OptionInfo] = [
    OptionInfo("trace", "all|chosen", "chargers whose every message is written down; chosen"),
    OptionInfo("trace-cap", "MB", "size of all trace files together; 256"),
    OptionInfo("trace-days", "N", "days that trace files are kept; 14"),
  ]

  init() {}

  init(_ arguments: Arguments) throws {
    all = arguments["trace"] == "all"
    limits.size = (try arguments.number("trace-cap", in: 1...1_000_000) ?? 256) << 20
    limits.days = try arguments.number("trace-days", in: 1...3650) ?? 14
  }
}

/// `swell trace`: every message of a charger, switched on, and read.
enum TraceCommand {
  static let info = CommandInfo(
    "trace", "CHARGER [--on|--off|--follow]", "write down and show every message of a charger",
    [
      Workplace.option, OptionInfo("on", nil, "from now on its messages are written down"),
      OptionInfo("off", nil, "no longer"),
      OptionInfo("follow", nil, "go on showing messages as they come; interrupt ends it"),
      OptionInfo("limit", "N", "the newest so many; 100"),
      Out.tableOrJSON,
    ]
  ) { arguments in
    let charger = try arguments.word(0, "a charger")
    try arguments.noMoreWords(than: 1)
    let path = Workplace.path(arguments)
    if arguments.has("on") || arguments.has("off") {
      guard arguments.has("on") != arguments.has("off") else {
        throw UsageError("trace wants --on or --off, not both.")
      }
      let place = try Workplace(arguments)
      return Out.line(
        try place.perform(.trace(charger: charger, on: arguments.has("on"))).message)
    }
    let limit = try arguments.number("limit", in: 0...1_000_000) ?? 100
    let traces = Workplace.traces(of: path)
    var reader = TraceReader(directory: traces, charger: charger)
    let lines = reader.read()
    let wantsJSON = Out.wantsJSON(arguments)
    func show(_ line: TraceReader.Line) { Out.line(wantsJSON ? line.text : line.sentence) }
    for line in lines.suffix(limit) { show(line) }
    guard arguments.has("follow") else {
      if lines.isEmpty {
        Out.talk(
          "No message of \(charger) is written down in \(traces). Switch it on: swell trace \(charger) --on"
        )
      }
      return
    }
    while true {
      usleep(200_000)
      for line in reader.read() { show(line) }
    }
  }
}

/// Reads what was written since it last read, over all files of a trace.
struct TraceReader {
  struct Line {
    /// As in the file.
    let text: String
    fileprivate let row: Row

    /// For a person: when, which way, what.
    var sentence: String {
      if let count = row.dropped { return "\(row.time)  \(count) messages are missing here" }
      let arrow = row.direction == "in" ? "<-" : "->"
      let frame =
        text.firstRange(of: "\"frame\":").map { text[$0.upperBound...].dropLast() }
        ?? text.firstRange(of: "\"unreadable\":").map { text[$0.upperBound...].dropLast() } ?? ""
      return "\(row.time)  \(arrow)  \(row.version ?? "")  \(frame)"
    }
  }

  fileprivate struct Row: Decodable {
    var time: String
    var charger: String?
    var direction: String?
    var version: String?
    var dropped: Int?
  }

  let directory: String
  let charger: String
  private var offsets: [String: UInt64] = [:]

  init(directory: String, charger: String) {
    self.directory = directory
    self.charger = charger
  }

  mutating func read() -> [Line] {
    var found: [Line] = []
    for part in TraceFiles.list(directory) {
      let start = offsets[part.name] ?? 0
      guard UInt64(part.size) > start,
        let file = FileHandle(forReadingAtPath: "\(directory)/\(part.name)")
      else { continue }
      defer { try? file.close() }
      guard (try? file.seek(toOffset: start)) != nil, let data = try? file.readToEnd() else {
        continue
      }
      // The last line may still be on its way.
      guard let end = data.lastIndex(of: UInt8(ascii: "\n")) else { continue }
      offsets[part.name] = start + UInt64(end - data.startIndex + 1)
      let decoder = JSONDecoder()
      for bytes in data[...end].split(separator: UInt8(ascii: "\n")) {
        guard let row = try? decoder.decode(Row.self, from: Data(bytes)),
          row.charger == charger || row.charger == nil
        else { continue }
        found.append(Line(text: String(decoding: bytes, as: UTF8.self), row: row))
      }
    }
    return found
  }
}

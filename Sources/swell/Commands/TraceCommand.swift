import CSMS
import Control
import Fleet
import Glibc
import OCPP

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
      OptionInfo("action", "NAME", "only actions that begin so, and their answers"),
      OptionInfo("errors", nil, "only errors, refusals, and what breaks a rule or had no answer"),
      OptionInfo("limit", "N", "the newest so many; 100"),
      Out.tableOrJSON,
    ]
  ) { arguments in
    let name = try arguments.word(0, "a charger")
    try arguments.noMoreWords(than: 1)
    let place = try Workplace(arguments)
    guard case .charger(let found?) = try place.ask(.charger(name)) else {
      throw ControlError.unknownCharger(name)
    }
    let charger = found.row.identity
    if arguments.has("on") || arguments.has("off") {
      guard arguments.has("on") != arguments.has("off") else {
        throw UsageError("trace wants --on or --off, not both.")
      }
      guard arguments.has("on") || !arguments.has("follow") else {
        throw UsageError("trace wants --off or --follow, not both.")
      }
      let message = try place.perform(.trace(charger: charger, on: arguments.has("on"))).message
      guard arguments.has("follow") else { return Out.line(message) }
      Out.talk(message)
    }
    let query = TrafficQuery(
      charger: charger, action: arguments["action"] ?? "", onlyErrors: arguments.has("errors"),
      limit: try arguments.number("limit", in: 1...1_000_000) ?? 100)
    let traces = Workplace.traces(of: Workplace.path(arguments))
    var reader = TrafficReader(traces, query, messages: try StockContent.messages())
    let page = reader.page(at: SystemClock.now)
    let wantsJSON = Out.wantsJSON(arguments)
    func show(_ line: TrafficPage.Line) { Out.line(wantsJSON ? line.json : line.sentence) }
    for line in page.lines { show(line) }
    if page.dropped > 0 {
      Out.talk("\(page.dropped) messages are missing: the disk was full or too slow for them.")
    }
    guard arguments.has("follow") else {
      if page.lines.isEmpty { Out.talk(nothing(query, traces)) }
      return
    }
    while !isEnded { for line in reader.next() { show(line) } }
  }

  /// Waits a moment; true once somebody interrupts, or nobody reads any more. The signals are blocked
  /// in every thread and have to be fetched.
  private static var isEnded: Bool {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, number) }
    var moment = timespec(tv_sec: 0, tv_nsec: 200_000_000)
    if sigtimedwait(&signals, nil, &moment) > 0 { return true }
    var output = pollfd(fd: 1, events: 0, revents: 0)
    return poll(&output, 1, 0) > 0
  }

  /// Why there is nothing to show.
  private static func nothing(_ query: TrafficQuery, _ traces: String) -> String {
    let charger = query.charger ?? ""
    if !query.action.isEmpty || query.onlyErrors {
      return "No message of \(charger) that is written down fits the filter."
    }
    return "No message of \(charger) is written down in \(traces). "
      + "Switch it on: swell trace \(charger) --on"
  }
}

extension TrafficPage.Line {
  /// For a person: when, which way, what, and what is to be said of it.
  fileprivate var sentence: String {
    var remarks: [String] = []
    if kind != .call, kind != .send, !action.isEmpty { remarks.append(action) }
    if let latency { remarks.append("after \(latency) ms") }
    if let fault {
      let path = fault.path.isEmpty ? "" : "\(fault.path): "
      remarks.append("! \(path)\(fault.what)")
    }
    let arrow = isInbound ? "<-" : "->"
    let remark = remarks.isEmpty ? "" : "  " + remarks.joined(separator: ", ")
    return "\(DateTime.format(at.milliseconds))  \(arrow)  \(version.label)  \(frame)\(remark)"
  }

  /// On one line.
  fileprivate var json: String {
    var writer = JSONWriter(capacity: payload.utf8.count + 240)
    func text(_ key: String, _ value: String) {
      writer.key(key)
      writer.string(value)
    }
    writer.beginObject()
    text("time", DateTime.format(at.milliseconds))
    text("charger", charger)
    text("direction", isInbound ? "in" : "out")
    text("version", version.label)
    text("kind", kind.rawValue)
    text("id", id)
    text("action", action)
    if kind == .unreadable {
      text("unreadable", payload)
    } else {
      writer.key("frame")
      writer.raw(frame.utf8)
    }
    if let latency {
      writer.key("latency")
      writer.int(latency)
    }
    if let fault {
      writer.key("fault")
      writer.beginObject()
      text("path", fault.path)
      text("what", fault.what)
      writer.endObject()
    }
    writer.endObject()
    return writer.text
  }

  /// As it went over the wire, but for secrets.
  private var frame: String {
    var writer = JSONWriter(capacity: payload.utf8.count + 80)
    func start(_ type: Int) {
      writer.beginArray()
      writer.int(type)
      writer.string(id)
    }
    switch kind {
    case .unreadable: return payload
    case .call, .send:
      start(kind == .call ? 2 : 6)
      writer.string(action)
      writer.raw(payload.utf8)
    case .result:
      start(3)
      writer.raw(payload.utf8)
    case .error, .resultError:
      let error = try? JSON(text: payload)
      start(kind == .error ? 4 : 5)
      writer.string(error?["code"]?.string ?? "")
      writer.string(error?["description"]?.string ?? "")
      if let details = error?["details"] { details.write(into: &writer) }
    }
    writer.endArray()
    return writer.text
  }
}

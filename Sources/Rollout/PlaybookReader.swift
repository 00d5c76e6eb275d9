import Fleet

extension Playbook {
  /// Reads a playbook of schema `swell: 1`. Strict: a key that is not known is an error, with the
  /// nearest one that is.
  package static func read(_ text: String) throws(PlaybookError) -> Playbook {
    var top = try Fields(JSON5Value.read(text), of: "the playbook")
    guard let schema = top.take("swell") else {
      throw top.error("`swell: 1` is missing: the version of the schema")
    }
    if schema.kind != .number(1) { throw schema.error("only schema 1 is known to this program") }
    guard let name = top.take("name") else { throw top.error("`name` is missing") }
    let nameText = try name.asText()
    var target = ProtocolVersion.ocpp201
    var title = nameText
    if let value = top.take("title") { title = try value.asText() }
    if let value = top.take("target") {
      guard let version = ProtocolVersion(label: try value.asText()), version > .ocpp16 else {
        throw value.error("`target` is \"2.0.1\" or \"2.1\"")
      }
      target = version
    }
    var playbook = Playbook(name: nameText, title: title, target: target)
    if let value = top.take("waves") { playbook.waves = try .init(reading: value) }
    if let value = top.take("gate") { playbook.gate = try .init(reading: value) }
    if let value = top.take("soak") { playbook.soak = try .init(reading: value) }
    if let value = top.take("limits") { playbook.limits = try .init(reading: value) }
    if let value = top.take("siteBudget") { playbook.siteBudget = try value.asCount(from: 0) }
    if let value = top.take("provesSession") { playbook.provesSession = try value.asFlag() }
    try top.end()
    return playbook
  }
}

extension WavePolicy {
  init(reading value: JSON5Value) throws(PlaybookError) {
    self.init()
    var fields = try Fields(value, of: "`waves`")
    if let value = fields.take("growth") { growth = try value.asNumber(1...100) }
    if let value = fields.take("canaryAtLeast") { canaryAtLeast = try value.asCount(from: 1) }
    if let value = fields.take("canaryFailures") { canaryFailures = try value.asCount(from: 0) }
    try fields.end()
  }
}

extension GatePolicy {
  init(reading value: JSON5Value) throws(PlaybookError) {
    self.init()
    var fields = try Fields(value, of: "`gate`")
    if let value = fields.take("maxFailureRate") { maxFailureRate = try value.asShare() }
    if let value = fields.take("confidence") { confidence = try value.asShare() }
    if let value = fields.take("acceptedHarm") { acceptedHarm = try value.asCount(from: 1) }
    try fields.end()
  }
}

extension SoakPolicy {
  init(reading value: JSON5Value) throws(PlaybookError) {
    self.init()
    var fields = try Fields(value, of: "`soak`")
    if let value = fields.take("onFirmware") { onFirmware = try value.asSpan() }
    if let value = fields.take("onVersion") { onVersion = try value.asSpan() }
    try fields.end()
  }
}

extension Limits {
  init(reading value: JSON5Value) throws(PlaybookError) {
    self.init()
    var fields = try Fields(value, of: "`limits`")
    if let value = fields.take("answer") { answer = try value.asSpan(atLeast: .milliseconds(1)) }
    if let value = fields.take("drain") { drain = try value.asSpan(atLeast: .milliseconds(1)) }
    if let value = fields.take("quiet") { quiet = try value.asSpan() }
    if let value = fields.take("download") {
      download = try value.asSpan(atLeast: .milliseconds(1))
    }
    if let value = fields.take("install") { install = try value.asSpan(atLeast: .milliseconds(1)) }
    if let value = fields.take("reboot") { reboot = try value.asSpan(atLeast: .milliseconds(1)) }
    if let value = fields.take("verify") { verify = try value.asSpan(atLeast: .milliseconds(1)) }
    if let value = fields.take("attempts") { attempts = try value.asCount(from: 1) }
    if let value = fields.take("boots") { boots = try value.asCount(from: 0) }
    if let value = fields.take("absence") { absence = try value.asSpan(atLeast: .milliseconds(1)) }
    try fields.end()
  }
}

/// The members of an object, taken one by one; what is left at the end is an error.
private struct Fields {
  private let value: JSON5Value
  private let name: String
  private var members: [JSON5Value.Member]
  private var known: [String] = []

  init(_ value: JSON5Value, of name: String) throws(PlaybookError) {
    guard case .object(let members) = value.kind else {
      throw value.error("\(name) is an object in braces")
    }
    (self.value, self.name, self.members) = (value, name, members)
  }

  func error(_ message: String) -> PlaybookError { value.error(message) }

  mutating func take(_ key: String) -> JSON5Value? {
    known.append(key)
    guard let at = members.firstIndex(where: { $0.key == key }) else { return nil }
    return members.remove(at: at).value
  }

  func end() throws(PlaybookError) {
    guard let stray = members.first else { return }
    let hint = Nearest.word(to: stray.key, among: known).map { "; did you mean `\($0)`?" } ?? ""
    let message = "`\(stray.key)` is not known in \(name)\(hint)"
    throw PlaybookError(line: stray.line, column: stray.column, message: message)
  }
}

extension JSON5Value {
  fileprivate func asText() throws(PlaybookError) -> String {
    guard case .text(let text) = kind, !text.isEmpty else { throw error("a text is wanted here") }
    return text
  }

  fileprivate func asFlag() throws(PlaybookError) -> Bool {
    guard case .flag(let flag) = kind else { throw error("`true` or `false` is wanted here") }
    return flag
  }

  fileprivate func asNumber(_ range: ClosedRange<Double>) throws(PlaybookError) -> Double {
    guard case .number(let n) = kind, range.contains(n) else {
      throw error("a number from \(range.lowerBound) to \(range.upperBound) is wanted here")
    }
    return n
  }

  fileprivate func asCount(from least: Int) throws(PlaybookError) -> Int {
    guard case .number(let n) = kind, n == n.rounded(), n >= Double(least), n <= 1e6 else {
      throw error("a whole number from \(least) is wanted here")
    }
    return Int(n)
  }

  /// `"10 %"` or `0.1`; between nothing and all.
  fileprivate func asShare() throws(PlaybookError) -> Double {
    var share: Double?
    switch kind {
    case .number(let n): share = n
    case .text(let text) where text.hasSuffix("%"):
      share = Double(text.dropLast().filter { $0 != " " }).map { $0 / 100 }
    default: break
    }
    guard let share, share > 0, share < 1 else {
      throw error("a share such as \"10 %\" is wanted here")
    }
    return share
  }

  /// `"90s"`, `"15m"`, `"24h"`, `"2d"`, `"500ms"`; up to a year.
  fileprivate func asSpan(
    atLeast least: Span = .milliseconds(0)
  ) throws(PlaybookError) -> Span {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86_400.0)]
    if case .text(let text) = kind {
      let digits = text.prefix { $0.isNumber || $0 == "." }
      let unit = text.dropFirst(digits.count).filter { $0 != " " }
      if let n = Double(digits), let scale = units.first(where: { $0.0 == unit })?.1,
        n * scale <= 366 * 86_400, .seconds(n * scale) >= least
      {
        return .seconds(n * scale)
      }
    }
    throw error("a time such as \"90s\", \"15m\" or \"24h\" is wanted here")
  }
}

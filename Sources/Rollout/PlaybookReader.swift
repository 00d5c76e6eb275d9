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
    if let value = top.take("windows") { playbook.windows = try .init(reading: value) }
    if let value = top.take("budgets") { playbook.budgets = try .init(reading: value) }
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

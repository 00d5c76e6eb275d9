import Fleet

extension Playbook {
  /// Reads a playbook of schema `swell: 1`. Strict: a key that is not known is an error, with the
  /// nearest one that is.
  package static func read(_ text: String) throws(PlaybookError) -> Playbook {
    let root = try JSON5Value.read(text)
    var top = try Fields(root, of: "the playbook")
    guard let schema = top.take("swell") else {
      throw top.error("`swell: 1` is missing: the version of the schema")
    }
    if schema.kind != .number(1) { throw schema.error("only schema 1 is known to this program") }
    guard let name = top.take("name") else { throw top.error("`name` is missing") }
    let nameText = try name.asText()
    var title = nameText
    if let value = top.take("title") { title = try value.asText() }
    var route = Route.inPlace
    if let value = top.take("route") { route = try .init(reading: value) }
    let target = try Self.target(reading: top.take("target"), on: route)
    var playbook = Playbook(name: nameText, title: title, target: target)
    playbook.route = route
    if let value = top.take("steps") {
      playbook.steps = try CustomStep.list(reading: value, on: route)
    }
    if let value = top.take("requires") { playbook.requires = try Requirement.list(reading: value) }
    if let value = top.take("waves") { playbook.waves = try .init(reading: value) }
    if let value = top.take("gate") { playbook.gate = try .init(reading: value) }
    if let value = top.take("soak") { playbook.soak = try .init(reading: value) }
    if let value = top.take("limits") { playbook.limits = try .init(reading: value) }
    if let value = top.take("siteBudget") { playbook.siteBudget = try value.asCount(from: 0) }
    if let value = top.take("windows") { playbook.windows = try .init(reading: value) }
    if let value = top.take("budgets") { playbook.budgets = try .init(reading: value) }
    if let value = top.take("deadline") { playbook.deadline = try value.asDeadline() }
    if let value = top.take("provesSession") { playbook.provesSession = try value.asFlag() }
    try top.end()
    let found = playbook.contradictions { root.find($0) != nil }
    if let first = found.first {
      throw (root.find(first.path) ?? root).error(first.message)
    }
    return playbook
  }
}

extension Playbook {
  /// The text of a playbook with another name and all its comments; nil where it has none.
  package static func renamed(_ text: String, from old: String, to new: String) -> String? {
    let name = "name: \"\(old)\""
    guard text.contains(name) else { return nil }
    return text.replacing(name, with: "name: \"\(new)\"", maxReplacements: 1)
  }
}

extension SoakPolicy {
  init(reading value: JSON5Value) throws(PlaybookError) {
    self.init()
    var fields = try Fields(value, of: "`soak`")
    if let value = fields.take("onFirmware") { onFirmware = try value.asSpan() }
    if let value = fields.take("betweenHops") { betweenHops = try value.asSpan() }
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

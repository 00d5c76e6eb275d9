import Fleet

extension CustomStep {
  /// Messages that no step may send, and why.
  private static let others = [
    "UpdateFirmware":
      "images go by the route of the playbook, which knows their hash and their hops",
    "SignedUpdateFirmware":
      "images go by the route of the playbook, which knows their hash and their hops",
    "PublishFirmware":
      "images go by the route of the playbook, which knows their hash and their hops",
    "ChangeAvailability": "connectors are closed and given back by the playbook itself",
    "RemoteStartTransaction": "no session is begun on a charger that is being moved",
    "RequestStartTransaction": "no session is begun on a charger that is being moved",
  ]

  /// Reads `steps`, for a playbook whose route is read already.
  static func list(
    reading value: JSON5Value, on route: Route
  ) throws(PlaybookError) -> [CustomStep] {
    guard case .list(let elements) = value.kind else {
      throw value.error("`steps` is a list in brackets")
    }
    if elements.count > 50 { throw value.error("more than 50 steps") }
    var steps: [CustomStep] = []
    for element in elements {
      let step = try CustomStep(reading: element, on: route)
      if steps.contains(where: { $0.name == step.name }) {
        throw (element.find(["name"]) ?? element).error("there is a step \"\(step.name)\" already")
      }
      steps.append(step)
    }
    return steps
  }

  private init(reading value: JSON5Value, on route: Route) throws(PlaybookError) {
    var fields = try Fields(value, of: "a step")
    guard let name = fields.take("name") else { throw fields.error("`name` of a step is missing") }
    guard let at = fields.take("at") else { throw fields.error("`at` of a step is missing") }
    guard let send = fields.take("send") else { throw fields.error("`send` of a step is missing") }
    let point = try at.asWord(among: Point.allCases.map(\.rawValue))
    self.init(
      name: try name.asText(), point: Point(rawValue: point) ?? .beforeSwitch,
      action: try send.asText())
    if self.name.count > 60 { throw name.error("the name of a step has at most 60 characters") }
    if let why = Self.others[action] { throw send.error("\(action) is not for a step: \(why)") }
    if route == .rollBack || self.point.isOfImage && !route.installs {
      throw at.error("the route `\(route.rawValue)` has no point \"\(point)\"")
    }
    if let value = fields.take("payload") {
      guard case .object = value.kind else { throw value.error("a payload is an object in braces") }
      payload = value.json
    }
    if let value = fields.take("expect") { expect = try .init(reading: value) }
    if let value = fields.take("otherwise") {
      let word = try value.asWord(among: Otherwise.allCases.map(\.rawValue))
      otherwise = Otherwise(rawValue: word) ?? .fail
      if otherwise == .skip, self.point.isInNewVersion {
        throw value.error(
          "a charger in the new version can't be skipped: \"fail\" takes it back, or \"go on\"")
      }
    }
    if let value = fields.take("retries") { retries = try value.asCount(from: 0) }
    if let value = fields.take("within") { within = try value.asSpan(atLeast: .milliseconds(1)) }
    try fields.end()
  }
}

extension AnswerCondition {
  init(reading value: JSON5Value) throws(PlaybookError) {
    var fields = try Fields(value, of: "`expect`")
    var path = "status"
    if let value = fields.take("path") { path = try value.asText() }
    var tests: [(JSON5Value, Test)] = []
    if let value = fields.take("equals") { tests.append((value, .equals(try value.asScalar()))) }
    if let value = fields.take("oneOf") {
      guard case .list(let elements) = value.kind, !elements.isEmpty else {
        throw value.error("a list of values is wanted here")
      }
      var values: [String] = []
      for element in elements { values.append(try element.asScalar()) }
      tests.append((value, .oneOf(values)))
    }
    if let value = fields.take("matches") { tests.append((value, .matches(try value.asText()))) }
    if let value = fields.take("exists") { tests.append((value, .exists(try value.asFlag()))) }
    try fields.end()
    guard let test = tests.first else {
      throw value.error("`expect` wants one of `equals`, `oneOf`, `matches`, `exists`")
    }
    if tests.count > 1 {
      throw tests[1].0.error("`expect` has one of `equals`, `oneOf`, `matches`, `exists`, not two")
    }
    self.init(path: path, test.1)
  }
}

extension JSON5Value {
  /// A text, number or flag, as text.
  fileprivate func asScalar() throws(PlaybookError) -> String {
    switch kind {
    case .text(let text): return text
    case .number, .flag: return json
    default: throw error("a text, a number, `true` or `false` is wanted here")
    }
  }
}

extension Playbook {
  /// Where a step's part stands in the text of a playbook that was read from it.
  package static func place(
    of part: String, ofStep index: Int, in text: String, saying message: String
  ) -> PlaybookError {
    guard let root = try? JSON5Value.read(text),
      let value = root.find(["steps", String(index), part]) ?? root.find(["steps", String(index)])
    else { return PlaybookError(line: 1, column: 1, message: message) }
    return value.error(message)
  }
}

import Fleet

/// What the answer to a custom step should say at one place.
package struct AnswerCondition: Sendable, Hashable, Codable {
  package enum Test: Sendable, Hashable, Codable {
    case equals(String)
    case oneOf([String])
    /// A pattern with `*` and `?`, without regard to case.
    case matches(String)
    case exists(Bool)
  }
  /// Keys and numbers of elements from the top, joined by dots: `configurationKey.0.value`.
  package var path: String
  package var test: Test
  package init(path: String, _ test: Test) { (self.path, self.test) = (path, test) }

  /// `status is "Accepted"`.
  package var words: String {
    switch test {
    case .equals(let value): "\(path) is \"\(value)\""
    case .oneOf(let values):
      "\(path) is \(values.map { "\"\($0)\"" }.joined(separator: " or "))"
    case .matches(let pattern): "\(path) is like \"\(pattern)\""
    case .exists(true): "\(path) is there"
    case .exists(false): "\(path) is not there"
    }
  }

  /// Why an answer is not as it should be; nil when it is.
  ///
  /// - Parameter answer: the payload of a CALLRESULT; what a charger sends, so anything.
  package func objection(to answer: String) -> String? {
    guard let root = try? JSON5Value.read(answer) else { return "its answer can't be read" }
    let found = root.find(path.split(separator: ".").map(String.init))
    let value = found.map(\.plain)
    let holds =
      switch test {
      case .equals(let wanted): value == wanted
      case .oneOf(let wanted): value.map(wanted.contains) ?? false
      case .matches(let pattern): value.map { Glob(pattern).matches($0) } ?? false
      case .exists(let wanted): (found != nil) == wanted
      }
    if holds { return nil }
    let shown = value.map { "\"\($0.prefix(60))\"" } ?? "not there"
    return "\(path) is \(shown), not as wanted (\(words))"
  }

  static func status(of answer: String) -> String? {
    guard let root = try? JSON5Value.read(answer),
      case .text(let status)? = root.find(["status"])?.kind
    else { return nil }
    return status
  }

  /// The status of an answer that says that nothing was done; nil for any other answer.
  static func refusal(in answer: String) -> String? {
    guard let status = status(of: answer) else { return nil }
    return ["Rejected", "NotSupported", "NotImplemented", "Failed"].contains(status) ? status : nil
  }
}

extension JSON5Value {
  /// A text as it is; anything else as JSON.
  fileprivate var plain: String {
    if case .text(let text) = kind { return text }
    return json
  }
}

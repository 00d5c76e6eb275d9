import Fleet

/// A message of a playbook's own, sent at one point of the way.
package struct CustomStep: Sendable, Equatable, Codable {
  /// Where on the way it is sent; the charger is free and closed to drivers at each.
  package enum Point: String, Sendable, CaseIterable, Codable {
    /// Of each image, where there are several.
    case beforeFirmware = "before firmware"
    case afterFirmware = "after firmware"
    case beforeSwitch = "before switch"
    /// Accepted in the new version, not proved yet.
    case afterSwitch = "after switch"
    case afterVerified = "after verified"

    /// The new version is spoken there, else 1.6.
    package var isInNewVersion: Bool { self == .afterSwitch || self == .afterVerified }
    var isOfImage: Bool { self == .beforeFirmware || self == .afterFirmware }
  }

  /// What becomes of a charger whose answer is not as it should be.
  package enum Otherwise: String, Sendable, CaseIterable, Codable {
    /// Before the switch it fails on 1.6; behind it the version is taken back.
    case fail
    /// It is left out and counts neither as done nor as failed.
    case skip
    case goOn = "go on"
  }

  /// Unique in its playbook; attempts are counted by it.
  package var name: String
  package var point: Point
  /// A message that a CSMS sends, as its version spells it.
  package var action: String
  /// JSON without spaces.
  package var payload: String
  /// Nil: whatever is answered will do, but no error.
  package var expect: AnswerCondition?
  package var otherwise = Otherwise.fail
  /// Further sends; of a disruptive message only on evidence that the last one had no effect.
  package var retries = 0
  /// How long its answer may take.
  package var within = Span.seconds(90)

  package init(
    name: String, point: Point, action: String, payload: String = "{}",
    expect: AnswerCondition? = nil
  ) {
    self.name = name
    self.point = point
    self.action = action
    self.payload = payload
    self.expect = expect
  }

  /// The version that its message is spelled in.
  package func version(target: ProtocolVersion) -> ProtocolVersion {
    point.isInNewVersion ? target : .ocpp16
  }

  package var order: Order {
    .custom(
      .init(
        name: name, action: action, payload: payload,
        isDisruptive: Disruption.isDisruptive(action, payload), within: within))
  }

  var canonical: String {
    "step \(point.rawValue.debugDescription) \(name.debugDescription) \(action.debugDescription) "
      + "\(payload.debugDescription) \(expect?.words.debugDescription ?? "-") "
      + "\(otherwise.rawValue.debugDescription) \(retries) \(within.milliseconds)"
  }
}

/// What the order of a custom step carries.
package struct CustomOrder: Sendable, Hashable, Codable {
  package var name: String
  package var action: String
  package var payload: String
  package var isDisruptive: Bool
  package var within: Span
}

/// Which messages take a charger down or change what it runs (invariant 1).
package enum Disruption {
  static func isDisruptive(_ action: String, _ payload: String) -> Bool {
    switch action {
    case "Reset", "SetNetworkProfile": return true
    case "ChangeConfiguration":
      return names(payload, [[]], "key").contains(where: restarts)
    case "SetVariables":
      return names(payload, [["setVariableData"]], "name").contains(where: restarts)
    default: return false
    }
  }

  /// The texts under a key, at any depth.
  private static func names(_ payload: String, _ paths: [[String]], _ key: String) -> [String] {
    guard let root = try? JSON5Value.read(payload) else { return [] }
    return paths.compactMap { root.find($0) }.flatMap { $0.texts(of: key) }
  }

  /// Names that are known to restart chargers or to make them connect elsewhere, standard ones of
  /// both families and vendors' (EVerest, Amina, MicroOcpp, FoxESS). What else needs a restart says
  /// so in its answer, RebootRequired, and waits for one.
  private static let names = [
    "securityprofile", "networkconfigurationpriority", "networkconnectionprofile",
    "networkprofile", "centralsystemur", "backendur", "ocppversion", "ocppcsmsurl",
    "chargepointid", "chargeboxid", "websocketur", "reboot", "factoryreset",
  ]

  package static func restarts(_ name: String) -> Bool {
    let name = name.lowercased()
    return names.contains { name.contains($0) }
  }
}

extension JSON5Value {
  func texts(of key: String) -> [String] {
    switch kind {
    case .object(let members):
      members.flatMap { member -> [String] in
        if member.key == key, case .text(let text) = member.value.kind { return [text] }
        return member.value.texts(of: key)
      }
    case .list(let elements): elements.flatMap { $0.texts(of: key) }
    default: []
    }
  }

  /// As JSON without spaces.
  var json: String {
    switch kind {
    case .text(let text): return Self.quoted(text)
    case .number(let n):
      return n == n.rounded() && abs(n) < 9e15 ? String(Int64(n)) : "\(n)"
    case .flag(let flag): return flag ? "true" : "false"
    case .null: return "null"
    case .list(let elements): return "[" + elements.map(\.json).joined(separator: ",") + "]"
    case .object(let members):
      return "{"
        + members.map { "\(Self.quoted($0.key)):\($0.value.json)" }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

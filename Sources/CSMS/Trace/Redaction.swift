import OCPP

/// Takes secrets out of what is written for people to read: frames of the trace, lines of the log.
package enum Redaction {
  static let mark = "(redacted)"

  /// Names of variables, keys and members whose values are secrets, in whatever spelling:
  /// AuthorizationKey (1.6 security whitepaper), SecurityCtrlr.BasicAuthPassword and the passwords
  /// of SetNetworkProfile (OCPP 2.0.1 part 2), and what vendors call theirs.
  private static let secretParts = [
    "authorizationkey", "password", "passphrase", "secret", "simpin", "presharedkey",
  ]

  static func isSecret(_ name: String) -> Bool {
    let name = name.lowercased()
    return secretParts.contains { name.contains($0) }
  }

  /// A frame with its secrets replaced, and nothing else changed: what was sent is evidence.
  static func frame(_ bytes: [UInt8]) -> String {
    guard let document = try? JSONDocument(bytes: bytes) else {
      let text = String(decoding: bytes, as: UTF8.self)
      // Nobody knows where in it a secret would end.
      return isSecret(text) ? mark : links(text)
    }
    var writer = JSONWriter(capacity: bytes.count)
    copy(document.root, hidden: .nothing, into: &writer)
    return links(writer.text)
  }

  /// What of a value is hidden.
  private enum Hidden {
    case nothing
    /// Values of the variable that the surrounding object names.
    case values
    case everything
  }

  private static func copy(_ value: JSONValue, hidden: Hidden, into writer: inout JSONWriter) {
    if hidden == .everything { return writer.string(mark) }
    switch value.kind {
    case .object:
      let inner: Hidden = hidden == .values || namesSecret(value) ? .values : .nothing
      writer.beginObject()
      for (key, member) in value.members {
        writer.key(key)
        let isValue = inner == .values && (key == "value" || key == "attributeValue")
        // The key of a VPN stands beside its password (OCPP 2.0.1 part 2, VPNType).
        let isKey = key == "key" && value["server"] != nil
        // What a driver types in must not be written down (OCPP 2.0.1 part 2, C04.FR.04).
        let isTyped = key == "idToken" && value["type"]?.string == "KeyCode"
        let isHidden = isValue || isKey || isTyped || isSecret(key)
        copy(member, hidden: isHidden ? .everything : inner, into: &writer)
      }
      writer.endObject()
    case .array:
      writer.beginArray()
      for element in value.elements { copy(element, hidden: hidden, into: &writer) }
      writer.endArray()
    case .string:
      // A document within a string, as DataTransfer has them.
      if let text = value.string, text.contains("{"), isSecret(text) {
        writer.string(mark)
      } else {
        writer.value(value)
      }
    default: writer.value(value)
    }
  }

  /// Whether an object is about a variable that is secret: `key` in 1.6, `variable.name` in 2.x.
  private static func namesSecret(_ object: JSONValue) -> Bool {
    let name = object["key"]?.string ?? object["variable"]?["name"]?.string
    return name.map(isSecret) ?? false
  }

  /// A text with the tokens of download links, the passwords of URLs and what an Authorization
  /// header says replaced.
  package static func links(_ text: String) -> String {
    // Most lines of a log have none of the signs, and are looked through for all of them at once.
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "B") })
    else { return text }
    var text = text
    if text.contains(Depot.prefix) {
      text.replace(#/\/firmware\/[^\/\s"?]+/#) { _ in "\(Depot.prefix)\(mark)" }
    }
    if text.contains("://") {
      text.replace(#/:\/\/[^\/\s"@]+@/#) { _ in "://\(mark)@" }
      // Uploads are let in by what stands there: `?sig=…`.
      text.replace(#/(:\/\/[^\s"\\?]+)\?[^\s"\\]+/#) { "\($0.1)?\(mark)" }
    }
    if text.contains("Basic ") || text.contains("Bearer ") {
      text.replace(#/(Basic|Bearer) [A-Za-z0-9+\/=._~-]{4,}/#) { "\($0.1) \(mark)" }
    }
    return text
  }
}

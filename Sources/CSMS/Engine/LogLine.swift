import Fleet
import OCPP

/// One event of the log.
package struct LogLine: Sendable {
  package var at: Instant
  package var level: Log.Level
  /// The part of the engine that speaks.
  package var component: String
  package var charger: String?
  package var message: String
  package var fields: [(key: String, value: String)]

  package init(
    at: Instant, level: Log.Level, component: String, charger: String? = nil, message: String,
    fields: [(key: String, value: String)] = []
  ) {
    self.at = at
    self.level = level
    self.component = component
    self.charger = charger
    self.message = message
    self.fields = fields
  }

  private var pairs: [(key: String, value: String)] {
    var pairs = [
      (key: "time", value: DateTime.format(at.milliseconds)), (key: "level", value: level.word),
      (key: "component", value: component),
    ]
    if let charger { pairs.append((key: "charger", value: charger)) }
    pairs.append((key: "msg", value: Redaction.links(message)))
    return pairs + fields.map { (key: $0.key, value: Redaction.links($0.value)) }
  }

  /// logfmt: `key=value`, quoted where a value has blanks, quotes or controls.
  package var text: String {
    pairs.map { "\($0.key)=\(Self.quoted($0.value))" }.joined(separator: " ")
  }

  package var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    for pair in pairs {
      writer.key(pair.key)
      writer.string(pair.value)
    }
    writer.endObject()
    return writer.text
  }

  private static func quoted(_ value: String) -> String {
    // Nothing to escape; the controls behind ASCII begin with 0xC2.
    let isTame = value.utf8.allSatisfy {
      $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F && $0 != 0xC2
    }
    if isTame {
      let isPlain = !value.isEmpty && !value.utf8.contains { $0 == 0x20 || $0 == 0x3D }
      return isPlain ? value : "\"\(value)\""
    }
    var text = "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\u{0}"..<" ", "\u{7f}"..<"\u{a0}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}

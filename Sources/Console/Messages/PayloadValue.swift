/// A payload as a tree: members keep their order, numbers their spelling.
indirect enum PayloadValue: Sendable, Equatable {
  struct Member: Sendable, Equatable {
    var name: String
    var value: PayloadValue
  }

  case object([Member])
  case list([PayloadValue])
  case text(String)
  case number(String)
  case flag(Bool)
  case null

  /// Nil for what is no JSON.
  init?(_ text: String) {
    var reader = PayloadReader(text)
    guard let value = reader.whole() else { return nil }
    self = value
  }

  /// As JSON on one line.
  var json: String {
    switch self {
    case .object(let members):
      "{" + members.map { Self.quoted($0.name) + ":" + $0.value.json }.joined(separator: ",") + "}"
    case .list(let items): "[" + items.map(\.json).joined(separator: ",") + "]"
    case .text(let text): Self.quoted(text)
    case .number(let digits): digits
    case .flag(let flag): flag ? "true" : "false"
    case .null: "null"
    }
  }

  /// What a person reads of a value that holds no others; nil for one that does.
  var plain: String? {
    switch self {
    case .object, .list: nil
    case .text(let text): text
    case .number, .flag, .null: json
    }
  }

  subscript(name: String) -> PayloadValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  subscript(index: Int) -> PayloadValue? {
    guard case .list(let items) = self, items.indices.contains(index) else { return nil }
    return items[index]
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}

/// A step from a value to one that it holds.
enum PayloadStep: Sendable, Hashable {
  case member(String)
  case item(Int)
}

extension PayloadValue {
  /// What stands at a path; setting nil takes it out. A member that is not there yet is appended, an
  /// item too when it is the next one.
  subscript(path: some Collection<PayloadStep>) -> PayloadValue? {
    get {
      guard let step = path.first else { return self }
      let inner =
        switch step {
        case .member(let name): self[name]
        case .item(let index): self[index]
        }
      return inner?[path.dropFirst()]
    }
    set {
      guard let step = path.first else {
        if let newValue { self = newValue }
        return
      }
      let rest = path.dropFirst()
      switch (step, self) {
      case (.member(let name), .object(var members)):
        if let index = members.firstIndex(where: { $0.name == name }) {
          if rest.isEmpty, newValue == nil {
            members.remove(at: index)
          } else {
            members[index].value[rest] = newValue
          }
        } else if rest.isEmpty, let newValue {
          members.append(Member(name: name, value: newValue))
        }
        self = .object(members)
      case (.item(let index), .list(var items)):
        if items.indices.contains(index) {
          if rest.isEmpty, newValue == nil {
            items.remove(at: index)
          } else {
            items[index][rest] = newValue
          }
        } else if index == items.count, rest.isEmpty, let newValue {
          items.append(newValue)
        }
        self = .list(items)
      default: break
      }
    }
  }

  /// A path as faults name it: `meterValue[0].sampledValue[1].value`.
  static func label(_ path: some Collection<PayloadStep>) -> String {
    path.reduce("") { text, step in
      switch step {
      case .member(let name): text.isEmpty ? name : text + "." + name
      case .item(let index): text + "[\(index)]"
      }
    }
  }
}

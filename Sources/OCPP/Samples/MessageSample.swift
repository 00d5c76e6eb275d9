/// Payloads made from the tables alone: the smallest that validates.
extension MessageCatalogue {
  /// The smallest request that says something: what is required and nothing else.
  package func smallest(requestOf action: ActionDescriptor) -> JSON {
    smallest(.request, of: action)
  }

  /// The smallest response that says something; empty for a SEND, which has none.
  package func smallest(responseOf action: ActionDescriptor) -> JSON {
    smallest(.response, of: action)
  }

  /// The smallest payload of that side: required fields only, the first value of each list, one
  /// item in a required array even where none would do.
  package func smallest(_ side: MessageSide, of action: ActionDescriptor) -> JSON {
    guard let table = tables[Int(action.version.rawValue)], let type = action.type(of: side) else {
      return [:]
    }
    return table.smallest(object: type, depth: 0)
  }
}

extension SchemaTable {
  /// Deeper than any message of the specifications: a table whose types need themselves ends here.
  static let sampleDepth = 16

  fileprivate func smallest(object index: Int, depth: Int) -> JSON {
    guard depth < Self.sampleDepth else { return [:] }
    let object = objects[index]
    var members: [(String, JSON)] = []
    for position in 0..<Int(object.fieldCount) where object.required & 1 << UInt64(position) != 0 {
      let field = fields[Int(object.firstField) + position]
      let value = smallest(field.shape, depth: depth)
      members.append(
        (
          string(field.name),
          field.shape.isArray
            ? .array(Array(repeating: value, count: max(1, Int(field.shape.minItems)))) : value
        ))
    }
    return .object(members)
  }

  private func smallest(_ shape: Shape, depth: Int) -> JSON {
    switch shape.kind {
    case .any, .string: "A"
    case .boolean: false
    case .dateTime: "2026-01-01T00:00:00Z"
    case .uri: "https://a.example"
    case .integer, .number:
      .int(shape.hasMinimum ? shape.minimum : shape.hasMaximum ? min(0, shape.maximum) : 0)
    case .enumeration: .string(choices(shape).first ?? "")
    case .object: smallest(object: Int(shape.target), depth: depth + 1)
    }
  }
}

/// A field of a message and what may stand in it: what a form is made from.
package struct FieldDescriptor: Sendable, Equatable {
  /// What one value of the field is.
  package indirect enum Kind: Sendable, Equatable {
    case any
    case boolean
    /// At most so many Unicode scalars; nil: any number.
    case text(limit: Int?)
    /// A timestamp by RFC 3339.
    case dateTime
    case uri
    /// Bounds are inclusive.
    case whole(least: Int?, most: Int?)
    /// `tenths`: a multiple of 0.1.
    case number(least: Int?, most: Int?, tenths: Bool)
    case choice([String])
    /// An object. Empty where the type repeats one that it stands in.
    case group([FieldDescriptor])
  }

  package var name: String
  package var isRequired: Bool
  /// How many items a list may have; nil for a single value. `Int.max`: no limit.
  package var items: ClosedRange<Int>?
  package var kind: Kind

  package init(name: String, isRequired: Bool, items: ClosedRange<Int>? = nil, kind: Kind) {
    self.name = name
    self.isRequired = isRequired
    self.items = items
    self.kind = kind
  }
}

extension MessageCatalogue {
  /// The fields of a request, in the order of the specification.
  package func fields(ofRequest action: ActionDescriptor) -> [FieldDescriptor] {
    fields(of: .request, of: action)
  }

  /// The fields of one side of a message; none for the answer to a SEND.
  package func fields(of side: MessageSide, of action: ActionDescriptor) -> [FieldDescriptor] {
    guard let table = tables[Int(action.version.rawValue)], let type = action.type(of: side) else {
      return []
    }
    return table.descriptors(object: type, within: [])
  }
}

extension SchemaTable {
  /// - Parameter within: the objects on the way here, where a type that contains itself ends.
  fileprivate func descriptors(object index: Int, within: [Int]) -> [FieldDescriptor] {
    let object = objects[index]
    let path = within + [index]
    return (0..<Int(object.fieldCount)).map { position in
      let field = fields[Int(object.firstField) + position]
      return FieldDescriptor(
        name: string(field.name), isRequired: object.required & 1 << UInt64(position) != 0,
        items: field.shape.items, kind: kind(field.shape, within: path))
    }
  }

  private func kind(_ shape: Shape, within path: [Int]) -> FieldDescriptor.Kind {
    let least = shape.hasMinimum ? Int(shape.minimum) : nil
    let most = shape.hasMaximum ? Int(shape.maximum) : nil
    switch shape.kind {
    case .any: return .any
    case .boolean: return .boolean
    case .string: return .text(limit: most)
    case .dateTime: return .dateTime
    case .uri: return .uri
    case .integer: return .whole(least: least, most: most)
    case .number: return .number(least: least, most: most, tenths: shape.step != Shape.noStep)
    case .enumeration: return .choice(choices(shape))
    case .object:
      let target = Int(shape.target)
      return .group(path.contains(target) ? [] : descriptors(object: target, within: path))
    }
  }

  /// The values of an enumeration's list.
  func choices(_ shape: Shape) -> [String] {
    let list = enumerations[Int(shape.target)]
    return (0..<Int(list.valueCount)).map { string(values[Int(list.firstValue) + $0]) }
  }
}

extension SchemaTable.Shape {
  /// How many items an array may have; nil for a single value.
  var items: ClosedRange<Int>? {
    guard isArray else { return nil }
    return Int(minItems)...(maxItems == .max ? .max : Int(maxItems))
  }
}

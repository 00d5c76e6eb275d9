/// A rule of one message that a payload can break, and the field where it can.
package struct BreakableRule: Sendable, Equatable {
  enum Fault: Equatable, Sendable {
    case missing, stranger
    case wrongType, fraction
    case notArray, tooFew, tooMany
    case tooLong, notListed
    case tooSmall, tooLarge, tooFine
    case badTime, looseTime, badURI
  }

  var fault: Fault
  /// The positions of the fields that lead there, from the payload.
  var route: [Int]

  /// What the validator calls it.
  package var kind: Violation.Kind {
    switch fault {
    case .missing: .missing
    case .stranger: .unknownField
    case .wrongType, .fraction, .notArray: .type
    case .tooFew, .tooMany: .itemCount
    case .tooLong: .length
    case .notListed: .enumeration
    case .tooSmall, .tooLarge: .bounds
    case .tooFine: .multipleOf
    case .badTime, .badURI: .format
    case .looseTime: .looseTime
    }
  }
}

extension MessageCatalogue {
  /// Every rule of that side that a payload can break, in the order of the fields.
  package func rules(_ side: MessageSide, of action: ActionDescriptor) -> [BreakableRule] {
    guard let table = tables[Int(action.version.rawValue)], let type = action.type(of: side) else {
      return []
    }
    var rules = [BreakableRule(fault: .wrongType, route: [])]
    table.collectRules(object: type, route: [], within: [], into: &rules)
    return rules
  }
}

extension SchemaTable {
  fileprivate func collectRules(
    object index: Int, route: [Int], within: [Int], into rules: inout [BreakableRule]
  ) {
    let object = objects[index]
    if !object.isOpen { rules.append(.init(fault: .stranger, route: route)) }
    for position in 0..<Int(object.fieldCount) {
      let shape = fields[Int(object.firstField) + position].shape
      let route = route + [position]
      if object.required & 1 << UInt64(position) != 0 {
        rules.append(.init(fault: .missing, route: route))
      }
      for fault in shape.faults { rules.append(.init(fault: fault, route: route)) }
      let target = Int(shape.target)
      if shape.kind == .object, target != index, !within.contains(target) {
        collectRules(object: target, route: route, within: within + [index], into: &rules)
      }
    }
  }
}

extension SchemaTable.Shape {
  /// What can be wrong with a value of this shape, what its own fields can be aside.
  fileprivate var faults: [BreakableRule.Fault] {
    var faults: [BreakableRule.Fault] = []
    if isArray {
      faults.append(.notArray)
      if minItems > 0 { faults.append(.tooFew) }
      if maxItems < .max { faults.append(.tooMany) }
    }
    if kind != .any { faults.append(.wrongType) }
    switch kind {
    case .any, .boolean, .object: break
    case .string: if hasMaximum { faults.append(.tooLong) }
    case .enumeration: faults.append(.notListed)
    case .dateTime: faults += [.badTime, .looseTime]
    case .uri: faults.append(.badURI)
    case .integer, .number:
      if kind == .integer { faults.append(.fraction) }
      if hasMinimum { faults.append(.tooSmall) }
      if hasMaximum { faults.append(.tooLarge) }
      if step != Self.noStep { faults.append(.tooFine) }
    }
    return faults
  }
}

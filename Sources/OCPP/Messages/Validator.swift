/// Holds a parsed payload against a type of a table. It walks tape and table side by side and
/// allocates nothing until a rule is broken. A violation is thrown within: a rule that holds then
/// costs no more than a look at whether one was.
struct Validator {
  private let tape: JSONTape
  private let view: JSONView
  private let text: UnsafeMutablePointer<UInt8>
  private let fields: UnsafeMutablePointer<SchemaTable.Field>
  private let objects: UnsafeMutablePointer<SchemaTable.Object>
  private let enumerations: UnsafeMutablePointer<SchemaTable.Enumeration>
  private let values: UnsafeMutablePointer<SchemaTable.Name>

  /// The first broken rule in the order of the text; what is missing from an object comes after
  /// what it has.
  static func validate(_ value: JSONValue, type: Int, table: CompiledTable) -> Violation? {
    // The pointers are the table's, which the caller holds.
    withExtendedLifetime(table) {
      let validator = Validator(
        tape: value.tape, view: value.tape.view, text: table.text, fields: table.fields,
        objects: table.objects, enumerations: table.enumerations, values: table.values)
      do throws(Violation) {
        // 1.6 allows null for an empty payload (OCPP-J 1.6 §4.2.1).
        if table.version == .v16, value.isNull {
          try validator.checkPresence(in: table.objects[type], seen: 0)
        } else {
          try validator.object(value.index, table.objects[type])
        }
        return nil
      } catch {
        return error
      }
    }
  }

  private func object(_ index: Int, _ object: SchemaTable.Object) throws(Violation) {
    let node = view.nodes[index]
    guard node.kind == .object else { throw wrongType(index, wanted: "an object") }
    let first = fields + Int(object.firstField)
    let count = Int(object.fieldCount)
    var seen: UInt64 = 0
    var guess = 0
    var key = index + 1
    for _ in 0..<node.count {
      let value = key + 1
      if let position = field(key, first: first, count: count, guess: guess) {
        seen |= 1 << UInt64(truncatingIfNeeded: position)
        guess = position + 1
        do throws(Violation) {
          try self.value(value, first[position].shape)
        } catch {
          throw within(view.string(key), error)
        }
      } else if !object.isOpen {
        throw Violation(
          kind: .unknownField, path: strangerName(key), detail: "no field of this message")
      }
      key = Int(view.nodes[value].next)
    }
    try checkPresence(in: object, seen: seen)
  }

  private func within(_ place: String, _ violation: Violation) -> Violation {
    var violation = violation
    violation.path = joined(place, violation.path)
    return violation
  }

  /// A name from outside: cut, for a path is logged and kept.
  private func strangerName(_ key: Int) -> String {
    let name = view.string(key)
    return cut(name, to: 64)
  }

  @inline(__always)
  private func checkPresence(
    in object: SchemaTable.Object, seen: UInt64
  ) throws(Violation) {
    let absent = object.required & ~seen
    guard absent == 0 else { throw missing(absent, in: object) }
  }

  private func missing(_ absent: UInt64, in object: SchemaTable.Object) -> Violation {
    let name = fields[Int(object.firstField) + absent.trailingZeroBitCount].name
    return Violation(kind: .missing, path: string(name), detail: "required field is missing")
  }

  /// The position of the field that the key names. Senders keep an order, mostly that of the
  /// specification, so the search starts after the field found last.
  @inline(__always)
  private func field(
    _ key: Int, first: UnsafeMutablePointer<SchemaTable.Field>, count: Int, guess: Int
  ) -> Int? {
    if view.nodes[key].isEscaped {
      let name = view.unescaped(key)
      return (0..<count).first { string(first[$0].name).utf8.elementsEqual(name) }
    }
    let name = view.slice(key)
    var position = guess
    for _ in 0..<count {
      if position >= count { position = 0 }
      if JSONKeys.same(slice(first[position].name), name) { return position }
      position += 1
    }
    return nil
  }

  private func value(_ index: Int, _ shape: SchemaTable.Shape) throws(Violation) {
    guard shape.isArray else { return try single(index, shape) }
    let node = view.nodes[index]
    guard node.kind == .array else { throw wrongType(index, wanted: "an array") }
    guard node.count >= shape.minItems, node.count <= shape.maxItems else {
      let limit =
        node.count < shape.minItems ? "at least \(shape.minItems)" : "at most \(shape.maxItems)"
      throw Violation(kind: .itemCount, path: "", detail: "\(node.count) items, \(limit) allowed")
    }
    var item = index + 1
    for position in 0..<node.count {
      do throws(Violation) {
        try single(item, shape)
      } catch {
        throw within("[\(position)]", error)
      }
      item = Int(view.nodes[item].next)
    }
  }

  @inline(__always)
  private func single(_ index: Int, _ shape: SchemaTable.Shape) throws(Violation) {
    switch shape.kind {
    case .any: break
    case .boolean:
      guard view.nodes[index].kind == .bool else { throw wrongType(index, wanted: "a boolean") }
    case .integer, .number: try number(index, shape)
    case .object: try object(index, objects[Int(shape.target)])
    case .string, .dateTime, .uri, .enumeration:
      guard view.nodes[index].kind == .string else { throw wrongType(index, wanted: "a string") }
      try string(index, shape)
    }
  }

  private func number(_ index: Int, _ shape: SchemaTable.Shape) throws(Violation) {
    guard view.nodes[index].kind == .number else { throw wrongType(index, wanted: "a number") }
    guard
      shape.kind == .integer || shape.hasMinimum || shape.hasMaximum
        || shape.step != SchemaTable.Shape.noStep
    else { return }
    let decimal = JSONDecimal(view.slice(index))
    if shape.kind == .integer, !decimal.isMultiple(ofTenTo: 0) {
      throw Violation(kind: .type, path: "", detail: "\(quoted(index)) is no whole number")
    }
    if shape.step != SchemaTable.Shape.noStep, !decimal.isMultiple(ofTenTo: Int(shape.step)) {
      throw Violation(kind: .multipleOf, path: "", detail: "\(quoted(index)) is finer than 0.1")
    }
    if shape.hasMinimum, isBelow(decimal, index, shape.minimum) {
      throw Violation(
        kind: .bounds, path: "", detail: "\(quoted(index)) is less than \(shape.minimum)")
    }
    if shape.hasMaximum, isAbove(decimal, index, shape.maximum) {
      throw Violation(
        kind: .bounds, path: "", detail: "\(quoted(index)) is more than \(shape.maximum)")
    }
  }

  private func isBelow(_ decimal: JSONDecimal, _ index: Int, _ bound: Int64) -> Bool {
    if let int = decimal.int64 { return int < bound }
    if bound == 0 { return decimal.isNegative }
    return approximate(decimal, index) < Double(bound)
  }

  private func isAbove(_ decimal: JSONDecimal, _ index: Int, _ bound: Int64) -> Bool {
    if let int = decimal.int64 { return int > bound }
    return approximate(decimal, index) > Double(bound)
  }

  private func approximate(_ decimal: JSONDecimal, _ index: Int) -> Double {
    decimal.double ?? Double(String(decoding: view.slice(index), as: UTF8.self))
      ?? (decimal.isNegative ? -.infinity : .infinity)
  }

  private func string(_ index: Int, _ shape: SchemaTable.Shape) throws(Violation) {
    guard view.nodes[index].isEscaped else { return try string(view.slice(index), index, shape) }
    // Typed throws do not pass through the closure that lends memory.
    let broken = view.unescaped(index).withUnsafeBufferPointer { bytes -> Violation? in
      do throws(Violation) {
        try string(bytes, index, shape)
        return nil
      } catch {
        return error
      }
    }
    if let broken { throw broken }
  }

  private func string(
    _ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, _ shape: SchemaTable.Shape
  ) throws(Violation) {
    switch shape.kind {
    case .enumeration:
      let enumeration = enumerations[Int(shape.target)]
      for i in Int(enumeration.firstValue)..<Int(enumeration.firstValue + enumeration.valueCount)
      where JSONKeys.same(slice(values[i]), bytes) {
        return
      }
      throw Violation(
        kind: .enumeration, path: "", detail: "\(quoted(index)) is none of \(list(enumeration))")
    case .dateTime:
      if DateTime.parse(bytes, strict: true) == nil { throw looseTime(bytes, index) }
    case .uri:
      guard !URIFormat.isValid(bytes) else { return }
      throw Violation(kind: .format, path: "", detail: "\(quoted(index)) is no URI")
    default:
      // A scalar is at least one byte, so a short string needs no counting.
      guard shape.hasMaximum, bytes.count > shape.maximum else { return }
      var scalars = 0
      for byte in bytes where byte & 0xC0 != 0x80 { scalars += 1 }
      guard scalars > shape.maximum else { return }
      throw Violation(
        kind: .length, path: "", detail: "\(scalars) characters, at most \(shape.maximum) allowed")
    }
  }

  private func looseTime(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Violation {
    let loose = DateTime.parse(bytes, strict: false)
    let isUnzoned = loose.map { !$0.zoned } ?? false
    return Violation(
      kind: loose == nil ? .format : .looseTime, path: "",
      detail: quoted(index) + (isUnzoned ? " has no time zone" : " is no RFC 3339 timestamp"))
  }

  private func wrongType(_ index: Int, wanted: String) -> Violation {
    Violation(kind: .type, path: "", detail: "\(view.nodes[index].kind) where \(wanted) is wanted")
  }

  /// The value as written, cut so that a detail stays readable.
  private func quoted(_ index: Int) -> String {
    let text = JSONValue(tape: tape, index: index).text
    return cut(text, to: 48)
  }

  /// By scalars: one character can be a megabyte of accents.
  private func cut(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))) + "…"
  }

  private func list(_ enumeration: SchemaTable.Enumeration) -> String {
    let names = (0..<min(enumeration.valueCount, 6)).map {
      string(values[Int(enumeration.firstValue + $0)])
    }
    return names.joined(separator: ", ") + (enumeration.valueCount > 6 ? ", …" : "")
  }

  private func joined(_ head: String, _ tail: String) -> String {
    tail.isEmpty || tail.hasPrefix("[") ? head + tail : head + "." + tail
  }

  @inline(__always)
  private func slice(_ name: SchemaTable.Name) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: text + Int(name.start), count: Int(name.length))
  }

  private func string(_ name: SchemaTable.Name) -> String {
    String(decoding: slice(name), as: UTF8.self)
  }
}

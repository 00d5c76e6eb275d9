/// Holds a parsed payload against a type of a table. It walks tape and table side by side and
/// allocates nothing until a rule is broken.
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
      // 1.6 allows null for an empty payload (OCPP-J 1.6 §4.2.1).
      if table.version == .v16, value.isNull {
        return validator.missing(in: table.objects[type], seen: 0)
      }
      return validator.object(value.index, table.objects[type])
    }
  }

  private func object(_ index: Int, _ object: SchemaTable.Object) -> Violation? {
    guard view.nodes[index].kind == .object else { return wrongType(index, wanted: "an object") }
    let first = Int(object.firstField)
    let count = Int(object.fieldCount)
    var seen: UInt64 = 0
    var guess = 0
    var key = index + 1
    for _ in 0..<view.nodes[index].count {
      let value = key + 1
      if let position = field(key, first: first, count: count, guess: guess) {
        seen |= 1 << UInt64(position)
        guess = position + 1
        if var violation = self.value(value, fields[first + position].shape) {
          violation.path = joined(view.string(key), violation.path)
          return violation
        }
      } else if !object.isOpen {
        return Violation(
          kind: .unknownField, path: strangerName(key), detail: "no field of this message")
      }
      key = Int(view.nodes[value].next)
    }
    return missing(in: object, seen: seen)
  }

  /// A name from outside: cut, for a path is logged and kept.
  private func strangerName(_ key: Int) -> String {
    let name = view.string(key)
    return cut(name, to: 64)
  }

  private func missing(in object: SchemaTable.Object, seen: UInt64) -> Violation? {
    let absent = object.required & ~seen
    guard absent != 0 else { return nil }
    let name = fields[Int(object.firstField) + absent.trailingZeroBitCount].name
    return Violation(kind: .missing, path: string(name), detail: "required field is missing")
  }

  /// The position of the field that the key names. Senders keep an order, mostly that of the
  /// specification, so the search starts after the field found last.
  private func field(_ key: Int, first: Int, count: Int, guess: Int) -> Int? {
    if view.nodes[key].isEscaped {
      let name = view.unescaped(key)
      return (0..<count).first { string(fields[first + $0].name).utf8.elementsEqual(name) }
    }
    let name = view.slice(key)
    var position = guess
    for _ in 0..<count {
      if position >= count { position = 0 }
      if JSONKeys.same(slice(fields[first + position].name), name) { return position }
      position += 1
    }
    return nil
  }

  private func value(_ index: Int, _ shape: SchemaTable.Shape) -> Violation? {
    guard shape.isArray else { return single(index, shape) }
    guard view.nodes[index].kind == .array else { return wrongType(index, wanted: "an array") }
    let count = view.nodes[index].count
    guard count >= shape.minItems, count <= shape.maxItems else {
      let limit =
        count < shape.minItems ? "at least \(shape.minItems)" : "at most \(shape.maxItems)"
      return Violation(kind: .itemCount, path: "", detail: "\(count) items, \(limit) allowed")
    }
    var item = index + 1
    for position in 0..<count {
      if var violation = single(item, shape) {
        violation.path = joined("[\(position)]", violation.path)
        return violation
      }
      item = Int(view.nodes[item].next)
    }
    return nil
  }

  private func single(_ index: Int, _ shape: SchemaTable.Shape) -> Violation? {
    switch shape.kind {
    case .any: nil
    case .boolean: view.nodes[index].kind == .bool ? nil : wrongType(index, wanted: "a boolean")
    case .integer, .number: number(index, shape)
    case .object: object(index, objects[Int(shape.target)])
    case .string, .dateTime, .uri, .enumeration:
      view.nodes[index].kind == .string
        ? string(index, shape) : wrongType(index, wanted: "a string")
    }
  }

  private func number(_ index: Int, _ shape: SchemaTable.Shape) -> Violation? {
    guard view.nodes[index].kind == .number else { return wrongType(index, wanted: "a number") }
    guard
      shape.kind == .integer || shape.hasMinimum || shape.hasMaximum
        || shape.step != SchemaTable.Shape.noStep
    else { return nil }
    let decimal = JSONDecimal(view.slice(index))
    if shape.kind == .integer, !decimal.isMultiple(ofTenTo: 0) {
      return Violation(kind: .type, path: "", detail: "\(quoted(index)) is no whole number")
    }
    if shape.step != SchemaTable.Shape.noStep, !decimal.isMultiple(ofTenTo: Int(shape.step)) {
      return Violation(kind: .multipleOf, path: "", detail: "\(quoted(index)) is finer than 0.1")
    }
    if shape.hasMinimum, isBelow(decimal, index, shape.minimum) {
      return Violation(
        kind: .bounds, path: "", detail: "\(quoted(index)) is less than \(shape.minimum)")
    }
    if shape.hasMaximum, isAbove(decimal, index, shape.maximum) {
      return Violation(
        kind: .bounds, path: "", detail: "\(quoted(index)) is more than \(shape.maximum)")
    }
    return nil
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

  private func string(_ index: Int, _ shape: SchemaTable.Shape) -> Violation? {
    if view.nodes[index].isEscaped {
      return view.unescaped(index).withUnsafeBufferPointer { string($0, index, shape) }
    }
    return string(view.slice(index), index, shape)
  }

  private func string(
    _ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, _ shape: SchemaTable.Shape
  ) -> Violation? {
    switch shape.kind {
    case .enumeration:
      let enumeration = enumerations[Int(shape.target)]
      for i in Int(enumeration.firstValue)..<Int(enumeration.firstValue + enumeration.valueCount)
      where JSONKeys.same(slice(values[i]), bytes) {
        return nil
      }
      return Violation(
        kind: .enumeration, path: "", detail: "\(quoted(index)) is none of \(list(enumeration))")
    case .dateTime:
      if DateTime.parse(bytes, strict: true) != nil { return nil }
      let loose = DateTime.parse(bytes, strict: false)
      let isUnzoned = loose.map { !$0.zoned } ?? false
      return Violation(
        kind: loose == nil ? .format : .looseTime, path: "",
        detail: quoted(index) + (isUnzoned ? " has no time zone" : " is no RFC 3339 timestamp"))
    case .uri:
      if URIFormat.isValid(bytes) { return nil }
      return Violation(kind: .format, path: "", detail: "\(quoted(index)) is no URI")
    default:
      // A scalar is at least one byte, so a short string needs no counting.
      guard shape.hasMaximum, bytes.count > shape.maximum else { return nil }
      var scalars = 0
      for byte in bytes where byte & 0xC0 != 0x80 { scalars += 1 }
      guard scalars > shape.maximum else { return nil }
      return Violation(
        kind: .length, path: "", detail: "\(scalars) characters, at most \(shape.maximum) allowed")
    }
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

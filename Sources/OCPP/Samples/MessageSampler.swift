/// Makes payloads from the tables: valid ones in all their variety, and ones that break exactly one
/// rule. The same seed makes the same payloads.
package struct MessageSampler: Sendable {
  /// A payload that breaks one rule, and what the validator must say of it.
  package struct Broken: Sendable {
    package var payload: [UInt8]
    package var kind: Violation.Kind
    package var path: String
    package var text: String { String(decoding: payload, as: UTF8.self) }
  }

  /// Where a payload is to break, seen from the value being written.
  private struct Aim {
    var fault: BreakableRule.Fault
    var route: ArraySlice<Int>
    var isHere: Bool { route.isEmpty }
    var next: Aim { Aim(fault: fault, route: route.dropFirst()) }
  }

  let catalogue: MessageCatalogue
  var random: SplitMix64
  var writer = JSONWriter()
  /// Bytes after which nothing optional is added.
  private var room = 0
  /// One optional field in `sparseness` is left out; 1: all of them.
  private var sparseness = 2
  /// Where the rule was broken.
  private var path = ""

  package init(catalogue: MessageCatalogue, seed: UInt64) {
    self.catalogue = catalogue
    random = SplitMix64(seed: seed)
  }

  /// A random payload that obeys every rule.
  package mutating func valid(_ side: MessageSide, of action: ActionDescriptor) -> [UInt8] {
    write(side, action, nil)
  }

  /// A payload that breaks one of the message's rules, chosen at random; nil for the answer to a
  /// SEND.
  package mutating func broken(_ side: MessageSide, of action: ActionDescriptor) -> Broken? {
    let rules = catalogue.rules(side, of: action)
    guard let rule = rules.randomElement(using: &random) else { return nil }
    return broken(rule, side, of: action)
  }

  /// A payload that breaks exactly this rule, which must be one of the message's own.
  package mutating func broken(
    _ rule: BreakableRule, _ side: MessageSide, of action: ActionDescriptor
  ) -> Broken {
    let payload = write(side, action, Aim(fault: rule.fault, route: rule.route[...]))
    return Broken(payload: payload, kind: rule.kind, path: path)
  }

  private mutating func write(
    _ side: MessageSide, _ action: ActionDescriptor, _ aim: Aim?
  ) -> [UInt8] {
    writer.removeAll()
    path = ""
    sparseness = Int.random(in: 1...6, using: &random)
    room = random.once(in: 8) ? 16_000 : 2_000
    guard let table = catalogue.tables[Int(action.version.rawValue)],
      let type = action.type(of: side)
    else { return Array("{}".utf8) }
    if let aim, aim.isHere, aim.fault == .wrongType {
      writer.raw(wrongToken(for: .object, canBeNull: false).utf8)
    } else {
      object(type, table, depth: 0, aim, "")
    }
    return writer.bytes
  }

  private mutating func object(
    _ index: Int, _ table: SchemaTable, depth: Int, _ aim: Aim?, _ here: String
  ) {
    let object = table.objects[index]
    var positions = (0..<Int(object.fieldCount)).filter { position in
      if let aim, aim.route.first == position {
        guard aim.route.count == 1, aim.fault == .missing else { return true }
        path = joined(here, table.string(table.fields[Int(object.firstField) + position].name))
        return false
      }
      if object.required & 1 << UInt64(position) != 0 { return true }
      return writer.bytes.count < room && depth < SchemaTable.sampleDepth && sparseness > 1
        && !random.once(in: sparseness)
    }
    if random.once(in: 4) { positions.shuffle(using: &random) }
    let stranger = aim?.isHere == true ? strangerName(object, table) : nil
    // Among the fields, or after the last.
    let strangerPlace = Int.random(in: 0...positions.count, using: &random)

    writer.beginObject()
    for (place, position) in positions.enumerated() {
      if let stranger, place == strangerPlace { addStranger(stranger, here) }
      let field = table.fields[Int(object.firstField) + position]
      let name = table.string(field.name)
      writer.key(name)
      let aim = aim.flatMap { $0.route.first == position ? $0.next : nil }
      value(field.shape, table, depth: depth, aim, joined(here, name))
    }
    if let stranger, strangerPlace == positions.count { addStranger(stranger, here) }
    if object.isOpen, random.once(in: 3) {
      writer.key("anything")
      anything(depth: 0)
    }
    writer.endObject()
  }

  private mutating func addStranger(_ name: String, _ here: String) {
    path = joined(here, name)
    writer.key(name)
    anything(depth: 1)
  }

  /// A name that the object does not have, some of them nearly one it has.
  private mutating func strangerName(_ object: SchemaTable.Object, _ table: SchemaTable) -> String {
    let names = (0..<Int(object.fieldCount)).map {
      table.string(table.fields[Int(object.firstField) + $0].name)
    }
    let near = names.randomElement(using: &random) ?? "field"
    let candidates = ["noSuchField", near.uppercased(), near + "s", "größe", "_" + near]
    let usable = candidates.filter { !names.contains($0) }
    return usable.randomElement(using: &random) ?? "noSuchField"
  }

  private mutating func value(
    _ shape: SchemaTable.Shape, _ table: SchemaTable, depth: Int, _ aim: Aim?, _ here: String
  ) {
    guard shape.isArray else { return single(shape, table, depth: depth, aim, here) }
    let isHere = aim?.isHere == true
    if isHere, aim?.fault == .notArray {
      path = here
      if shape.kind == .any || random.once(in: 2) {
        writer.raw(wrongToken(for: nil).utf8)
      } else {
        single(shape, table, depth: depth, nil, here)
      }
      return
    }
    var count = itemCount(shape, least: aim == nil ? 0 : 1)
    if isHere, aim?.fault == .tooFew { (count, path) = (Int(shape.minItems) - 1, here) }
    if isHere, aim?.fault == .tooMany { (count, path) = (Int(shape.maxItems) + 1, here) }
    let isItems = aim.map { !$0.isHere || ![.tooFew, .tooMany].contains($0.fault) } ?? false
    let target = isItems ? Int.random(in: 0..<count, using: &random) : -1
    writer.beginArray()
    for item in 0..<count {
      single(
        shape, table, depth: depth, item == target ? aim : nil,
        item == target ? "\(here)[\(item)]" : here)
    }
    writer.endArray()
  }

  private mutating func itemCount(_ shape: SchemaTable.Shape, least: Int) -> Int {
    let least = max(least, Int(shape.minItems))
    guard writer.bytes.count < room else { return least }
    // To the brim where that stays readable.
    if shape.maxItems <= 24, random.once(in: 6) { return Int(shape.maxItems) }
    return min(Int(shape.maxItems), least + Int.random(in: 0...2, using: &random))
  }

  private mutating func single(
    _ shape: SchemaTable.Shape, _ table: SchemaTable, depth: Int, _ aim: Aim?, _ here: String
  ) {
    if let aim, aim.isHere, aim.fault != .stranger {
      path = here
      return brokenValue(shape, table, aim.fault)
    }
    guard shape.kind == .object else {
      return validValue(shape, table, lean: writer.bytes.count >= room)
    }
    object(Int(shape.target), table, depth: depth + 1, aim, here)
  }

  private func joined(_ head: String, _ tail: String) -> String {
    head.isEmpty ? tail : head + "." + tail
  }
}

/// Reads the text of Inventory/messages; its first lines say how it is built.
struct SchemaTableReader {
  private typealias Name = SchemaTable.Name

  private var table: SchemaTable
  private var line = 0
  private var words: [Name] = []
  /// Enums and types by name. A type may be named before its line comes.
  private var named: [String: SchemaTable.Shape] = [:]
  private var defined: Set<Int32> = []
  private var objectNames: [String] = []
  /// The object that field lines belong to.
  private var current: Int?
  private var sawVersion = false

  static func read(
    _ text: [UInt8], version: OCPPVersion
  ) throws(CatalogueError) -> SchemaTable {
    var reader = SchemaTableReader(table: SchemaTable(version: version, text: text))
    try reader.readLines()
    try reader.check()
    return reader.table
  }

  private init(table: SchemaTable) { self.table = table }

  private func failure(_ what: String) -> CatalogueError {
    .table(version: table.version, line: line, what: what)
  }

  private mutating func readLines() throws(CatalogueError) {
    var start = 0
    while start < table.text.count {
      var end = start
      while end < table.text.count, table.text[end] != UInt8(ascii: "\n") { end += 1 }
      line += 1
      if end > start, table.text[start] != UInt8(ascii: "#") {
        split(start, end)
        try readLine(isField: table.text[start] == UInt8(ascii: " "))
      }
      start = end + 1
    }
  }

  private mutating func split(_ start: Int, _ end: Int) {
    words.removeAll(keepingCapacity: true)
    var at = start
    while at < end {
      let from = at
      while at < end, table.text[at] != UInt8(ascii: " ") { at += 1 }
      if at > from { words.append(Name(start: UInt32(from), length: UInt32(at - from))) }
      at += 1
    }
  }

  private func word(_ index: Int) -> String { table.string(words[index]) }

  private mutating func readLine(isField: Bool) throws(CatalogueError) {
    guard let first = words.first else { return }
    if isField { return try field() }
    switch table.string(first) {
    case "version" where words.count == 2:
      guard word(1) == table.version.label else { throw failure("a table of version \(word(1))") }
      sawVersion = true
    case "enum" where words.count > 2: try enumeration()
    case "type" where words.count >= 2: try type()
    case "action" where words.count == 5: try action()
    case "request":
      guard let last = table.actions.indices.last else { throw failure("request of no action") }
      table.actions[last].request = newObject("\(table.actions[last].name)Request")
      current = table.actions[last].request
      defined.insert(Int32(table.actions[last].request))
    case "response":
      guard let last = table.actions.indices.last else { throw failure("response of no action") }
      let object = newObject("\(table.actions[last].name)Response")
      table.actions[last].response = object
      current = object
      defined.insert(Int32(object))
    default: throw failure("unknown line")
    }
  }

  private mutating func newObject(_ name: String) -> Int {
    table.objects.append(.init(firstField: Int32(table.fields.count), fieldCount: 0))
    objectNames.append(name)
    return table.objects.count - 1
  }

  private mutating func enumeration() throws(CatalogueError) {
    let shape = SchemaTable.Shape(kind: .enumeration, target: Int32(table.enumerations.count))
    guard named.updateValue(shape, forKey: word(1)) == nil else { throw failure("name used twice") }
    table.enumerations.append(
      .init(firstValue: Int32(table.values.count), valueCount: Int32(words.count - 2)))
    table.values.append(contentsOf: words[2...])
  }

  private mutating func type() throws(CatalogueError) {
    let shape = object(named: word(1))
    guard shape.kind == .object, defined.insert(shape.target).inserted else {
      throw failure("name used twice")
    }
    let index = Int(shape.target)
    table.objects[index].firstField = Int32(table.fields.count)
    if words.count > 2 {
      guard word(2) == "open" else { throw failure("unknown word \(word(2))") }
      table.objects[index].isOpen = true
    }
    current = index
  }

  private mutating func object(named name: String) -> SchemaTable.Shape {
    if let shape = named[name] { return shape }
    let shape = SchemaTable.Shape(kind: .object, target: Int32(newObject(name)))
    named[name] = shape
    return shape
  }

  private mutating func action() throws(CatalogueError) {
    guard let direction = ActionDescriptor.Direction(rawValue: word(3)),
      let kind = ActionDescriptor.Kind(rawValue: word(4))
    else { throw failure("unknown direction or kind") }
    let group = String(word(2).map { $0 == "_" ? " " : $0 })
    table.actions.append(
      ActionDescriptor(
        version: table.version, name: word(1), direction: direction, kind: kind, group: group,
        request: -1, response: nil))
    current = nil
  }

  private mutating func field() throws(CatalogueError) {
    guard let current, words.count >= 2 else { throw failure("field of no type") }
    let position = Int(table.objects[current].fieldCount)
    guard position < 64 else { throw failure("more than 64 fields") }
    var name = words[0]
    if table.text[Int(name.start + name.length) - 1] == UInt8(ascii: "!") {
      name.length -= 1
      table.objects[current].required |= 1 << UInt64(position)
    }
    table.objects[current].fieldCount += 1
    // The shape may name a type that is new; its object is appended, its fields are not.
    let shape = try shape()
    table.fields.append(.init(name: name, shape: shape))
  }

  private static let plain: [String: SchemaTable.Kind] = [
    "any": .any, "boolean": .boolean, "string": .string, "date-time": .dateTime, "uri": .uri,
    "integer": .integer, "number": .number,
  ]

  private mutating func shape() throws(CatalogueError) -> SchemaTable.Shape {
    var at = 1
    var items: (minimum: Int64?, maximum: Int64?)?
    var first = word(1)
    if first.hasPrefix("["), first.hasSuffix("]") {
      items = try span(first.dropFirst().dropLast())
      guard words.count > 2 else { throw failure("array of nothing") }
      at = 2
      first = word(2)
    }
    var shape = Self.plain[first].map { SchemaTable.Shape(kind: $0) } ?? object(named: first)
    for index in (at + 1)..<max(words.count, at + 1) {
      let word = word(index)
      if word.hasPrefix("/") {
        guard word == "/0.1" else { throw failure("step \(word)") }
        shape.step = -1
      } else {
        let limits = try span(word[...])
        shape.hasMinimum = limits.minimum != nil
        shape.hasMaximum = limits.maximum != nil
        shape.minimum = limits.minimum ?? 0
        shape.maximum = limits.maximum ?? 0
      }
    }
    if let items {
      shape.isArray = true
      shape.minItems = Int32(clamping: items.minimum ?? 0)
      shape.maxItems = Int32(clamping: items.maximum ?? .max)
    }
    return shape
  }

  /// "MIN..MAX", either side may be empty.
  private func span(
    _ text: Substring
  ) throws(CatalogueError) -> (minimum: Int64?, maximum: Int64?) {
    guard let dot = text.firstIndex(of: ".") else { throw failure("limits \(text)") }
    let low = text[..<dot]
    let rest = text[dot...]
    guard rest.hasPrefix("..") else { throw failure("limits \(text)") }
    let high = rest.dropFirst(2)
    let limits = (minimum: Int64(low), maximum: Int64(high))
    guard limits.minimum != nil || low.isEmpty, limits.maximum != nil || high.isEmpty else {
      throw failure("limits \(text)")
    }
    return limits
  }

  private func check() throws(CatalogueError) {
    guard sawVersion else { throw failure("no version") }
    for index in table.objects.indices where !defined.contains(Int32(index)) {
      throw failure("nothing defines \(objectNames[index])")
    }
    for action in table.actions
    where action.request < 0 || action.kind == .call && action.response == nil {
      throw failure("\(action.name) lacks a payload")
    }
  }
}

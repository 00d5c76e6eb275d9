/// A value inside a document: a reference and an index, cheap to copy. It keeps its text alive.
package struct JSONValue: Sendable {
  let tape: JSONTape
  let index: Int

  private var node: JSONNode { tape.nodes[index] }

  package var kind: JSONKind { node.kind }
  package var isNull: Bool { node.kind == .null }

  /// The string, escapes resolved; nil for other kinds.
  package var string: String? { node.kind == .string ? tape.view.string(index) : nil }

  /// The bytes of a string without escapes, valid while the value is held; nil for all else.
  var plainBytes: UnsafeBufferPointer<UInt8>? {
    node.kind == .string && !node.isEscaped ? tape.view.slice(index) : nil
  }

  /// The boolean; nil for other kinds.
  package var bool: Bool? {
    node.kind == .bool ? tape.bytes[Int(node.start)] == UInt8(ascii: "t") : nil
  }

  /// The number when it is a whole one that fits 64 bits, however written (7, 7.0, 70e-1).
  package var int: Int64? { node.kind == .number ? decimal.int64 : nil }

  /// The number, rounded to the nearest double; nil for other kinds and beyond its range.
  package var double: Double? {
    guard node.kind == .number else { return nil }
    if let exact = decimal.double { return exact }
    return Double(text).flatMap { $0.isFinite ? $0 : nil }
  }

  /// Items of an array, members of an object, else 0.
  package var count: Int { node.count }

  /// The value as it was written, quotes and escapes included.
  package var text: String { String(decoding: source, as: UTF8.self) }

  /// The bytes behind `text`.
  package var bytes: [UInt8] { Array(source) }

  /// The member of that name; nil when absent or when this is no object. A `StaticString`, because
  /// every reader knows what it looks for and a `String` would be made for each look.
  package subscript(key: StaticString) -> JSONValue? {
    guard node.kind == .object else { return nil }
    let name = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
    return JSONKeys.find(tape.view, object: index, name: name)
      .map { JSONValue(tape: tape, index: $0) }
  }

  /// The member of a name that is known only now; nil when absent or when this is no object.
  package subscript(named name: String) -> JSONValue? {
    guard node.kind == .object else { return nil }
    var name = name
    return name.withUTF8 { JSONKeys.find(tape.view, object: index, name: $0) }
      .map { JSONValue(tape: tape, index: $0) }
  }

  /// The item at that position; nil when there is none or this is no array.
  package subscript(position: Int) -> JSONValue? {
    guard node.kind == .array, position >= 0, position < node.count else { return nil }
    var at = index + 1
    for _ in 0..<position { at = Int(tape.nodes[at].next) }
    return JSONValue(tape: tape, index: at)
  }

  /// The items of an array; none for other kinds.
  package var elements: Elements {
    Elements(tape: tape, at: index + 1, left: node.kind == .array ? node.count : 0)
  }

  /// The members of an object in the order of the text; none for other kinds.
  package var members: Members {
    Members(tape: tape, at: index + 1, left: node.kind == .object ? node.count : 0)
  }

  package struct Elements: Sequence, IteratorProtocol {
    fileprivate let tape: JSONTape
    fileprivate var at: Int
    fileprivate var left: Int

    package mutating func next() -> JSONValue? {
      guard left > 0 else { return nil }
      left -= 1
      defer { at = Int(tape.nodes[at].next) }
      return JSONValue(tape: tape, index: at)
    }
    package var underestimatedCount: Int { left }
  }

  package struct Members: Sequence, IteratorProtocol {
    fileprivate let tape: JSONTape
    fileprivate var at: Int
    fileprivate var left: Int

    package mutating func next() -> (key: String, value: JSONValue)? {
      guard left > 0 else { return nil }
      left -= 1
      defer { at = Int(tape.nodes[at + 1].next) }
      return (tape.view.string(at), JSONValue(tape: tape, index: at + 1))
    }
    package var underestimatedCount: Int { left }
  }

  var decimal: JSONDecimal { JSONDecimal(tape.view.slice(index)) }

  /// The value's bytes as written, a string's quotes included.
  private var source: UnsafeBufferPointer<UInt8> {
    guard node.kind == .string else { return tape.view.slice(index) }
    return UnsafeBufferPointer(
      start: tape.bytes + Int(node.start) - 1, count: Int(node.length) + 2)
  }

  /// Appends the value as it was written.
  func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: source) }
}

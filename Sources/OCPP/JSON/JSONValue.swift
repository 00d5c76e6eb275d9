/// A value inside a document: a reference and an index, cheap to copy. It keeps its text alive.
///
/// Public, alone in the house, is what adapters ask for with every message: the compiler inlines no
/// `package` function into another module, and each step from a value to one inside it would count
/// the references to the text. Memory is read inside `withExtendedLifetime`: where that is inlined,
/// nothing else tells the compiler that a pointer needs its tape.
public struct JSONValue: Sendable {
  @usableFromInline let tape: JSONTape
  @usableFromInline let index: Int

  @inlinable
  @inline(__always)
  init(tape: JSONTape, index: Int) {
    self.tape = tape
    self.index = index
  }

  @inlinable
  @inline(__always)
  var node: JSONNode { withExtendedLifetime(tape) { tape.nodes[index] } }

  @inlinable
  @inline(__always)
  public var kind: JSONKind { node.kind }
  package var isNull: Bool { node.kind == .null }

  /// The string, escapes resolved; nil for other kinds.
  @inlinable
  @inline(__always)
  public var string: String? {
    withExtendedLifetime(tape) {
      tape.nodes[index].kind == .string ? tape.view.string(index) : nil
    }
  }

  /// The bytes of a string without escapes, valid while the value is held; nil for all else.
  var plainBytes: UnsafeBufferPointer<UInt8>? {
    node.kind == .string && !node.isEscaped ? tape.view.slice(index) : nil
  }

  /// Whether it is that string, found out without making one.
  @inlinable
  @inline(__always)
  public func isString(_ text: StaticString) -> Bool {
    withExtendedLifetime(tape) { tape.view.isString(index, text) }
  }

  /// The moment that a string names (`DateTime.parse`); nil for all else.
  package var time: (ms: Int64, zoned: Bool)? {
    withExtendedLifetime(tape) {
      guard let bytes = plainBytes else { return string.flatMap { DateTime.parse($0) } }
      return DateTime.parse(bytes, strict: false)
    }
  }

  /// The number that a string of plain digits names, "16" or "16.1"; nil for all else.
  package var numeral: Double? {
    withExtendedLifetime(tape) {
      guard let bytes = plainBytes, let first = bytes.first, let last = bytes.last,
        first &- 48 < 10, last &- 48 < 10
      else { return nil }
      var points = 0
      for byte in bytes where byte &- 48 >= 10 {
        guard byte == UInt8(ascii: ".") else { return nil }
        points += 1
      }
      return points <= 1 ? JSONDecimal(bytes).double : nil
    }
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
  @inlinable
  @inline(__always)
  public var count: Int { node.count }

  /// The value as it was written, quotes and escapes included.
  package var text: String { String(decoding: source, as: UTF8.self) }

  /// The bytes behind `text`.
  package var bytes: [UInt8] { Array(source) }

  /// The member of that name; nil when absent or when this is no object. A `StaticString`, because
  /// every reader knows what it looks for and a `String` would be made for each look.
  @inlinable
  @inline(__always)
  public subscript(key: StaticString) -> JSONValue? {
    let found = withExtendedLifetime(tape) { tape.view.member(of: index, key) }
    guard let found else { return nil }
    return JSONValue(tape: tape, index: found)
  }

  /// The member of a name that is known only now; nil when absent or when this is no object.
  package subscript(named name: String) -> JSONValue? {
    guard node.kind == .object else { return nil }
    return name.withBytes { JSONKeys.find(tape.view, object: index, name: $0) }
      .map { JSONValue(tape: tape, index: $0) }
  }

  /// The item at that position; nil when there is none or this is no array.
  @inlinable
  @inline(__always)
  public subscript(position: Int) -> JSONValue? {
    guard node.kind == .array, position >= 0, position < node.count else { return nil }
    let found = withExtendedLifetime(tape) {
      var at = index + 1
      for _ in 0..<position { at = Int(tape.nodes[at].next) }
      return at
    }
    return JSONValue(tape: tape, index: found)
  }

  /// The items of an array; none for other kinds.
  @inlinable
  @inline(__always)
  public var elements: Elements {
    Elements(tape: tape, at: index + 1, left: node.kind == .array ? node.count : 0)
  }

  /// The members of an object in the order of the text; none for other kinds.
  package var members: Members {
    Members(tape: tape, at: index + 1, left: node.kind == .object ? node.count : 0)
  }

  public struct Elements: Sequence, IteratorProtocol {
    @usableFromInline let tape: JSONTape
    @usableFromInline var at: Int
    @usableFromInline var left: Int

    @inlinable
    @inline(__always)
    init(tape: JSONTape, at: Int, left: Int) {
      self.tape = tape
      self.at = at
      self.left = left
    }

    @inlinable
    @inline(__always)
    public mutating func next() -> JSONValue? {
      guard left > 0 else { return nil }
      left -= 1
      let value = JSONValue(tape: tape, index: at)
      at = Int(value.node.next)
      return value
    }
    @inlinable public var underestimatedCount: Int { left }
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

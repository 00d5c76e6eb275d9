/// One value of a parsed text. Values lie in the order of the text; a container is followed by
/// everything inside it, and in an object each value follows its key.
@usableFromInline
struct JSONNode {
  /// First byte of the value in the text; of a string, the byte after its opening quote.
  @usableFromInline var start: UInt32
  /// Bytes of the value; of a string, those between its quotes.
  @usableFromInline var length: UInt32
  /// Index of the node after this value and all it contains.
  @usableFromInline var next: UInt32
  /// Kind in the low 3 bits, the escape mark in bit 3, the count of items or members above.
  @usableFromInline var meta: UInt32

  static let escapeMark: UInt32 = 8

  init(kind: JSONKind, start: Int, length: Int = 0, next: Int, escaped: Bool = false) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.length = UInt32(truncatingIfNeeded: length)
    self.next = UInt32(truncatingIfNeeded: next)
    meta = UInt32(kind.rawValue) | (escaped ? Self.escapeMark : 0)
  }

  @inlinable
  @inline(__always)
  var kind: JSONKind { JSONKind(rawValue: UInt8(truncatingIfNeeded: meta & 7)) ?? .null }

  @inline(__always)
  var isEscaped: Bool { meta & Self.escapeMark != 0 }

  @inlinable
  @inline(__always)
  var count: Int { Int(meta >> 4) }
}

public enum JSONKind: UInt8, Sendable {
  case null, bool, number, string, array, object
}

/// The text and nodes behind a document. Only a document that alone holds a tape changes it, so
/// every value sees a tape that stands still.
///
/// Sendable because of that: whoever shares it can only read.
@usableFromInline
final class JSONTape: @unchecked Sendable {
  @usableFromInline private(set) var bytes: UnsafeMutablePointer<UInt8>
  private(set) var byteCount = 0
  private var byteCapacity: Int
  @usableFromInline private(set) var nodes: UnsafeMutablePointer<JSONNode>
  private(set) var nodeCount = 0
  private(set) var nodeCapacity: Int

  init(byteCapacity: Int = 512, nodeCapacity: Int = 64) {
    self.byteCapacity = byteCapacity
    self.nodeCapacity = nodeCapacity
    bytes = .allocate(capacity: byteCapacity)
    nodes = .allocate(capacity: nodeCapacity)
    clear()
  }

  deinit {
    bytes.deallocate()
    nodes.deallocate()
  }

  /// Leaves one null value, so that a document always has a root.
  func clear() {
    byteCount = 0
    nodes[0] = JSONNode(kind: .null, start: 0, next: 1)
    nodeCount = 1
  }

  /// Takes a copy of `text` and forgets the nodes. Zero bytes follow the copy: the parser may look at
  /// them instead of asking for the end, and they end every token.
  func load(_ text: UnsafeBufferPointer<UInt8>) {
    if text.count + 8 > byteCapacity {
      bytes.deallocate()
      byteCapacity = max(text.count + 8, byteCapacity * 2)
      bytes = .allocate(capacity: byteCapacity)
    }
    if let base = text.baseAddress { bytes.update(from: base, count: text.count) }
    for i in 0..<8 { bytes[text.count + i] = 0 }
    byteCount = text.count
    nodeCount = 0
  }

  /// Doubles the room for nodes.
  func grow(keeping count: Int) {
    let larger = UnsafeMutablePointer<JSONNode>.allocate(capacity: nodeCapacity * 2)
    larger.update(from: nodes, count: count)
    nodes.deallocate()
    nodes = larger
    nodeCapacity *= 2
  }

  /// Says how many nodes a parser has written.
  func finish(nodeCount: Int) { self.nodeCount = nodeCount }

  @inlinable
  @inline(__always)
  var view: JSONView { JSONView(bytes: bytes, nodes: nodes) }
}

/// The memory of a tape without the tape: reading through it costs no bookkeeping. Whoever uses one
/// holds the tape.
@usableFromInline
struct JSONView {
  @usableFromInline let bytes: UnsafeMutablePointer<UInt8>
  @usableFromInline let nodes: UnsafeMutablePointer<JSONNode>

  @inlinable
  init(bytes: UnsafeMutablePointer<UInt8>, nodes: UnsafeMutablePointer<JSONNode>) {
    self.bytes = bytes
    self.nodes = nodes
  }

  /// The bytes of the node's value; of a string, those between its quotes, escapes as written.
  @inline(__always)
  func slice(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    let node = nodes[index]
    return UnsafeBufferPointer(start: bytes + Int(node.start), count: Int(node.length))
  }

  /// The string at `index`, escapes resolved.
  @usableFromInline
  func string(_ index: Int) -> String {
    nodes[index].isEscaped
      ? String(decoding: unescaped(index), as: UTF8.self)
      : String(decoding: slice(index), as: UTF8.self)
  }

  /// The index of a member's value; nil when there is none or the value at `index` is no object.
  @usableFromInline
  func member(of index: Int, _ key: StaticString) -> Int? {
    guard nodes[index].kind == .object else { return nil }
    let name = UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount)
    return JSONKeys.find(self, object: index, name: name)
  }

  /// Whether the value at `index` is that string.
  @usableFromInline
  func isString(_ index: Int, _ text: StaticString) -> Bool {
    guard nodes[index].kind == .string else { return false }
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    return nodes[index].isEscaped
      ? unescaped(index).elementsEqual(wanted) : JSONKeys.same(slice(index), wanted)
  }

  /// The bytes of the string at `index`, escapes resolved. The parser has checked them.
  @usableFromInline
  func unescaped(_ index: Int) -> [UInt8] {
    let text = slice(index)
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    var i = 0
    while i < text.count {
      let byte = text[i]
      guard byte == UInt8(ascii: "\\") else {
        out.append(byte)
        i += 1
        continue
      }
      i += 2
      switch text[i - 1] {
      case UInt8(ascii: "n"): out.append(10)
      case UInt8(ascii: "t"): out.append(9)
      case UInt8(ascii: "r"): out.append(13)
      case UInt8(ascii: "b"): out.append(8)
      case UInt8(ascii: "f"): out.append(12)
      case UInt8(ascii: "u"):
        var scalar = hexQuad(text, at: i)
        i += 4
        if scalar & 0xFC00 == 0xD800 {
          scalar = 0x10000 + (scalar & 0x3FF) << 10 + (hexQuad(text, at: i + 2) & 0x3FF)
          i += 6
        }
        out.append(contentsOf: UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? .init())
      case let plain: out.append(plain)
      }
    }
    return out
  }

  private func hexQuad(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> UInt32 {
    var value: UInt32 = 0
    for i in start..<start + 4 { value = value << 4 | UInt32(hexDigit(text[i]) ?? 0) }
    return value
  }
}

/// The value of a hexadecimal digit.
@inline(__always)
func hexDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}

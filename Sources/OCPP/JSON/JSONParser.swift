/// Reads the text of a tape into its nodes: RFC 8259, strictly, and duplicate names refused
/// (RFC 8259 §4 leaves their meaning open; two readers of one frame must not differ).
struct JSONParser {
  static let depthLimit = 64
  /// So that offsets and counts fit a node.
  static let byteLimit = 1 << 27

  private let tape: JSONTape
  private let bytes: UnsafeMutablePointer<UInt8>
  // The tape's own, held here so that an append is a store and an addition.
  private var nodes: UnsafeMutablePointer<JSONNode>
  private var nodeCount = 0
  private var nodeCapacity: Int
  private let end: Int
  private var at = 0
  private var depth = 0

  /// Parses the tape's text. On failure the nodes read so far stay on the tape.
  static func parse(_ tape: JSONTape) throws(JSONError) {
    guard tape.byteCount <= byteLimit else { throw JSONError(reason: .tooLarge, offset: byteLimit) }
    var parser = JSONParser(tape: tape)
    defer { tape.finish(nodeCount: parser.nodeCount) }
    parser.skipSpace()
    guard parser.at < parser.end else { throw JSONError(reason: .empty, offset: parser.at) }
    try parser.value()
    parser.skipSpace()
    guard parser.at == parser.end else { throw parser.failure(.trailingBytes) }
  }

  private init(tape: JSONTape) {
    self.tape = tape
    bytes = tape.bytes
    nodes = tape.nodes
    nodeCapacity = tape.nodeCapacity
    end = tape.byteCount
  }

  /// Appends a value that contains no other.
  @inline(__always)
  private mutating func append(_ kind: JSONKind, from start: Int, escaped: Bool = false) {
    if nodeCount == nodeCapacity { grow() }
    nodes[nodeCount] = JSONNode(
      kind: kind, start: start, length: at - start, next: nodeCount + 1, escaped: escaped)
    nodeCount += 1
  }

  @inline(never)
  private mutating func grow() {
    tape.grow(keeping: nodeCount)
    nodes = tape.nodes
    nodeCapacity = tape.nodeCapacity
  }

  /// Appends a container that begins here; its length and the rest come when it is closed.
  @inline(__always)
  private mutating func open(_ kind: JSONKind) throws(JSONError) -> Int {
    guard depth < Self.depthLimit else { throw failure(.tooDeep) }
    depth += 1
    append(kind, from: at)
    at += 1
    skipSpace()
    return nodeCount - 1
  }

  @inline(__always)
  private mutating func close(_ index: Int, count: Int) {
    depth -= 1
    nodes[index].length = UInt32(truncatingIfNeeded: at) - nodes[index].start
    nodes[index].next = UInt32(truncatingIfNeeded: nodeCount)
    nodes[index].meta |= UInt32(truncatingIfNeeded: count) << 4
  }

  private var view: JSONView { JSONView(bytes: bytes, nodes: nodes) }

  private func failure(_ reason: JSONError.Reason) -> JSONError {
    JSONError(reason: reason, offset: at)
  }

  private func unexpected() -> JSONError { failure(at >= end ? .unexpectedEnd : .unexpectedByte) }

  @inline(__always)
  private mutating func skipSpace() {
    guard bytes[at] <= 32 else { return }
    // The zero byte after the text ends the run.
    while bytes[at] == 32 || bytes[at] == 10 || bytes[at] == 13 || bytes[at] == 9 {
      at += 1
    }
  }

  private mutating func value() throws(JSONError) {
    switch bytes[at] {
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "{"): try object()
    case UInt8(ascii: "["): try array()
    case UInt8(ascii: "t"): try word("true", .bool)
    case UInt8(ascii: "f"): try word("false", .bool)
    case UInt8(ascii: "n"): try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    default: throw unexpected()
    }
  }

  private mutating func word(_ word: StaticString, _ kind: JSONKind) throws(JSONError) {
    let start = at
    for i in 0..<word.utf8CodeUnitCount {
      guard bytes[at] == word.utf8Start[i] else { throw unexpected() }
      at += 1
    }
    append(kind, from: start)
  }

  private mutating func digits() throws(JSONError) {
    let start = at
    while bytes[at] &- 48 < 10 { at += 1 }
    guard at > start else { throw failure(at >= end ? .unexpectedEnd : .invalidNumber) }
  }

  private mutating func number() throws(JSONError) {
    let start = at
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    if bytes[at] == UInt8(ascii: "0") {
      at += 1
      guard bytes[at] &- 48 >= 10 else { throw failure(.invalidNumber) }
    } else {
      try digits()
    }
    if bytes[at] == UInt8(ascii: ".") {
      at += 1
      try digits()
    }
    if bytes[at] | 32 == UInt8(ascii: "e") {
      at += 1
      if bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
      try digits()
    }
    append(.number, from: start)
  }

  private mutating func array() throws(JSONError) {
    let index = try open(.array)
    var count = 0
    if bytes[at] == UInt8(ascii: "]") {
      at += 1
    } else {
      while true {
        try value()
        count += 1
        skipSpace()
        let byte = bytes[at]
        guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") else { throw unexpected() }
        at += 1
        if byte == UInt8(ascii: "]") { break }
        skipSpace()
      }
    }
    close(index, count: count)
  }

  private mutating func object() throws(JSONError) {
    let index = try open(.object)
    var count = 0
    // A bit for each kind of key seen: only one that looks like another is compared with all.
    var kinds: UInt64 = 0
    if bytes[at] == UInt8(ascii: "}") {
      at += 1
    } else {
      while true {
        guard bytes[at] == UInt8(ascii: "\"") else { throw unexpected() }
        let key = nodeCount
        let keyStart = at
        try string()
        if count < JSONKeys.fewKeys {
          let kind = kind(ofKey: key)
          if kinds & kind != 0, JSONKeys.contains(view, object: index, key: key) {
            throw JSONError(reason: .duplicateKey, offset: keyStart)
          }
          kinds |= kind
        }
        skipSpace()
        guard bytes[at] == UInt8(ascii: ":") else { throw unexpected() }
        at += 1
        skipSpace()
        try value()
        count += 1
        skipSpace()
        let byte = bytes[at]
        guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") else { throw unexpected() }
        at += 1
        if byte == UInt8(ascii: "}") { break }
        skipSpace()
      }
    }
    close(index, count: count)
    if count > JSONKeys.fewKeys, let twice = JSONKeys.duplicate(view, object: index) {
      throw JSONError(reason: .duplicateKey, offset: twice)
    }
  }

  /// Equal for equal keys; an escaped one is like all others.
  @inline(__always)
  private func kind(ofKey key: Int) -> UInt64 {
    let node = nodes[key]
    guard !node.isEscaped, node.length > 0 else { return .max }
    let first = UInt64(bytes[Int(node.start)])
    let last = UInt64(bytes[Int(node.start + node.length) - 1])
    return 1 << ((first &* 7 &+ last &* 31 &+ UInt64(node.length)) & 63)
  }

  /// Most strings end at the first byte that is not plain; all others go the long way.
  @inline(__always)
  private mutating func string() throws(JSONError) {
    let start = at + 1
    let stop = plain(from: start)
    at = stop
    guard bytes[stop] == UInt8(ascii: "\"") else { return try string(from: start) }
    append(.string, from: start)
    at = stop + 1
  }

  /// The first byte from `start` on that is a quote, a backslash, a control character or the start of
  /// a longer sequence. Eight bytes at a time: zero bytes follow the text, so that no word reaches
  /// beyond what is there, and the first of them is a stop.
  @inline(__always)
  private func plain(from start: Int) -> Int {
    var scan = start
    while true {
      let word = UnsafeRawPointer(bytes + scan).loadUnaligned(as: UInt64.self)
      let care = Self.needsCare(UInt64(littleEndian: word))
      if care != 0 { return scan + care.trailingZeroBitCount >> 3 }
      scan += 8
    }
  }

  @inline(never)
  private mutating func string(from start: Int) throws(JSONError) {
    var escaped = false
    while true {
      let byte = bytes[at]
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        escaped = true
        try escape()
      } else if byte < 32 {
        throw failure(at >= end ? .unexpectedEnd : .controlCharacter)
      } else {
        let length = UTF8Check.sequence(bytes + at)
        guard length > 0 else { throw failure(.invalidUTF8) }
        at += length
      }
      at = plain(from: at)
    }
    append(.string, from: start, escaped: escaped)
    at += 1
  }

  /// A word whose lowest set bit lies in the first byte that is a quote, a backslash, below 32 or
  /// above 127; zero when no byte is. Borrows can mark bytes after that one, never before it.
  @inline(__always)
  private static func needsCare(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ (ones &* 0x22)
    let slash = word ^ (ones &* 0x5C)
    let hit = (quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- ones &* 0x20) | word
    return hit & (ones &* 0x80)
  }

  private mutating func escape() throws(JSONError) {
    at += 1
    switch bytes[at] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      at += 1
    case UInt8(ascii: "u"):
      at += 1
      let start = at - 2
      let unit = try hexQuad()
      guard unit & 0xF800 == 0xD800 else { return }
      guard unit < 0xDC00, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u")
      else {
        throw JSONError(reason: .loneSurrogate, offset: start)
      }
      at += 2
      guard try hexQuad() & 0xFC00 == 0xDC00 else {
        throw JSONError(reason: .loneSurrogate, offset: start)
      }
    default:
      throw failure(at >= end ? .unexpectedEnd : .invalidEscape)
    }
  }

  private mutating func hexQuad() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = hexDigit(bytes[at]) else {
        throw failure(at >= end ? .unexpectedEnd : .invalidEscape)
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }
}

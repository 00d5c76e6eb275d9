/// Writes JSON by appending to one buffer. Commas write themselves; the caller keeps the order of
/// begin, key, value and end.
package struct JSONWriter: Sendable {
  /// What has been written.
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// Forgets the text and keeps the storage.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  /// What has been written, as text.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  @inline(__always)
  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  package mutating func beginObject() {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  package mutating func endObject() {
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  /// An object with the members that `body` writes.
  package mutating func object(_ body: (inout JSONWriter) -> Void) {
    beginObject()
    body(&self)
    endObject()
  }

  /// A moment in UTC (RFC 3339), of milliseconds since 1970.
  package mutating func time(_ milliseconds: Int64) {
    DateTime.append(milliseconds, to: &self)
  }

  package mutating func beginArray() {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
  }

  package mutating func endArray() {
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  package mutating func key(_ name: String) {
    separate()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  package mutating func string(_ value: String) {
    separate()
    quote(value)
  }

  package mutating func int(_ value: Int64) {
    separate()
    digits(value)
  }

  package mutating func int(_ value: Int) { int(Int64(value)) }

  /// The shortest decimal that reads back as `value`. JSON has no infinity and no NaN: null.
  package mutating func double(_ value: Double) {
    separate()
    bytes.append(contentsOf: value.isFinite ? Array(value.description.utf8) : Array("null".utf8))
  }

  package mutating func bool(_ value: Bool) {
    separate()
    bytes.append(contentsOf: value ? "true".utf8 : "false".utf8)
  }

  package mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  /// A value that is JSON already.
  package mutating func raw(_ json: StaticString) {
    separate()
    let text = UnsafeBufferPointer(start: json.utf8Start, count: json.utf8CodeUnitCount)
    bytes.append(contentsOf: text)
  }

  /// A value that is JSON already.
  package mutating func raw(_ json: some Sequence<UInt8>) {
    separate()
    bytes.append(contentsOf: json)
  }

  /// A value copied as it was written.
  package mutating func value(_ value: JSONValue) {
    separate()
    value.append(to: &bytes)
  }

  /// A string of plain ASCII without quotes and backslashes, written in place by `body`.
  mutating func plainString(_ body: (inout [UInt8]) -> Void) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    body(&bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    text.withBytes { source in
      if Self.isPlain(source) { return bytes.append(contentsOf: source) }
      var plain = 0
      for i in 0..<source.count {
        let byte = source[i]
        guard byte < 32 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
          continue
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[plain..<i]))
        plain = i + 1
        escape(byte)
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[plain...]))
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether no byte needs an escape; by words, where a borrow may at worst say no for nothing.
  private static func isPlain(_ source: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = source.baseAddress else { return true }
    let ones: UInt64 = 0x0101_0101_0101_0101
    var at = 0
    while at + 8 <= source.count {
      let word = UnsafeRawPointer(base + at).loadUnaligned(as: UInt64.self)
      let quote = word ^ (ones &* 0x22)
      let slash = word ^ (ones &* 0x5C)
      let hit =
        (quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- ones &* 0x20) & ~word
      if hit & (ones &* 0x80) != 0 { return false }
      at += 8
    }
    while at < source.count {
      let byte = base[at]
      if byte < 32 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
      at += 1
    }
    return true
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case 8: bytes.append(UInt8(ascii: "b"))
    case 9: bytes.append(UInt8(ascii: "t"))
    case 10: bytes.append(UInt8(ascii: "n"))
    case 12: bytes.append(UInt8(ascii: "f"))
    case 13: bytes.append(UInt8(ascii: "r"))
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    default:
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(byte >> 4 + 48)
      bytes.append(byte & 15 < 10 ? byte & 15 + 48 : byte & 15 + 87)
    }
  }

  private mutating func digits(_ value: Int64) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    let value = value.magnitude
    var power: UInt64 = 1
    while value / power >= 10 { power *= 10 }
    while power > 0 {
      bytes.append(UInt8(48 + value / power % 10))
      power /= 10
    }
  }
}

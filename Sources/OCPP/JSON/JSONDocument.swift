/// A parsed JSON text. It owns a copy of its bytes, and parsing again reuses its storage unless a
/// value of the earlier text is still held, which then keeps its own.
package struct JSONDocument: Sendable {
  private(set) var tape: JSONTape

  /// A document whose root is null.
  package init() { tape = JSONTape() }

  package init(bytes: [UInt8]) throws(JSONError) {
    tape = JSONTape(byteCapacity: bytes.count + 8)
    try parse(bytes)
  }

  package init(text: String) throws(JSONError) {
    try self.init(bytes: Array(text.utf8))
  }

  /// Replaces the document by `bytes` parsed. After an error the root is null.
  package mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
    do throws(JSONError) {
      try parseKeepingStart(bytes)
    } catch {
      tape.clear()
      throw error
    }
  }

  package mutating func parse(_ bytes: [UInt8]) throws(JSONError) {
    let failure = bytes.withUnsafeBufferPointer { buffer -> JSONError? in
      do throws(JSONError) {
        try parse(buffer)
        return nil
      } catch { return error }
    }
    if let failure { throw failure }
  }

  /// As `parse`, but leaves on the tape what came before the error, with its containers unclosed.
  mutating func parseKeepingStart(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
    if !isKnownUniquelyReferenced(&tape) { tape = JSONTape(byteCapacity: bytes.count + 8) }
    tape.load(bytes)
    try JSONParser.parse(tape)
  }

  /// Forgets the text; the root is null.
  mutating func clear() {
    if isKnownUniquelyReferenced(&tape) { tape.clear() } else { tape = JSONTape() }
  }

  package var root: JSONValue { JSONValue(tape: tape, index: 0) }
}

/// The ids of a session's rows in the ledger, rising: the first one, then differences, as
/// variable-length numbers of seven bits a byte, the lowest first.
package struct SessionEntries: Sendable, Equatable {
  /// Some tens of thousands of messages: more than a session of weeks has.
  package static let limit = 64 << 10

  package private(set) var bytes: [UInt8] = []
  private var last: Int64 = 0

  package init() {}

  /// Reads what `bytes` held; nil when they are not in that form.
  package init?(bytes: [UInt8]) {
    self.bytes = bytes
    guard Self.read(bytes, { last = $0 }) else { return nil }
  }

  /// No more are kept.
  package var isFull: Bool { bytes.count >= Self.limit }

  package var ids: [Int64] {
    var ids: [Int64] = []
    _ = Self.read(bytes) { ids.append($0) }
    return ids
  }

  /// Adds a row, unless it is there: a restart reads the ledger's last stretch again.
  package mutating func append(_ id: Int64) {
    guard id > last, !isFull else { return }
    var rest = UInt64(id - last)
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
    last = id
  }

  /// Hands each id to `body`; false when the bytes end in the middle of a number, or one does not
  /// rise.
  private static func read(_ bytes: [UInt8], _ body: (Int64) -> Void) -> Bool {
    var id: Int64 = 0
    var difference: Int64 = 0
    var shift: Int64 = 0
    for byte in bytes {
      guard shift < 63 else { return false }
      difference |= Int64(byte & 0x7F) << shift
      if byte & 0x80 != 0 {
        shift += 7
        continue
      }
      let (sum, overflow) = id.addingReportingOverflow(difference)
      guard difference > 0, !overflow else { return false }
      id = sum
      body(id)
      (difference, shift) = (0, 0)
    }
    return shift == 0
  }
}

/// A table laid out for validation: its arrays in memory that stays where it is, so that walking them
/// costs no bookkeeping, and its actions by the bytes of their names.
///
/// `@unchecked Sendable`: nothing changes after `init`, and the memory is freed with the object only.
final class CompiledTable: @unchecked Sendable {
  let version: OCPPVersion
  let actions: [ActionDescriptor]
  let text: UnsafeMutablePointer<UInt8>
  let fields: UnsafeMutablePointer<SchemaTable.Field>
  let objects: UnsafeMutablePointer<SchemaTable.Object>
  let enumerations: UnsafeMutablePointer<SchemaTable.Enumeration>
  let values: UnsafeMutablePointer<SchemaTable.Name>
  /// Positions in `actions` by a hash of the name, open addressing; -1 where none is.
  private let slots: [Int16]

  init(_ table: SchemaTable) {
    version = table.version
    actions = table.actions
    text = Self.copy(table.text)
    fields = Self.copy(table.fields)
    objects = Self.copy(table.objects)
    enumerations = Self.copy(table.enumerations)
    values = Self.copy(table.values)
    var slots = [Int16](repeating: -1, count: 1024)
    for (position, action) in table.actions.enumerated().prefix(512) {
      var slot = action.name.withBytes { Self.hash($0) } & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int16(position)
    }
    self.slots = slots
  }

  deinit {
    text.deallocate()
    fields.deallocate()
    objects.deallocate()
    enumerations.deallocate()
    values.deallocate()
  }

  /// The position of the action of that name. Of two with one name the later one counts.
  func position(ofAction name: UnsafeBufferPointer<UInt8>) -> Int? {
    var slot = Self.hash(name) & (slots.count - 1)
    var found: Int?
    while slots[slot] >= 0 {
      let position = Int(slots[slot])
      if actions[position].name.withBytes({ JSONKeys.same($0, name) }) { found = position }
      slot = (slot + 1) & (slots.count - 1)
    }
    return found
  }

  /// FNV-1a. Names come from stations, but the table is fixed: a station can't make it slow.
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash ^ hash >> 32)
  }

  private static func copy<Element: BitwiseCopyable>(
    _ array: [Element]
  ) -> UnsafeMutablePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, array.count))
    array.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { memory.update(from: base, count: source.count) }
    }
    return memory
  }
}

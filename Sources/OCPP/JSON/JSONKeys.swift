/// Looking for an object's keys on a view.
enum JSONKeys {
  /// Up to so many keys each new one is compared with all before it; a larger object is sorted once
  /// at its end, so that a hostile text costs n·log n.
  static let fewKeys = 16

  /// Whether the object's members before `key` have one of the same name.
  static func contains(_ view: JSONView, object: Int, key: Int) -> Bool {
    var other = object + 1
    while other < key {
      if equal(view, key, other) { return true }
      other = Int(view.nodes[other + 1].next)
    }
    return false
  }

  /// The offset of a key that the object has twice.
  static func duplicate(_ view: JSONView, object: Int) -> Int? {
    let end = Int(view.nodes[object].next)
    var keys: [Int] = []
    keys.reserveCapacity(view.nodes[object].count)
    var key = object + 1
    while key < end {
      keys.append(key)
      key = Int(view.nodes[key + 1].next)
    }
    let names = keys.map { (name: view.unescaped($0), key: $0) }.sorted {
      $0.name == $1.name ? $0.key < $1.key : $0.name.lexicographicallyPrecedes($1.name)
    }
    for (a, b) in zip(names, names.dropFirst()) where a.name == b.name {
      return Int(view.nodes[b.key].start) - 1
    }
    return nil
  }

  /// The index of the value that the object has under `name`.
  static func find(_ view: JSONView, object: Int, name: UnsafeBufferPointer<UInt8>) -> Int? {
    let end = Int(view.nodes[object].next)
    var key = object + 1
    while key < end {
      if view.nodes[key].isEscaped {
        if view.unescaped(key).elementsEqual(name) { return key + 1 }
      } else if same(view.slice(key), name) {
        return key + 1
      }
      key = Int(view.nodes[key + 1].next)
    }
    return nil
  }

  /// Whether two stretches hold the same bytes; by words, the last two of which may overlap.
  @inline(__always)
  static func same(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    guard let first = a.baseAddress, let second = b.baseAddress else { return true }
    let (a, b, count) = (UnsafeRawPointer(first), UnsafeRawPointer(second), a.count)
    if count >= 8 {
      var at = 0
      while at + 8 < count {
        guard word(a, at) == word(b, at) else { return false }
        at += 8
      }
      return word(a, count - 8) == word(b, count - 8)
    }
    if count >= 4 {
      return half(a, 0) == half(b, 0) && half(a, count - 4) == half(b, count - 4)
    }
    for at in 0..<count where first[at] != second[at] { return false }
    return true
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawPointer, _ at: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
  }

  @inline(__always)
  private static func half(_ bytes: UnsafeRawPointer, _ at: Int) -> UInt32 {
    bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)
  }

  @inline(__always)
  private static func equal(_ view: JSONView, _ a: Int, _ b: Int) -> Bool {
    if (view.nodes[a].meta | view.nodes[b].meta) & JSONNode.escapeMark != 0 {
      return view.unescaped(a) == view.unescaped(b)
    }
    return view.nodes[a].length == view.nodes[b].length && same(view.slice(a), view.slice(b))
  }
}

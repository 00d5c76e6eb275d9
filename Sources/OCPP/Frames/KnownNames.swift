/// Names of actions that came before. A fleet sends the same few again and again; each is one string
/// instead of one a message.
struct KnownNames: Sendable {
  /// By a hash of the bytes; the newest of those that share a place stays.
  private var places = [String](repeating: "", count: 128)
  /// What is longer is no action of any version.
  private static let limit = 64

  /// The value's string; nil when it is none.
  mutating func string(_ value: JSONValue) -> String? {
    guard let bytes = value.plainBytes, bytes.count <= Self.limit else { return value.string }
    var hash: UInt32 = 2_166_136_261
    for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    let place = Int((hash ^ hash >> 16) & 127)
    if places[place].withBytes({ JSONKeys.same($0, bytes) }) { return places[place] }
    let name = String(decoding: bytes, as: UTF8.self)
    places[place] = name
    return name
  }
}

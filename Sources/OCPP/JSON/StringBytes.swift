extension String {
  /// Lends the text's bytes in UTF-8. Unlike `withUTF8` it wants no variable, and so no reference to
  /// a text that is only read is counted.
  @inline(__always)
  func withBytes<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
    if let value = utf8.withContiguousStorageIfAvailable(body) { return value }
    var copy = self
    return copy.withUTF8(body)
  }
}

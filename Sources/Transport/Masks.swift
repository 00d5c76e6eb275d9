import Trust

extension EventLoop {
  /// Random bytes for 1024 masking keys.
  static func freshMasks() -> [UInt8] { Random.bytes(4096) }
}

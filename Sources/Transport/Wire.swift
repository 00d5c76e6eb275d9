import CLinux
import Glibc

/// What became of a read or write.
enum WireResult {
  case moved(Int)
  case wouldBlock
  case ended
  case failed(Int32)
}

/// A connection's byte path: plain TCP, or TLS with the same four calls.
struct Wire {
  let descriptor: Int32
  var tls: TLSStream?

  func read(into buffer: UnsafeMutableRawBufferPointer) -> WireResult {
    if let tls { return tls.read(into: buffer) }
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .moved(count) }
      if count == 0 { return .ended }
      if errno != EINTR { return Self.failure(errno) }
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> WireResult {
    if let tls { return tls.write(bytes) }
    while true {
      let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      if count >= 0 { return .moved(count) }
      if errno != EINTR { return Self.failure(errno) }
    }
  }

  /// Sends up to `count` bytes of a file from `offset`, where TLS had some on their way a little
  /// more. Raises SIGPIPE unless it is ignored. May wait for the disk.
  /// - Parameter scratch: memory that TLS can use during the call.
  func send(
    file: Int32, offset: Int, count: Int, through scratch: UnsafeMutableRawBufferPointer
  ) -> WireResult {
    if let tls { return tls.send(file: file, offset: offset, count: count, through: scratch) }
    while true {
      var position = off_t(offset)
      let sent = sendfile(descriptor, file, &position, count)
      if sent > 0 { return .moved(sent) }
      // The file became shorter than promised.
      if sent == 0 { return .failed(EIO) }
      if errno != EINTR { return Self.failure(errno) }
    }
  }

  /// Tells the peer that no more bytes come.
  func endWriting() {
    tls?.endWriting()
    _ = shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Says something outside of TLS, to a peer that does not speak it.
  func sayPlainly(_ bytes: [UInt8]) {
    _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  private static func failure(_ code: Int32) -> WireResult {
    code == EAGAIN || code == EWOULDBLOCK ? .wouldBlock : .failed(code)
  }
}

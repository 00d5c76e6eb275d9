import CLinux
import Glibc

/// What became of a read or write.
enum WireResult {
  case moved(Int)
  case wouldBlock
  case ended
  case failed(Int32)
}

/// A connection's byte path: plain TCP. TLS takes its place here, with the same four calls.
struct Wire {
  let descriptor: Int32

  func read(into buffer: UnsafeMutableRawBufferPointer) -> WireResult {
    while true {
      let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      if count > 0 { return .moved(count) }
      if count == 0 { return .ended }
      if errno != EINTR { return Self.failure(errno) }
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) -> WireResult {
    while true {
      let count = Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      if count >= 0 { return .moved(count) }
      if errno != EINTR { return Self.failure(errno) }
    }
  }

  /// Sends up to `count` bytes of a file from `offset`. Raises SIGPIPE unless it is ignored. May
  /// wait for the disk.
  func send(file: Int32, offset: Int, count: Int) -> WireResult {
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
  func endWriting() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  private static func failure(_ code: Int32) -> WireResult {
    code == EAGAIN || code == EWOULDBLOCK ? .wouldBlock : .failed(code)
  }
}

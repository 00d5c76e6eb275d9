import COpenSSL
import Glibc

/// OpenSSL's way to a socket. Its own socket BIO writes with write(2), which raises SIGPIPE.
///
/// The BIO's data is its `TLSStream`, unretained: the stream frees the SSL, and with it the BIO,
/// before it is gone.
enum SocketBIO {
  // A BIO method is written here once, and only read afterwards.
  private nonisolated(unsafe) static let method: OpaquePointer? = {
    let method = BIO_meth_new(BIO_get_new_index() | 0x0400, "socket")
    BIO_meth_set_read(method) { bio, bytes, count in
      guard let stream = SocketBIO.stream(bio) else { return -1 }
      return SocketBIO.settle(bio, stream, BIO_FLAGS_READ) {
        stream.receive(bytes, Int(count))
      }
    }
    BIO_meth_set_write(method) { bio, bytes, count in
      guard let stream = SocketBIO.stream(bio) else { return -1 }
      return SocketBIO.settle(bio, stream, BIO_FLAGS_WRITE) {
        Glibc.send(stream.descriptor, bytes, Int(count), Int32(MSG_NOSIGNAL))
      }
    }
    // Nothing is kept back, so that a flush is done at once; no other request is known.
    BIO_meth_set_ctrl(method) { _, request, _, _ in request == BIO_CTRL_FLUSH ? 1 : 0 }
    return method
  }()

  static func make(for stream: TLSStream) -> OpaquePointer? {
    guard let bio = BIO_new(method) else { return nil }
    BIO_set_data(bio, Unmanaged.passUnretained(stream).toOpaque())
    BIO_set_init(bio, 1)
    return bio
  }

  static func stream(_ bio: OpaquePointer?) -> TLSStream? {
    BIO_get_data(bio).map { Unmanaged<TLSStream>.fromOpaque($0).takeUnretainedValue() }
  }

  private static func settle(
    _ bio: OpaquePointer?, _ stream: TLSStream, _ direction: Int32, _ call: () -> Int
  ) -> Int32 {
    BIO_clear_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY)
    while true {
      let count = call()
      if count >= 0 {
        if count == 0, direction == BIO_FLAGS_READ { stream.socketBroke(0) }
        return Int32(count)
      }
      let code = errno
      if code == EINTR { continue }
      if code == EAGAIN || code == EWOULDBLOCK {
        BIO_set_flags(bio, direction | BIO_FLAGS_SHOULD_RETRY)
      } else {
        stream.socketBroke(code)
      }
      return -1
    }
  }
}

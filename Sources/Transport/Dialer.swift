import CLinux
import Glibc

/// The addresses a client tries one after the other, without blocking.
struct Dialer {
  private var left: ArraySlice<SocketAddress>
  /// Where connections come from; nil: the system's choice.
  private let source: SocketAddress?
  /// The last address's failure.
  private(set) var failure: Int32 = 0

  /// Resolves the host: see `SocketAddress.resolve` about blocking.
  init(host: String, port: UInt16, source: String? = nil) throws(TransportError) {
    left = try SocketAddress.resolve(host: host, port: port, passive: false)[...]
    self.source = try source.flatMap { host throws(TransportError) in
      try SocketAddress.resolve(host: host, port: 0, passive: true).first
    }
  }

  /// A socket that connects to the next address, or nil when none is left.
  /// - Parameter receiveBuffer: the kernel's, in bytes; nil for its own choice.
  mutating func next(receiveBuffer: Int32? = nil) -> Int32? {
    while let address = left.popFirst() {
      guard let descriptor = try? address.makeSocket() else {
        failure = errno
        continue
      }
      setOption(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
      if let source, source.family == address.family {
        // The port is chosen with the peer in view, so that each address has all ports anew.
        setOption(descriptor, Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT, 1)
        guard source.withPointer({ Glibc.bind(descriptor, $0, $1) }) == 0 else {
          failed(errno)
          Glibc.close(descriptor)
          continue
        }
      }
      if let receiveBuffer { setOption(descriptor, SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
      let code = address.withPointer { Glibc.connect(descriptor, $0, $1) }
      if code == 0 || errno == EINPROGRESS { return descriptor }
      failed(errno)
      Glibc.close(descriptor)
    }
    return nil
  }

  mutating func failed(_ code: Int32) { failure = code }
}

import CLinux
import Glibc

/// A TCP endpoint's address.
struct SocketAddress {
  private(set) var storage: sockaddr_storage
  private(set) var length: socklen_t

  /// The addresses of a host, by getaddrinfo(3): blocking unless the host is numeric or in
  /// /etc/hosts.
  static func resolve(
    host: String, port: UInt16, passive: Bool
  ) throws(TransportError) -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : 0)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &list)
    guard code == 0 else {
      throw .unknownHost(host, message: String(cString: gai_strerror(code)))
    }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = list
    while let info = next {
      var storage = sockaddr_storage()
      let length = info.pointee.ai_addrlen
      if let address = info.pointee.ai_addr {
        withUnsafeMutableBytes(of: &storage) { bytes in
          bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(length)))
        }
        addresses.append(SocketAddress(storage: storage, length: length))
      }
      next = info.pointee.ai_next
    }
    return addresses
  }

  /// The address at the far or the near end of a socket.
  init?(of descriptor: Int32, peer: Bool) {
    storage = sockaddr_storage()
    length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var size = length
    let code = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        peer ? getpeername(descriptor, $0, &size) : getsockname(descriptor, $0, &size)
      }
    }
    guard code == 0 else { return nil }
    length = size
  }

  private init(storage: sockaddr_storage, length: socklen_t) {
    self.storage = storage
    self.length = length
  }

  var family: Int32 { Int32(storage.ss_family) }

  func withPointer<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
    withUnsafePointer(to: storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }

  /// Host and port in numbers.
  var numeric: (host: String, port: UInt16) {
    var host = [CChar](repeating: 0, count: 64)
    var port = [CChar](repeating: 0, count: 8)
    let code = withPointer { address, length in
      getnameinfo(address, length, &host, 64, &port, 8, NI_NUMERICHOST | NI_NUMERICSERV)
    }
    guard code == 0 else { return ("", 0) }
    let text = { (chars: [CChar]) in
      String(decoding: chars.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    return (text(host), UInt16(text(port)) ?? 0)
  }

  /// A non-blocking TCP socket for this address.
  func makeSocket() throws(TransportError) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, type, 0)
    guard descriptor >= 0 else { throw .system(call: "socket", code: errno) }
    return descriptor
  }
}

/// Sets an integer socket option; options here only tune, so that a refusal is of no consequence.
func setOption(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) {
  var value = value
  setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
}

import Glibc
import Testing

/// A port on which nobody listens, for an engine that comes back to it again and again. Below those
/// that the system gives to whoever connects, so that nobody takes it while the engine is dead; and
/// another one each time, so that tests beside these find one too.
enum FreePort {
  static func pick() throws -> Int {
    let port = (20_000..<32_000).shuffled().first { isFree(UInt16($0)) }
    return try #require(port, "every port between 20000 and 32000 is taken")
  }

  private static func isFree(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}

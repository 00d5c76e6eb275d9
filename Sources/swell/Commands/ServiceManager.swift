import CLinux
import Glibc

/// systemd's side of a service: told over the socket of $NOTIFY_SOCKET (sd_notify(3)).
final class ServiceManager: Sendable {
  private let socket: Int32
  /// Microseconds within which it wants a sign of life; nil: none.
  let patience: UInt64?

  /// Nil when nobody wants to be told.
  init?() {
    guard let path = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }), !path.isEmpty else {
      return nil
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    // An abstract socket has a zero for its first byte, and its name ends with its length.
    if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = MemoryLayout<sa_family_t>.size + bytes.count + (bytes[0] == 0 ? 0 : 1)
    let made = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard made >= 0 else { return nil }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(made, $0, socklen_t(length))
      }
    }
    guard result == 0 else {
      close(made)
      return nil
    }
    socket = made
    patience = Self.watchdog()
  }

  deinit { close(socket) }

  /// $WATCHDOG_USEC, when it is meant for this process (sd_watchdog_enabled(3)).
  private static func watchdog() -> UInt64? {
    if let process = getenv("WATCHDOG_PID"), String(cString: process) != String(getpid()) {
      return nil
    }
    return getenv("WATCHDOG_USEC").flatMap { UInt64(String(cString: $0)) }.flatMap {
      $0 > 0 ? $0 : nil
    }
  }

  /// One or more lines `NAME=value`. Never waits: a manager that does not read misses it.
  func tell(_ lines: String...) {
    let text = Array(lines.joined(separator: "\n").utf8)
    _ = send(socket, text, text.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
  }

  /// A sentence of any kind, on one line.
  func tell(status: String) { tell("STATUS=" + status.replacing("\n", with: " ")) }
}

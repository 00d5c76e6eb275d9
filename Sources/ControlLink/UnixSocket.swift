import CLinux
import Control
import Foundation
import Glibc

/// A connected Unix socket that carries length-prefixed JSON. One thread at a time.
final class UnixSocket {
  /// Frames larger than this are refused: an import of 100,000 rows is about 20 MB.
  private static let limit = 256 << 20

  let descriptor: Int32

  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  static func address(_ path: String) throws(LinkError) -> sockaddr_un {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw .pathTooLong(path)
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return address
  }

  static func connect(to path: String) throws(LinkError) -> UnixSocket {
    var address = try address(path)
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .system(call: "socket", code: errno) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, length)
      }
    }
    guard result == 0 else {
      close(descriptor)
      throw .noEngine(path: path)
    }
    return UnixSocket(descriptor: descriptor)
  }

  /// False when the other end had gone before the first byte: it has seen nothing of it.
  @discardableResult
  func write(_ value: some Encodable) throws(LinkError) -> Bool {
    let body: Data
    do { body = try JSONEncoder().encode(value) } catch { throw .broken("\(error)") }
    var frame = withUnsafeBytes(of: UInt32(body.count).bigEndian) { Array($0) }
    frame.append(contentsOf: body)
    var sent = 0
    while sent < frame.count {
      let count = frame[sent...].withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, sent == 0, errno == EPIPE { return false }
      guard count > 0 else { throw .broken("the other end is gone") }
      sent += count
    }
    return true
  }

  /// Nil when the other end closed between two frames.
  func read<Value: Decodable>(_ type: Value.Type) throws(LinkError) -> Value? {
    guard let head = try bytes(4) else { return nil }
    let length = head.reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.limit else { throw .broken("a frame of \(length) bytes") }
    guard let body = try bytes(length) else { throw .broken("a torn frame") }
    do {
      return try JSONDecoder().decode(type, from: Data(body))
    } catch {
      throw .broken("\(error)")
    }
  }

  private func bytes(_ count: Int) throws(LinkError) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: count)
    var got = 0
    while got < count {
      let n = buffer[got...].withUnsafeMutableBytes {
        recv(descriptor, $0.baseAddress, $0.count, 0)
      }
      if n < 0, errno == EINTR { continue }
      if n == 0, got == 0 { return nil }
      guard n > 0 else { throw .broken("the other end is gone") }
      got += n
    }
    return buffer
  }

  /// Who is at the other end.
  var peer: (uid: UInt32, gid: UInt32)? {
    var pid: Int32 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0
    return swell_peer_credentials(descriptor, &pid, &uid, &gid) == 0 ? (uid, gid) : nil
  }

  /// Whether nothing comes in for so long, nor ends the connection.
  func isQuiet(for milliseconds: Int32) -> Bool {
    var end = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&end, 1, milliseconds) <= 0
  }
}

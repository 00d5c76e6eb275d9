import Glibc
import Patience

@testable import swell

/// A charger made of one socket, that blocks. Its frames have a mask of zeros, so that what it
/// sends can be read in a trace of system calls.
final class RawCharger {
  private let socket: Int32

  init(identity: String, port: Int, subprotocol: String) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var patience = timeval(tv_sec: Int(Patience.seconds(30)), tv_usec: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, length) }
    }
    guard result == 0 else { throw TooLong(what: "port \(port) answered") }
    try send(
      Array(
        """
        GET /ocpp/\(identity) HTTP/1.1\r
        Host: localhost\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Protocol: \(subprotocol)\r
        \r\n
        """.utf8))
    let answer = try read(until: "\r\n\r\n")
    guard answer.hasPrefix("HTTP/1.1 101") else {
      throw TooLong(what: "\(identity) was let in: \(answer)")
    }
  }

  deinit { close(socket) }

  /// Sends a text of less than 64 KiB, and reads on until the stop is there.
  func call(_ text: String, until stop: String) throws -> String {
    let bytes = Array(text.utf8)
    let length: [UInt8] =
      bytes.count < 126
      ? [0x80 | UInt8(bytes.count)]
      : [0x80 | 126, UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)]
    try send([0x81] + length + [0, 0, 0, 0] + bytes)
    return try read(until: stop)
  }

  private func send(_ bytes: [UInt8]) throws {
    guard write(socket, bytes, bytes.count) == bytes.count else {
      throw TooLong(what: "\(bytes.count) bytes were sent")
    }
  }

  /// Frame heads are read over: what is looked for is in the text.
  private func read(until stop: String) throws -> String {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !text.contains(stop) {
      let count = Glibc.read(socket, &buffer, buffer.count)
      guard count > 0 else { throw TooLong(what: "\(stop.debugDescription) came after \(text)") }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    return text
  }
}

import Glibc
import Patience
import Testing

@testable import Transport

/// A blocking TCP socket, with TLS or without, that says whatever a test wants said.
final class RawSocket {
  enum Failure: Error { case noConnection(Int32), silence, ended }

  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var tls: TLSStream?

  /// - Parameter own: last byte of the address in 127.0.0.0/24 that it comes from.
  init(port: UInt16, from own: UInt8 = 1, tls client: ClientTLS? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var time = timeval(tv_sec: Int(Patience.seconds(20)), tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = (UInt32(0x7F00_0000) | UInt32(own)).bigEndian
    if own != 1 {
      let code = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      guard code == 0 else { throw Failure.noConnection(errno) }
    }
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw Failure.noConnection(errno) }
    guard let client else { return }
    let stream = TLSStream(descriptor: descriptor, .client(client, host: "127.0.0.1"))
    tls = stream
    guard case .done = stream.handshake() else { throw Failure.ended }
  }

  deinit { close(descriptor) }

  func say(_ bytes: [UInt8]) {
    var sent = 0
    if let tls {
      _ = bytes.withUnsafeBytes { tls.write($0) }
      return
    }
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  func say(_ text: String) { say(Array(text.utf8)) }

  /// Whether the system takes something now or within so many milliseconds.
  func takesMore(within milliseconds: Int32) -> Bool {
    var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return Glibc.poll(&poll, 1, milliseconds) > 0
  }

  /// How much of it the system takes at once, over TCP alone.
  func offer(_ bytes: ArraySlice<UInt8>) -> Int {
    let count = bytes.withUnsafeBytes {
      Glibc.send(
        descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
    return max(0, count)
  }

  /// Ends this side with a reset, as a charger that loses its power does not even do.
  func hangUp() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// The next `count` bytes.
  func take(_ count: Int) throws -> [UInt8] {
    while buffer.count < count { try fill() }
    defer { buffer.removeFirst(count) }
    return Array(buffer[..<count])
  }

  /// Whether bytes are there already or come within a moment; for expecting that nothing comes.
  func hasInput(within milliseconds: Int32) -> Bool {
    if !buffer.isEmpty { return true }
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return Glibc.poll(&poll, 1, milliseconds) > 0
  }

  /// Status and fields of a response, and its body as far as Content-Length says.
  func response(hasBody: Bool = true) throws -> HTTPAnswer {
    let end: [UInt8] = [13, 10, 13, 10]
    var length: Int?
    while length == nil {
      if buffer.count >= 4 {
        length = (0...buffer.count - 4).first { Array(buffer[$0..<$0 + 4]) == end }
      }
      if length == nil { try fill() }
    }
    let head = String(decoding: try take((length ?? 0) + 4), as: UTF8.self)
    let lines = head.split(separator: "\r\n")
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      fields[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].drop { $0 == " " }
        .description
    }
    let status = Int(lines[0].split(separator: " ")[1]) ?? 0
    let count = hasBody && status != 101 ? fields["content-length"].flatMap { Int($0) } ?? 0 : 0
    return HTTPAnswer(status: status, fields: fields, body: try take(count))
  }

  private func fill() throws {
    var piece = [UInt8](repeating: 0, count: 65_536)
    if let tls {
      switch piece.withUnsafeMutableBytes({ tls.read(into: $0) }) {
      case .moved(let count): buffer.append(contentsOf: piece[..<count])
      case .wouldBlock: throw Failure.silence
      case .ended, .failed: throw Failure.ended
      }
      return
    }
    let count = recv(descriptor, &piece, piece.count, 0)
    guard count != 0 else { throw Failure.ended }
    guard count > 0 else { throw errno == EAGAIN ? Failure.silence : Failure.ended }
    buffer.append(contentsOf: piece[..<count])
  }
}

struct HTTPAnswer: Equatable {
  var status: Int
  var fields: [String: String]
  var body: [UInt8]
}

/// One plain request.
func http(
  _ target: String, port: UInt16, _ fields: [String: String] = [:], method: String = "GET"
) throws -> HTTPAnswer {
  let socket = try RawSocket(port: port)
  var text = "\(method) \(target) HTTP/1.1\r\nHost: x\r\n"
  for (name, value) in fields { text += "\(name): \(value)\r\n" }
  socket.say(text + "\r\n")
  return try socket.response(hasBody: method != "HEAD")
}

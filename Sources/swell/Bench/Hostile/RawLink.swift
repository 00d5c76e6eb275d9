import Glibc

/// A blocking TCP socket that says whatever an attacker says. Its frames are masked with zeros.
final class RawLink {
  private let descriptor: Int32

  /// - Parameter receiveBuffer: the kernel's, in bytes; nil for its own choice.
  init?(port: UInt16, receiveBuffer: Int32? = nil) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
    if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
    // Nobody waits longer than that for an engine that does not read.
    var time = timeval(tv_sec: 0, tv_usec: 200_000)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { return nil }
  }

  deinit { close(descriptor) }

  enum Sent { case all, some(Int), gone }

  /// How much of it the system took in 200 ms.
  func say(_ bytes: ArraySlice<UInt8>) -> Sent {
    let count = bytes.withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    if count == bytes.count { return .all }
    if count >= 0 { return .some(count) }
    return errno == EAGAIN || errno == EINTR ? .some(0) : .gone
  }

  @discardableResult
  func say(_ text: String) -> Sent { say(Array(text.utf8)[...]) }

  /// What has come, within 200 ms; empty when nothing has, nil when the engine has ended it.
  func hear() -> [UInt8]? {
    var piece = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &piece, piece.count, 0)
    if count > 0 { return Array(piece[..<count]) }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? [] : nil
  }

  static func head(_ identity: String) -> String {
    "GET /ocpp/\(identity) HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
      + "Sec-WebSocket-Protocol: ocpp1.6\r\n\r\n"
  }

  /// Becomes a WebSocket of that charger.
  func upgrade(_ identity: String) -> Bool {
    say(Self.head(identity))
    var answer: [UInt8] = []
    for _ in 0..<50 {
      guard let more = hear() else { return false }
      answer += more
      if answer.suffix(4) == [13, 10, 13, 10] { return answer.starts(with: "HTTP/1.1 101".utf8) }
    }
    return false
  }

  /// A text frame's head for a payload of a length.
  static func frameHead(_ length: Int) -> [UInt8] {
    var head: [UInt8] = [0x81]
    if length < 126 {
      head.append(0x80 | UInt8(length))
    } else if length < 65_536 {
      head += [0x80 | 126, UInt8(length >> 8), UInt8(length & 0xFF)]
    } else {
      head.append(0x80 | 127)
      for shift in stride(from: 56, through: 0, by: -8) {
        head.append(UInt8(truncatingIfNeeded: length >> shift))
      }
    }
    return head + [0, 0, 0, 0]
  }

  static func frame(_ text: String) -> [UInt8] {
    let payload = Array(text.utf8)
    return frameHead(payload.count) + payload
  }

  /// How the engine ended it: `1009`, `408`, `ended` without a word; `open` when it has not.
  static func end(_ heard: [UInt8], isOver: Bool) -> String {
    if heard.starts(with: "HTTP/1.1 ".utf8) {
      return String(decoding: heard.dropFirst(9).prefix(3), as: UTF8.self)
    }
    var place = 0
    while place + 2 <= heard.count {
      let short = Int(heard[place + 1] & 0x7F)
      let size = short == 126 ? 4 : 2
      guard short < 127, place + size <= heard.count else { break }
      let length = short == 126 ? Int(heard[place + 2]) << 8 | Int(heard[place + 3]) : short
      if heard[place] == 0x88, length >= 2, place + size + 2 <= heard.count {
        return String(Int(heard[place + size]) << 8 | Int(heard[place + size + 1]))
      }
      place += size + length
    }
    return isOver ? "ended" : "open"
  }
}

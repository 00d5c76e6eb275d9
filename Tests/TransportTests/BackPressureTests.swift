import Dispatch
import Glibc
import Testing

@testable import Transport

/// Peers that send more than their share, or more than they read.
struct BackPressureTests {
  /// A masked text frame of so many bytes.
  private static func frame(_ count: Int) -> [UInt8] {
    [0x81, 0xFE, UInt8(count >> 8), UInt8(count & 255), 0, 0, 0, 0]
      + [UInt8](repeating: 0x61, count: count)
  }

  @Test("a peer that sends and never reads is not read from, and dropped after its time")
  func deaf() throws {
    var configuration = ServerConfiguration()
    configuration.unreadLimit = 10_000
    configuration.unreadTime = 100
    let script = Script()
    try withLoop { loop in
      let port = try script.listen(on: loop, configuration: configuration).port
      let peer = try RawPeer(port: port, receiveBuffer: 4096)
      peer.upgrade()
      let frame = Self.frame(1000)
      // It blocks once nobody reads, until it is dropped.
      while script.seen.value.reasons.isEmpty { peer.say(frame) }
    }
    guard case .slowReader(let queued)? = script.seen.value.reasons.first else {
      Issue.record("\(script.seen.value.reasons)")
      return
    }
    #expect((10_000...20_000).contains(queued))
    #expect(script.seen.value.largestQueue <= 20_000)
  }

  @Test("a peer that reads late gets every answer")
  func late() throws {
    var configuration = ServerConfiguration()
    configuration.unreadLimit = 10_000
    let script = Script()
    try withLoop { loop in
      let port = try script.listen(on: loop, configuration: configuration).port
      let peer = try RawPeer(port: port, receiveBuffer: 4096)
      peer.upgrade()
      let count = 20_000
      let all = (0..<count).flatMap { _ in Self.frame(1000) }
      var sent = 0
      // As much as goes without reading.
      while true {
        let moved = all[sent...].withUnsafeBytes {
          Glibc.send(peer.descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        }
        if moved > 0 { sent += moved } else if script.seen.value.largestQueue > 10_000 { break }
      }
      try #require(sent < all.count)
      setOption(peer.descriptor, SOL_SOCKET, SO_RCVBUF, 1 << 20)
      var heard = 0
      var piece = [UInt8](repeating: 0, count: 65_536)
      while heard < count * 1004 {
        if sent < all.count {
          let moved = all[sent...].withUnsafeBytes {
            Glibc.send(
              peer.descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
          }
          sent += max(0, moved)
        }
        let got = recv(peer.descriptor, &piece, piece.count, 0)
        try #require(got > 0)
        heard += got
      }
      #expect(script.seen.wait { $0.texts.count == count })
      #expect(script.seen.value.reasons.isEmpty)
    }
  }

  @Test("a loop that ends while a peer that tears its frames is let rest keeps nothing")
  func endsResting() throws {
    for _ in 0..<20 {
      weak var ended: EventLoop?
      do {
        let loop = try EventLoop(name: "rest")
        ended = loop
        let peer = try RawPeer(port: try Script().listen(on: loop).port)
        setOption(peer.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        peer.upgrade()
        for byte in Self.frame(200).dropLast(100) {
          peer.say([byte])
          usleep(50)
        }
        // Gone before its rest of 3 ms is over.
        shutdown(peer.descriptor, Int32(SHUT_RDWR))
        loop.stop()
      }
      #expect(ended == nil)
    }
  }

  @Test("a peer that tears its frames at every byte wakes the loop now and then only")
  func crumbs() throws {
    let script = Script()
    try withLoop { loop in
      let port = try script.listen(on: loop).port
      let peer = try RawPeer(port: port)
      setOption(peer.descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
      peer.upgrade()
      let (before, start) = (loop.rounds, EventLoop.clock())
      // A byte every 50 µs, so that each would be a round of its own.
      for byte in Self.frame(4000) {
        peer.say([byte])
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let due = now.tv_sec * 1_000_000_000 + now.tv_nsec + 50_000
        repeat {
          clock_gettime(CLOCK_MONOTONIC, &now)
        } while now.tv_sec * 1_000_000_000
          + now.tv_nsec < due
      }
      #expect(script.seen.wait { $0.texts.count == 1 })
      // A rest of 3 ms costs no more than three rounds: its timer, its end, a read.
      #expect(loop.rounds - before <= Int(EventLoop.clock() - start) + 100)
    }
  }

  @Test("a peer's many messages keep another's waiting no longer than some of them")
  func share() throws {
    let script = Script()
    try withLoop { loop in
      let port = try script.listen(on: loop).port
      let flood = try RawPeer(port: port)
      flood.upgrade()
      let other = try RawPeer(port: port)
      other.upgrade()
      // Both have said all they have to say before the loop looks.
      let begun = DispatchSemaphore(value: 0)
      let goesOn = DispatchSemaphore(value: 0)
      loop.submit {
        begun.signal()
        goesOn.wait()
      }
      begun.wait()
      flood.say((0..<1000).flatMap { _ in [0x81, 0x81, 0, 0, 0, 0, 0x78] as [UInt8] })
      other.say([0x81, 0x81, 0, 0, 0, 0, 0x79])
      goesOn.signal()
      #expect(script.seen.wait { $0.texts.count == 1001 })
      let place = try #require(script.seen.value.texts.firstIndex(of: "y"))
      #expect(place < 1000)
    }
  }
}

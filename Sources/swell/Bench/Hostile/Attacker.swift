import Dispatch
import Foundation
import Synchronization
import Threads

/// One attack that runs on a thread of its own until it is told to stop.
final class Attacker: Sendable {
  private let attack: Attack
  private let port: UInt16
  private let identity: String
  private let isStopping = Atomic<Bool>(false)
  private let ends = Monitor<[String: Int]>([:])
  private let done = DispatchSemaphore(value: 0)

  init(_ attack: Attack, port: UInt16, identity: String) {
    (self.attack, self.port, self.identity) = (attack, port, identity)
    Foundation.Thread.detachNewThread { [self] in
      run()
      done.signal()
    }
  }

  /// Ends it; how many of its connections ended how.
  func stop() -> [String: Int] {
    isStopping.store(true, ordering: .relaxed)
    done.wait()
    return ends.withLock { $0 }
  }

  private var goesOn: Bool { !isStopping.load(ordering: .relaxed) }

  private func note(_ end: String) { ends.withLock { $0[end, default: 0] += 1 } }

  private func run() {
    if attack.count > 1 { return stayingSilent() }
    guard let link = RawLink(port: port, receiveBuffer: attack == .deaf ? 4096 : nil) else {
      return note("not connected")
    }
    if attack != .slowHead, !link.upgrade(identity) { return note("not upgraded") }
    switch attack {
    case .everyByte: tearing(link)
    case .slowHead: dripping(link, Array(RawLink.head(identity).utf8))
    case .slowFrame: dripping(link, RawLink.frame(String(repeating: " ", count: 1000)))
    case .huge: sendingTooMuch(link)
    case .deaf: neverReading(link)
    case .silent, .halfHellos, .halfHandshakes: break
    }
  }

  private func tearing(_ link: RawLink) {
    var number = 0
    var heard: [UInt8] = []
    while goesOn {
      number += 1
      for byte in RawLink.frame(#"[2,"\#(number)","Heartbeat",{}]"#) {
        guard case .all = link.say([byte]) else { return note("ended") }
      }
      // Its answer, so that it asks as a charger does.
      guard let more = link.hear() else { return note(RawLink.end(heard, isOver: true)) }
      heard = more
    }
    note(RawLink.end(heard, isOver: false))
  }

  private func dripping(_ link: RawLink, _ bytes: [UInt8]) {
    var heard: [UInt8] = []
    var next = 0
    var due = Moment.now
    while goesOn, next < bytes.count {
      if Moment.now >= due {
        _ = link.say([bytes[next]])
        next += 1
        due += 1000
      }
      guard let more = link.hear() else { return note(RawLink.end(heard, isOver: true)) }
      heard += more
    }
    note(RawLink.end(heard, isOver: false))
  }

  private func sendingTooMuch(_ link: RawLink) {
    let piece = [UInt8](repeating: 0x20, count: 1 << 20)
    _ = link.say(RawLink.frameHead(64 << 20)[...])
    var heard: [UInt8] = []
    var left = 64 << 20
    while goesOn {
      if left > 0 {
        switch link.say(piece[..<min(left, piece.count)]) {
        case .all: left -= min(left, piece.count)
        case .some(let count): left -= count
        case .gone: left = 0
        }
      }
      guard let more = link.hear() else { return note(RawLink.end(heard, isOver: true)) }
      heard += more
      if RawLink.end(heard, isOver: false) != "open" { left = 0 }
    }
    note(RawLink.end(heard, isOver: false))
  }

  private func neverReading(_ link: RawLink) {
    var batch: [UInt8] = []
    for number in 0..<500 { batch += RawLink.frame(#"[2,"\#(number)","Heartbeat",{}]"#) }
    var place = 0
    while goesOn {
      switch link.say(batch[place...]) {
      case .all: place = 0
      case .some(let count): place += count
      case .gone: return note("ended")
      }
    }
    note("open")
  }

  /// Many that say nothing, half of what opens TLS, or no more than what opens it.
  private func stayingSilent() {
    var links = (0..<attack.count).compactMap { _ in RawLink(port: port) }
    if attack.isSecure {
      let hello = ClientHello.bytes
      let part = attack == .halfHellos ? hello.prefix(hello.count / 2) : hello[...]
      for link in links { _ = link.say(part) }
    }
    for _ in links.count..<attack.count { note("not connected") }
    while goesOn, !links.isEmpty { usleep(50_000) }
    for link in links {
      var heard = link.hear()
      if attack.isSecure {
        // The server's part of the handshake is no answer that ends anything.
        while let more = heard, !more.isEmpty { heard = link.hear() }
      }
      note(RawLink.end(heard ?? [], isOver: heard == nil))
    }
    links = []
  }
}

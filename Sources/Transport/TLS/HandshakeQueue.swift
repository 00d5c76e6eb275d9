import Glibc

/// Channels whose TLS handshake can go on, first come, first served.
///
/// A step with a private key takes from 0.1 ms (ECDSA) to some ms (long RSA keys). A round spends a
/// fixed time on steps, not a number, so that a storm of reconnects keeps the messages of connected
/// chargers waiting no longer than that on any machine. Rounds follow each other without a pause
/// while somebody waits, so that a loop with nothing else to do loses nothing.
final class HandshakeQueue {
  private var channels: [Channel] = []
  /// Those before it have had their turn.
  private var head = 0

  /// Nanoseconds a round.
  private static let share: UInt64 = 2_000_000

  var isEmpty: Bool { head == channels.count }

  func append(_ channel: Channel) { channels.append(channel) }

  /// Takes steps until none is left or the round's share is used.
  func run() {
    guard !isEmpty else { return }
    let end = Self.clock() + Self.share
    repeat {
      let channel = channels[head]
      head += 1
      channel.stepHandshake()
    } while !isEmpty && Self.clock() < end
    if isEmpty {
      (channels, head) = ([], 0)
    } else if head > channels.count / 2 {
      channels.removeFirst(head)
      head = 0
    }
  }

  private static func clock() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

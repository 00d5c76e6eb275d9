/// Connections of a listener whose opening is not done, oldest first, and who must go for a newer
/// one when there are too many.
///
/// Whoever waits for this side (a queued step of a handshake, a delegate's decision) never goes.
/// Of those that this side waits for, one that has sent nothing goes first, the oldest of them;
/// then the oldest that began and did not go on. A silent one has a second: a charger on a slow
/// mobile link needs about that long from its connect to its first bytes; one that began has five,
/// counted from this side's last step of its handshake: in a storm of chargers that step may come
/// late, and must not use up the time of who waited for it. Somebody who opens connections and leaves
/// them lying so pushes out the own ones, and a charger gets through that does its part in that
/// time; up to then the kernel's queue holds who comes.
struct PendingTable {
  private struct Entry {
    let connection: ServerConnection
    let since: UInt64
  }

  /// Nothing heard when last looked at.
  private var silent = Queue()
  private var begun = Queue()

  /// Milliseconds that every connection has.
  static let grace: UInt64 = 1000
  /// Milliseconds that one has which began.
  private static let graceOfBegun: UInt64 = 5000
  /// Most entries that are looked at for one victim.
  private static let most = 64

  private struct Queue {
    private var entries: [Entry] = []
    private var head = 0

    var count: Int { entries.count - head }
    var first: Entry? { head < entries.count ? entries[head] : nil }

    mutating func append(_ entry: Entry) { entries.append(entry) }

    mutating func popFirst() {
      head += 1
      guard head > 64, head > entries.count / 2 else { return }
      entries.removeFirst(head)
      head = 0
    }

    mutating func sweep() {
      entries.removeFirst(head)
      head = 0
      entries.removeAll { !$0.connection.isPending }
    }
  }

  /// - Parameter pending: how many are pending, which bounds how many entries are kept.
  mutating func add(_ connection: ServerConnection, at now: UInt64, pending: Int) {
    if silent.count + begun.count > 2 * pending + 64 {
      silent.sweep()
      begun.sweep()
    }
    silent.append(Entry(connection: connection, since: now))
  }

  /// Who must go, or nil when nobody may be sent away yet. It stays in the table until it has gone.
  mutating func victim(at now: UInt64) -> ServerConnection? {
    for _ in 0..<Self.most {
      guard let entry = silent.first else { break }
      if !entry.connection.isPending {
        silent.popFirst()
      } else if entry.connection.isHeard {
        silent.popFirst()
        begun.append(entry)
      } else if now >= entry.since + Self.grace {
        return entry.connection
      } else {
        break
      }
    }
    for _ in 0..<Self.most {
      guard let entry = begun.first else { return nil }
      if !entry.connection.isPending {
        begun.popFirst()
      } else if !entry.connection.waitsForPeer
        || now < entry.connection.waits(since: entry.since) + Self.graceOfBegun
      {
        begun.popFirst()
        begun.append(entry)
      } else {
        return entry.connection
      }
    }
    return nil
  }
}

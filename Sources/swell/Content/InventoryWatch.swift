import CLinux
import ControlLink
import Foundation
import Glibc

/// Calls when the inventory may say something else than before: at the word of its engine, or, while
/// there is none, when its directory changes. Between changes its thread sleeps.
final class InventoryWatch: Sendable {
  private let database: String
  private let socket: String
  private let changed: @Sendable () -> Void

  /// Starts at once and lasts as long as the process.
  init(database: String, socket: String, changed: @escaping @Sendable () -> Void) {
    (self.database, self.socket, self.changed) = (database, socket, changed)
    Thread.detachNewThread { [self] in
      while true {
        followEngine()
        changed()
        waitForFiles()
        changed()
      }
    }
  }

  /// Until the engine goes away, or at once when there is none.
  // Inlined into an endless loop, its own loop keeps the optimiser of Swift 6.3.1 busy for ever.
  @inline(never)
  private func followEngine() {
    do {
      let client = try ControlClient(path: socket)
      var generation: UInt64 = 0
      while true {
        generation = try client.waitForChange(after: generation)
        changed()
      }
    } catch {
      // No engine, or none any more, or one that grants this user nothing: the files tell of the
      // next one.
      return
    }
  }

  /// Until a file beside the database is made, written or removed: an engine's socket, the log that
  /// it writes, or the database itself.
  @inline(never)
  private func waitForFiles() {
    let directory = (socket as NSString).deletingLastPathComponent
    let descriptor = inotify_init1(Int32(IN_CLOEXEC))
    guard descriptor >= 0 else { return pause() }
    defer { close(descriptor) }
    let mask = UInt32(IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MODIFY)
    let places = Set([directory, (database as NSString).deletingLastPathComponent])
    var watches: [Int32] = []
    for place in places {
      let watch = inotify_add_watch(descriptor, place.isEmpty ? "." : place, mask)
      if watch >= 0 { watches.append(watch) }
    }
    // Between the look for an engine and this watch one may have come.
    if watches.isEmpty || access(socket, F_OK) == 0 { return pause() }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let names = [socket, database].map { Data((($0 as NSString).lastPathComponent).utf8) }
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 || errno == EINTR else { return pause() }
      // Others may have files there too. What is written beside a database begins with its name.
      let told = Data(buffer.prefix(max(0, count)))
      if names.contains(where: { told.range(of: $0) != nil }) { break }
    }
    // A burst of writes is one change.
    pause()
  }

  private func pause() { usleep(500_000) }
}

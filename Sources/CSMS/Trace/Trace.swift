import Fleet
import Glibc
import OCPP
import Synchronization
import Threads
import Transport

/// The message trace: every frame of chosen chargers, in files by day beside the inventory.
///
/// It carries no promise: a full disk or a slow one costs frames, which the files then say, and
/// never disturbs the engine.
package final class Trace: Sendable {
  /// Which way a frame went, seen from here.
  enum Direction: String, Sendable {
    case received = "in"
    case sent = "out"
  }

  struct Entry: Sendable {
    var at: Instant
    var identity: String
    var direction: Direction
    var version: ProtocolVersion
    var frame: [UInt8]
  }

  package struct Limits: Sendable {
    /// Bytes of all files together.
    package var size = 256 << 20
    package var days = 14
    package init() {}
  }

  private struct Queue {
    var entries: [Entry] = []
    var bytes = 0
    var dropped = 0
  }

  /// Bytes that may wait for the disk.
  private static let queueLimit = 8 << 20

  package let directory: String
  private let isOn: Atomic<Bool>
  private let chosen: Monitor<Set<String>>
  private let all: Bool
  private let queue = Monitor(Queue())
  private let worker: WorkerThread
  private let files: Monitor<TraceFiles>
  private let written = Atomic<Int>(0)
  private let log: Log
  private let onWrite: @Sendable () -> Void
  /// When `onWrite` was called last, in milliseconds.
  private let told = Atomic<Int64>(0)
  /// Milliseconds from one call of `onWrite` to the next, at least.
  private static let rest: Int64 = 200

  /// - Parameters:
  ///   - all: traces every charger, whatever was chosen.
  ///   - onWrite: called after frames were written, from the trace's own thread, at most five times
  ///     a second.
  package init(
    directory: String, all: Bool = false, limits: Limits = Limits(), log: Log,
    onWrite: @escaping @Sendable () -> Void = {}
  ) throws {
    self.directory = directory
    self.all = all
    self.log = log
    self.onWrite = onWrite
    let chosen = TraceChoice.read(directory)
    self.chosen = Monitor(chosen)
    isOn = Atomic(all || !chosen.isEmpty)
    worker = try WorkerThread(name: "trace")
    files = Monitor(TraceFiles(directory: directory, limits: limits))
    written.store(TraceFiles.list(directory).reduce(0) { $0 + $1.size }, ordering: .relaxed)
  }

  /// Bytes of all files.
  package var size: Int { written.load(ordering: .relaxed) }

  /// Chosen chargers; nil for all of them.
  package var chargers: Set<String>? { all ? nil : chosen.withLock { $0 } }

  /// Notes a frame, from any thread. Nothing but a branch while no charger is traced.
  @inline(__always)
  func note(
    _ identity: String, _ direction: Direction, _ version: ProtocolVersion,
    _ frame: UnsafeBufferPointer<UInt8>
  ) {
    if isOn.load(ordering: .relaxed) { add(identity, direction, version, frame) }
  }

  private func add(
    _ identity: String, _ direction: Direction, _ version: ProtocolVersion,
    _ frame: UnsafeBufferPointer<UInt8>
  ) {
    guard all || chosen.withLock({ $0.contains(identity) }) else { return }
    let entry = Entry(
      at: SystemClock.now, identity: identity, direction: direction, version: version,
      frame: Array(frame))
    let isFirst = queue.withLock { queue in
      guard queue.bytes + entry.frame.count <= Self.queueLimit else {
        queue.dropped += 1
        return false
      }
      queue.entries.append(entry)
      queue.bytes += entry.frame.count + 200
      return queue.entries.count == 1
    }
    if isFirst { worker.submit { [self] in drain() } }
  }

  private func drain() {
    let batch = queue.withLock { queue in
      defer { queue = Queue() }
      return queue
    }
    files.withLock { files in
      let wasBroken = files.fault != nil
      files.write(batch.entries, dropped: batch.dropped)
      written.store(files.total, ordering: .relaxed)
      if let fault = files.fault, !wasBroken {
        log(.warning, "the message trace can't be written, frames are left out: \(fault)")
      } else if files.fault == nil, wasBroken {
        log(.info, "the message trace is written again")
      }
    }
    tell()
  }

  /// Frames that come meanwhile wait in the queue, and are written together.
  private func tell() {
    let wait = min(
      Self.rest, told.load(ordering: .relaxed) + Self.rest - SystemClock.now.milliseconds)
    if wait > 0 { usleep(UInt32(wait) * 1000) }
    told.store(SystemClock.now.milliseconds, ordering: .relaxed)
    onWrite()
  }

  /// Switches a charger's trace and remembers it for the next start.
  package func choose(_ identity: String, on: Bool) throws(TraceError) {
    var next = chosen.withLock { $0 }
    if on { next.insert(identity) } else { next.remove(identity) }
    try TraceChoice.write(next, directory)
    chosen.withLock { $0 = next }
    isOn.store(all || !next.isEmpty, ordering: .relaxed)
  }

  /// Writes what waits and ends.
  package func stop() { worker.stop() }
}

/// Why the choice of traced chargers could not be kept.
package struct TraceError: Error, Sendable {
  package let message: String
}

/// The chargers that are traced, a line each, in a file beside their frames.
package enum TraceChoice {
  private static func path(_ directory: String) -> String { directory + "/chargers" }

  package static func read(_ directory: String) -> Set<String> {
    guard let bytes = TraceFiles.read(path(directory)) else { return [] }
    return Set(String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init))
  }

  /// The old choice or the new one is there, whatever happens in between.
  package static func write(_ chosen: Set<String>, _ directory: String) throws(TraceError) {
    mkdir(directory, 0o700)
    let path = path(directory)
    let bytes = Array(chosen.sorted().map { $0 + "\n" }.joined().utf8)
    let descriptor = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    let isWritten =
      descriptor >= 0 && Glibc.write(descriptor, bytes, bytes.count) == bytes.count
      && fsync(descriptor) == 0
    let code = errno
    if descriptor >= 0 { close(descriptor) }
    guard isWritten, rename(path + ".new", path) == 0 else {
      throw TraceError(message: "\(path) can't be written: \(String(cString: strerror(code))).")
    }
  }
}

import Glibc

/// The lock that makes an engine the only one on its file: `flock` on a file beside it, which the
/// system gives up with the process, however it ends.
final class EngineLock {
  private let descriptor: Int32

  init(database path: String) throws(StoreError) {
    let name = path + ".lock"
    let descriptor = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .cannotOpen(path: name, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      var bytes = [UInt8](repeating: 0, count: 16)
      let count = max(0, read(descriptor, &bytes, bytes.count))
      close(descriptor)
      let text = String(decoding: bytes[..<count].prefix { $0 > 0x20 }, as: UTF8.self)
      throw .engineRunning(path: path, process: Int32(text))
    }
    self.descriptor = descriptor
    // Only for the message of the one who comes second; the lock itself carries the promise.
    let text = Array("\(getpid())\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = write(descriptor, text, text.count)
  }

  deinit { close(descriptor) }
}

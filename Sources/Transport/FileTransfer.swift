import Glibc

/// A file on its way to a peer. Owns the descriptor.
final class FileTransfer {
  let file: Int32
  private(set) var offset: Int
  private(set) var left: Int
  private let progress: (Int) -> Void
  private var done: ((Bool) -> Void)?

  init(
    file: Int32, offset: Int, left: Int, progress: @escaping (Int) -> Void,
    done: @escaping (Bool) -> Void
  ) {
    self.file = file
    self.offset = offset
    self.left = left
    self.progress = progress
    self.done = done
  }

  func moved(_ count: Int) {
    offset += count
    left -= count
    progress(count)
  }

  /// Closes the file and reports, once.
  func finish(_ isWhole: Bool) {
    guard let done else { return }
    self.done = nil
    Glibc.close(file)
    done(isWhole)
  }
}

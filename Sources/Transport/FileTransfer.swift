import Glibc

/// How much of a file may leave, where it is not only the peer that bounds it. On the loop.
package protocol SendingAllowance: AnyObject {
  /// Bytes of so many that may leave now; 0: none before `resume` is called.
  func take(_ wanted: Int) -> Int
  /// Bytes that were taken and did not leave.
  func giveBack(_ count: Int)
  /// Has `resume` called, once and later, when there may be something to take.
  func wait(_ resume: @escaping () -> Void)
  /// The last call.
  func end()
}

/// A file on its way to a peer. Owns the descriptor.
final class FileTransfer {
  let file: Int32
  private(set) var offset: Int
  private(set) var left: Int
  private let allowance: (any SendingAllowance)?
  /// Whether it waits for its allowance, and not for the peer.
  private(set) var isWaiting = false
  private let progress: (Int) -> Void
  private var done: ((Bool) -> Void)?

  init(
    file: Int32, offset: Int, left: Int, allowance: (any SendingAllowance)?,
    progress: @escaping (Int) -> Void,
    done: @escaping (Bool) -> Void
  ) {
    self.file = file
    self.offset = offset
    self.left = left
    self.allowance = allowance
    self.progress = progress
    self.done = done
  }

  func moved(_ count: Int) {
    offset += count
    left -= count
    progress(count)
  }

  /// Bytes of the next piece that may leave; 0: `resume` is called later.
  func take(upTo limit: Int, _ resume: @escaping () -> Void) -> Int {
    let wanted = min(left, limit)
    guard let allowance else { return wanted }
    let count = allowance.take(wanted)
    guard count == 0, !isWaiting else { return count }
    isWaiting = true
    allowance.wait { [weak self] in
      self?.isWaiting = false
      resume()
    }
    return 0
  }

  func giveBack(_ count: Int) {
    if count > 0 { allowance?.giveBack(count) }
  }

  /// Closes the file and reports, once.
  func finish(_ isWhole: Bool) {
    guard let done else { return }
    self.done = nil
    Glibc.close(file)
    allowance?.end()
    done(isWhole)
  }
}

import Glibc

/// How long frames take from the app's canvas to the terminal: the file that
/// `SWELL_CONSOLE_FRAMES` names gets one number a line, in microseconds, when the loop ends. Without
/// the variable it does nothing.
struct FrameTimes {
  private static let most = 1_000_000
  private let path = getenv("SWELL_CONSOLE_FRAMES").map { String(cString: $0) }
  private var microseconds: [Int32] = []

  @UI
  mutating func measure(_ draw: () -> Void) {
    guard path != nil, microseconds.count < Self.most else { return draw() }
    let start = Self.now()
    draw()
    microseconds.append(Int32(clamping: (Self.now() - start) / 1000))
  }

  func write() {
    guard let path else { return }
    let file = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    let text = microseconds.map { "\($0)\n" }.joined()
    _ = text.withCString { Glibc.write(file, $0, text.utf8.count) }
    close(file)
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

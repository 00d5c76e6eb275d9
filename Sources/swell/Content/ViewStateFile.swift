import Console
import Foundation

/// Where a person's liking of the console is kept: `swell/console.json` in `$XDG_STATE_HOME`, else
/// in `~/.local/state` (XDG base directory specification).
enum ViewStateFile {
  private static var path: String {
    let variables = ProcessInfo.processInfo.environment
    let home = variables["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
    return (home ?? NSHomeDirectory() + "/.local/state") + "/swell/console.json"
  }

  /// What was kept; the usual view when nothing was, or nothing that can be read.
  static func read() -> ViewState {
    let data = try? Data(contentsOf: URL(fileURLWithPath: path))
    return data.flatMap { try? JSONDecoder().decode(ViewState.self, from: $0) } ?? ViewState()
  }

  /// Keeps it if it can be kept: a read-only home must not disturb anybody.
  static func write(_ view: ViewState) {
    let url = URL(fileURLWithPath: path)
    try? FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    guard let data = try? JSONEncoder().encode(view) else { return }
    try? data.write(to: url, options: .atomic)
  }
}

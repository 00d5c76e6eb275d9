import FleetStore
import Foundation
import Glibc

/// `swell backup`: a copy of the inventory, beside a running engine or without one.
enum BackupCommand {
  static let info = CommandInfo(
    "backup", "FILE [--db FILE]", "a consistent, checked copy of the inventory, also while it runs",
    [Workplace.option, OptionInfo("force", nil, "replace FILE if it is there")]
  ) { arguments in
    let copy = try arguments.word(0, "a file")
    try arguments.noMoreWords(than: 1)
    let path = Workplace.path(arguments)
    if !arguments.has("force"), access(copy, F_OK) == 0 {
      throw Failure("\(copy) is there already. Name another file, or say --force to replace it.")
    }
    var (own, other) = (stat(), stat())
    if stat(path, &own) == 0, stat(copy, &other) == 0,
      own.st_dev == other.st_dev, own.st_ino == other.st_ino
    {
      throw Failure("\(copy) is the inventory itself.")
    }
    let start = Date()
    let size = try Backup.make(of: path, to: copy, replacing: arguments.has("force"))
    let seconds = Date().timeIntervalSince(start)
    Out.line(
      "\(copy): \(Self.label(size)), a copy of \(path), checked, in \(Int((seconds * 1000).rounded())) ms. An engine starts on it: swell serve --db \(copy)"
    )
  }

  static func label(_ bytes: Int) -> String {
    switch bytes {
    case ..<1024: "\(bytes) B"
    case ..<(1 << 20): "\(bytes >> 10) KB"
    default: "\(bytes / 1_000_000) MB"
    }
  }
}

/// What the inventory's file did not allow.
package enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
  case cannotOpen(path: String, reason: String)
  /// The inventory, or a place beside it that writing needs, takes no writes.
  case readOnly(path: String, reason: String)
  /// What an older Swell wrote is kept before it is changed, and that failed.
  case noCopy(path: String, copy: String, reason: String)
  /// Another engine holds the file; its process number when it wrote one down.
  case engineRunning(path: String, process: Int32?)
  /// The file was written by a newer Swell.
  case newerSchema(path: String, found: Int, known: Int)
  /// The file was written by an older Swell and no writer has opened it since.
  case olderSchema(path: String, found: Int, known: Int)
  /// A migration that this file has been through is not the one this binary carries.
  case migrationChanged(name: String)
  case migrationFailed(name: String, reason: String)
  /// Compare-and-set failed: somebody saved another revision first.
  case stale(subject: String, revision: Int)
  /// A rule that the schema itself holds, for example uniqueness of an attempt.
  case constraint(String)
  case missing(subject: String)
  /// A stored row that can't be read back.
  case damaged(subject: String, reason: String)
  case diskFull
  case sqlite(code: Int32, message: String)

  package var description: String { message }

  package var message: String {
    switch self {
    case .cannotOpen(let path, let reason): "Can't open \(path): \(reason)."
    case .readOnly(let path, let reason):
      "\(path) can't be written: \(reason). Nothing was changed. Make it writable and try again; "
        + "until then swell console shows the inventory as it is."
    case .noCopy(let path, let copy, let reason):
      "\(path) was written by an older swell. Before it is changed, a copy is kept at \(copy), and "
        + "that failed: \(reason) Nothing was changed; make room there and start again."
    case .engineRunning(let path, let process):
      "An engine\(process.map { " (process \($0))" } ?? "") already runs on \(path). "
        + "A second engine on the same file is refused; use its console, or stop it first."
    case .newerSchema(let path, let found, let known):
      "\(path) has schema \(found), this swell knows up to \(known). "
        + "Nothing was changed; use the newer swell."
    case .olderSchema(let path, let found, let known):
      "\(path) has schema \(found), this swell reads \(known). "
        + "Start its engine once, which brings it up to date: swell serve --db \(path)"
    case .migrationChanged(let name):
      "Migration \(name) is not the one this file went through. Nothing was changed."
    case .migrationFailed(let name, let reason):
      "Migration \(name) failed and was undone: \(reason)."
    case .stale(let subject, let revision):
      "\(subject) was changed by somebody else before revision \(revision) could be saved."
    case .constraint(let text): "The inventory refuses this: \(text)."
    case .missing(let subject): "\(subject) is not in the inventory."
    case .damaged(let subject, let reason):
      "\(subject) can't be read from the inventory: \(reason)."
    case .diskFull: "The disk is full. Nothing of this step was stored; free some space."
    case .sqlite(let code, let message): "SQLite: \(message) (\(code))."
    }
  }
}

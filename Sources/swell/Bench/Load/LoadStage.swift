import Foundation
import Glibc

/// A directory of a bench's own with an inventory that has the chargers of a load client in it.
final class LoadStage {
  let directory: String
  var database: String { directory + "/fleet.db" }

  init(_ plan: LoadPlan) throws {
    directory = NSTemporaryDirectory() + "swell-bench-\(getpid())"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    Out.talk("bench: importing \(plan.chargers) chargers")
    let file = directory + "/fleet.csv"
    try plan.csv.write(toFile: file, atomically: false, encoding: .utf8)
    let child = try Child(["import", file, "--db", database], output: directory + "/import.log")
    try child.awaitEnd("the import")
    guard child.exitCode == 0 else {
      let log = (try? String(contentsOfFile: directory + "/import.log", encoding: .utf8)) ?? ""
      throw Failure("the bench's fleet was not imported: \(log.suffix(300))")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }
}

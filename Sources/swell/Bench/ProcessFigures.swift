import Foundation

/// What the kernel says of a process.
enum ProcessFigures {
  /// Context switches of all its threads, asked for and suffered.
  static func contextSwitches(of process: Int32) -> Int {
    let tasks =
      (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
    return tasks.reduce(0) { sum, task in
      sum + field("voluntary_ctxt_switches", "/proc/\(process)/task/\(task)/status")
        + field("nonvoluntary_ctxt_switches", "/proc/\(process)/task/\(task)/status")
    }
  }

  /// Resident memory in megabytes.
  static func resident(of process: Int32) -> Double {
    Double(field("VmRSS", "/proc/\(process)/status")) / 1024
  }

  private static func field(_ name: String, _ path: String) -> Int {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    for line in text.split(separator: "\n") where line.hasPrefix(name + ":") {
      return line.split(whereSeparator: { $0 == ":" || $0 == "\t" || $0 == " " }).dropFirst().first
        .flatMap { Int($0) } ?? 0
    }
    return 0
  }
}

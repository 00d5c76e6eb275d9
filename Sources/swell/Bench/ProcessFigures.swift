import Foundation
import Glibc

/// What the kernel says of a process.
enum ProcessFigures {
  /// Context switches of each of its threads, asked for and suffered.
  static func contextSwitches(of process: Int32) -> [String: Int] {
    let tasks =
      (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")) ?? []
    return Dictionary(
      tasks.map { task in
        let status = "/proc/\(process)/task/\(task)/status"
        return (
          task,
          field("voluntary_ctxt_switches", status) + field("nonvoluntary_ctxt_switches", status)
        )
      }
    ) { $1 }
  }

  /// How many happened between two looks, new threads included; those of a thread that ended in
  /// between are lost with it but for its end.
  static func contextSwitches(from before: [String: Int], to after: [String: Int]) -> Int {
    after.reduce(0) { $0 + $1.value - (before[$1.key] ?? 0) }
      + before.keys.count { after[$0] == nil }
  }

  /// Resident memory in megabytes.
  static func resident(of process: Int32) -> Double {
    Double(field("VmRSS", "/proc/\(process)/status")) / 1024
  }

  /// Seconds of processor time that it has used, of all its threads.
  static func processorSeconds(of process: Int32) -> Double {
    let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    // The name stands in parentheses and may hold anything; the 14th and 15th field are wanted.
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
      return 0
    }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
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

import Control
import Fleet
import Rollout

/// A plan in time, as text.
struct PlanPreview {
  var preview: SchedulePreview
  var isASCII = false

  func show() {
    for line in summary { Out.line(line) }
    Out.line("")
    Out.table(
      ["STRATUM", "WAVE", "CHARGERS", "BEGINS", "ENDS"],
      preview.waves.map {
        [$0.stratum, "\($0.number)", "\($0.size)", Out.time($0.begins), Out.time($0.ends)]
      }, right: [1, 2])
    guard !preview.sites.isEmpty else { return }
    Out.line("")
    Out.table(
      ["SITES DONE LAST", "CHARGERS", "BUDGET", "BEGINS", "LAST OUTAGE ENDS", "WAITS FOR"],
      preview.sites.prefix(10).map {
        [
          $0.name, "\($0.chargers)", "\($0.budget)", Out.time($0.begins), Out.time($0.ends),
          $0.binding ?? "-",
        ]
      }, right: [1, 2])
  }

  var summary: [String] {
    var lines: [String] = []
    if let done = preview.done {
      lines.append("done \(Out.time(done)) if it begins now (\(Self.span(done - preview.begins)))")
    } else {
      lines.append("it can't be done as it is")
    }
    if let likely = preview.likely, let late = preview.late {
      lines.append(
        "P50 \(day(likely)), P90 \(day(late)), of \(preview.replays) replays with drawn durations and failures"
      )
    }
    let ratio = preview.ratio.map { "; the plan takes \(Figure.spelt($0)) times that" } ?? ""
    lines.append("no plan takes less than \(Self.span(preview.bound)) (\(preview.boundBy))\(ratio)")
    lines.append("what decides: \(preview.binding)")
    lines.append(
      preview.observed == 0
        ? "no outage was observed yet: durations are shares of the playbook's limits"
        : "durations rest on \(preview.observed) outages observed")
    if preview.decisions > 0 {
      lines.append(
        "\(preview.decisions) \(preview.decisions == 1 ? "gate asks" : "gates ask") a person, taken to need a day each"
      )
    }
    if preview.bytes > 0 {
      let cost = preview.cost.map { ", mobile data \(Self.money($0))" } ?? ""
      lines.append("\(Self.megabytes(preview.bytes)) to download\(cost)")
    }
    for obstacle in preview.obstacles { lines.append("hindered: \(obstacle)") }
    for advice in preview.advice { lines.append("would help: \(advice)") }
    return lines
  }

  private func day(_ instant: Instant) -> String { String(Out.time(instant).prefix(10)) }

  private static func megabytes(_ bytes: Int64) -> String { "\((bytes + 500_000) / 1_000_000) MB" }

  private static func money(_ sum: Double) -> String {
    let cents = Int((sum * 100).rounded())
    let rest = cents % 100
    return "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
  }

  static func span(_ span: Span) -> String {
    let hours = Int((span.seconds / 3600).rounded())
    if hours < 48 { return "\(max(1, hours)) h" }
    return "\(hours / 24) d \(hours % 24) h"
  }

  /// Bars of waves and sites over time, in 80 columns.
  var gantt: [String] {
    let rows =
      preview.waves.map { (label: "\($0.number) \($0.stratum)", $0.begins, $0.ends) }
      + preview.sites.prefix(20).map { (label: $0.name, $0.begins, $0.ends) }
    guard let end = rows.map({ $0.2 }).max(), end > preview.begins else { return [] }
    let names = min(30, rows.map(\.label.count).max() ?? 0)
    let width = 80 - names - 2
    let total = Double((end - preview.begins).milliseconds)
    func column(_ at: Instant) -> Int {
      let share = Double((at - preview.begins).milliseconds) / total
      return max(0, min(width, Int((share * Double(width)).rounded(.down))))
    }
    let first = day(preview.begins)
    let last = day(end)
    var lines = [
      String(repeating: " ", count: names + 2) + first
        + String(repeating: " ", count: max(1, width - first.count - last.count)) + last
    ]
    for (label, begins, ends) in rows {
      let from = min(column(begins), width - 1)
      let to = max(from + 1, column(ends))
      lines.append(
        fitted(label, to: names) + " |" + String(repeating: isASCII ? "." : "·", count: from)
          + String(repeating: isASCII ? "#" : "█", count: to - from)
          + String(repeating: isASCII ? "." : "·", count: max(0, width - to)))
    }
    return lines.map { isASCII ? Self.plain($0) : $0 }
  }

  private func fitted(_ label: String, to width: Int) -> String {
    let cut = label.count > width ? String(label.prefix(width - 1)) + "~" : label
    return cut + String(repeating: " ", count: width - cut.count)
  }

  /// Arrows and letters of names that ASCII lacks.
  static func plain(_ text: String) -> String {
    String(text.replacing("→", with: ">").map { $0.isASCII ? $0 : "?" })
  }
}

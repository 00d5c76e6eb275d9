import Canvas
import Control
import Fleet

extension ConsoleState {
  /// What is done otherwise for a charger, and what was let pass of it; nothing for most.
  func oddities(_ detail: ChargerDetail, _ width: Int) -> [PiecedLine] {
    var lines: [PiecedLine] = []
    for (index, quirk) in detail.quirks.enumerated() {
      lines += fact(
        index == 0 ? "QUIRKS" : "", "\(quirk.name): \(quirk.does)", .warning, width: width)
    }
    for (index, row) in detail.tolerations.enumerated() {
      let place = [row.action, row.path].filter { !$0.isEmpty }.joined(separator: " ")
      let times = row.count == 1 ? "once" : "\(grouped(row.count)) times"
      let by = row.quirk.isEmpty ? "" : ", by \(row.quirk)"
      lines += fact(
        index == 0 ? "LET PASS" : "",
        "\(place.isEmpty ? "" : "\(place): ")\(row.what), \(times), "
          + "last \(setup.time.short(row.last, now: now))\(by)", width: width)
    }
    return lines
  }

  /// What a charger holds, as it said last.
  func holdings(_ detail: ChargerDetail, _ width: Int) -> [PiecedLine] {
    detail.holdings.enumerated().flatMap { index, row in
      let ends = row.ends.map { ", until \(setup.time.short($0, now: now))" } ?? ""
      return fact(
        index == 0 ? "HOLDS" : "", "\(row.topic) \(row.key): \(row.summary)\(ends)", width: width)
    }
  }
}

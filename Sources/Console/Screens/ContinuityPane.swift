import Canvas
import Control

extension ConsoleState {
  /// Whether billing noticed the migration: the proof in a few lines.
  func billing(_ continuity: Continuity?, _ width: Int) -> [PiecedLine] {
    guard let continuity else { return [] }
    var lines: [PiecedLine] = []
    var name = ""
    for line in continuity.lines {
      let isFinding = line.name == "finding"
      let style: Style = !isFinding ? .normal : continuity.findings.isEmpty ? .good : .warning
      // The name stands once where several lines follow each other.
      let title = isFinding ? "billing" : line.name
      for (index, part) in wrapped(say(line.text), to: width - Self.billingGutter).enumerated() {
        let isNamed = index == 0 && title != name
        lines.append(
          PiecedLine(
            (0, Text(isNamed ? title : "", .title)), (Self.billingGutter, Text(part, style))))
      }
      name = title
    }
    return lines
  }

  private static let billingGutter = 12
}

import Canvas
import Control

extension ConsoleState {
  /// Whether billing noticed the migration: the proof in a few lines.
  func billing(_ continuity: Continuity?, _ width: Int) -> [PiecedLine] {
    guard let continuity else { return [] }
    return continuity.lines.flatMap { line in
      let isFinding = line.name == "finding"
      let style: Style = !isFinding ? .normal : continuity.findings.isEmpty ? .good : .warning
      return fact(isFinding ? "billing" : line.name, line.text, style, width: width)
    }
  }
}

import Canvas
import Control

/// Marking all of a filter: its chargers are read page by page, as fast as answers come.
struct Marking: Sendable, Equatable {
  /// More are better named by the filter itself; a plan takes it as it is.
  static let most = 20_000

  var query: FleetQuery
  var found: [FleetRow] = []
}

extension ConsoleState {
  mutating func startMarking() {
    marking = Marking(query: FleetQuery(filter: fleet.filter, offset: 0, limit: 600))
    notice = Notice(text: "Marking" + setup.glyphs.ellipsis, style: .warning)
  }

  /// Takes a page of the chargers to be marked.
  /// - Returns: whether the answer was one.
  mutating func takeMarking(
    _ question: Question, _ result: Result<Reply, ControlError>
  ) -> Bool {
    guard var marking, question == .fleet(marking.query) else { return false }
    self.marking = nil
    guard screen == .fleet, fleet.filter == marking.query.filter else { return true }
    switch result {
    case .failure(let error):
      notice = Notice(text: "Nothing was marked: " + error.message, style: .bad)
    case .success(.fleet(let page)):
      marking.found += page.rows
      marking.query.offset += page.rows.count
      if page.rows.isEmpty || marking.query.offset >= page.matching {
        fleet.mark(marking.found)
        notice = Notice(text: "\(grouped(marking.found.count)) chargers marked.", style: .good)
      } else {
        self.marking = marking
      }
    case .success: break
    }
    return true
  }
}

import Canvas
import Control
import Fleet

/// The fleet as the console holds it: one order, a place in it, and the rows around that place.
///
/// Never more rows than three screenfuls, however large the fleet: moving only changes numbers,
/// and `wanted` says which rows should be asked for next.
package struct FleetList: Sendable, Equatable {
  package private(set) var filter = ""
  package private(set) var sort = FleetQuery.Column.charger
  package private(set) var descending = false
  /// Rows that fit on the screen.
  package private(set) var visible = 16
  /// The row under the pointer, and the first one on the screen.
  package private(set) var cursor = 0
  package private(set) var top = 0
  /// Rows that match, and all; nil until an answer to this filter came.
  package private(set) var matching: Int?
  package private(set) var total: Int?
  /// When the rows were read.
  package private(set) var at: Instant?
  /// Identities, so that marks outlast a change of order or filter.
  package private(set) var marked: Set<String> = []
  /// Names of saved selections.
  package private(set) var selections: [String] = []
  private var verdicts: [String: Readiness.Verdict] = [:]
  /// The row that was marked last, as long as the order stays.
  private var markedFrom: Int?
  private var base = 0
  private var rows: [FleetRow] = []

  package init() {}

  /// The row at a place of the order, when it is there.
  package func row(_ index: Int) -> FleetRow? {
    rows.indices.contains(index - base) ? rows[index - base] : nil
  }

  package var current: FleetRow? { row(cursor) }

  /// The rows the screen should have.
  package var wanted: FleetQuery {
    let stretch = Stretch(
      base: base, loaded: rows.count, position: top, visible: visible, count: matching)
    return FleetQuery(
      filter: filter, sort: sort, descending: descending, offset: stretch.offset,
      limit: Self.limit(visible: visible))
  }

  /// Rows in one question.
  package static func limit(visible: Int) -> Int { Stretch.limit(visible: visible) }

  /// Rows that are here, in their order.
  var loaded: [FleetRow] { rows }

  /// Takes a page; one of another filter or order is too late and dropped. The pointer stays on
  /// its charger when that moved a little.
  package mutating func take(_ page: FleetPage) {
    let query = page.query
    guard (query.filter, query.sort, query.descending) == (filter, sort, descending) else { return }
    let held = current?.identity
    (base, rows) = (max(0, query.offset), page.rows)
    (matching, total, at) = (page.matching, page.total, page.at)
    selections = page.selections
    if let held, let found = rows.firstIndex(where: { $0.identity == held }) {
      let shift = base + found - cursor
      cursor += shift
      if top > 0 { top += shift }
    }
    settle()
  }

  package mutating func fit(visible: Int) {
    self.visible = max(1, visible)
    settle()
  }

  package mutating func move(by step: Int) {
    cursor += step
    settle()
  }

  /// Moves pointer and screen together, as paging does.
  package mutating func page(by screens: Int) {
    cursor += screens * visible
    top += screens * visible
    settle()
  }

  package mutating func moveToFirst() { move(by: -cursor) }
  package mutating func moveToLast() { move(by: (matching ?? 0) - cursor) }

  package mutating func toggleMark() {
    guard let row = current else { return }
    if marked.remove(row.identity) == nil { mark([row]) }
    markedFrom = cursor
  }

  /// Marks from the last mark to the pointer, both included.
  /// - Returns: whether all of them are here to be marked; otherwise nothing is.
  mutating func markRange() -> Bool {
    let from = markedFrom ?? cursor
    let range = min(from, cursor)...max(from, cursor)
    let found = range.compactMap { row($0) }
    guard found.count == range.count else { return false }
    mark(found)
    markedFrom = cursor
    return true
  }

  mutating func mark(_ rows: [FleetRow]) {
    for row in rows {
      marked.insert(row.identity)
      verdicts[row.identity] = row.verdict
    }
  }

  mutating func unmark(_ identity: String) { marked.remove(identity) }

  package mutating func unmarkAll() { (marked, verdicts, markedFrom) = ([], [:], nil) }

  /// What was known of a charger when it was marked.
  func verdict(ofMarked identity: String) -> Readiness.Verdict? { verdicts[identity] }

  package mutating func apply(filter: String) {
    guard filter != self.filter else { return }
    self.filter = filter
    (matching, total) = (nil, nil)
    restart()
  }

  package mutating func sortByNextColumn() {
    let all = FleetQuery.Column.allCases
    let next = (all.firstIndex(of: sort) ?? 0) + 1
    sort = all[next % all.count]
    descending = false
    restart()
  }

  package mutating func reverse() {
    descending.toggle()
    restart()
  }

  /// An order that a person left earlier.
  mutating func restore(_ view: ViewState) {
    (sort, descending) = (view.fleetSort, view.fleetDescending)
    restart()
  }

  private mutating func restart() {
    markedFrom = nil
    (base, rows, at, cursor, top) = (0, [], nil, 0, 0)
  }

  private mutating func settle() {
    let count = matching ?? 0
    cursor = max(0, min(cursor, count - 1))
    top = Table.scrolled(top: top, selected: cursor, count: count, visible: visible)
  }
}

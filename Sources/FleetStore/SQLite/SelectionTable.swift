import Control
import Fleet

enum SelectionTable {
  /// In the order of names.
  static func selections(_ connection: Connection) throws(StoreError) -> [SavedSelection] {
    try connection.rows("SELECT name, terms, saved_by, at FROM selections ORDER BY name") {
      SavedSelection(
        name: $0.text(0), terms: $0.text(1), by: $0.text(2), at: Instant(milliseconds: $0.int(3)))
    }
  }

  /// A filter with the saved selections that it names put in.
  static func filter(_ text: String, _ connection: Connection) throws -> FleetFilter {
    // Most name none.
    guard text.contains("@") else { return try FleetFilter(text) }
    var saved: [String: String] = [:]
    for selection in try selections(connection) { saved[selection.name] = selection.terms }
    return try FleetFilter(text, saved: saved)
  }
}

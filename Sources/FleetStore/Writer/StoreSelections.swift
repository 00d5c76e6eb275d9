import Control
import Fleet

extension Store {
  /// In the order of names.
  package func selections() throws -> [SavedSelection] {
    try SelectionTable.selections(connection)
  }

  /// Keeps a selection, in place of the one that had its name.
  package func save(_ selection: SavedSelection) throws {
    try connection.run(
      "INSERT OR REPLACE INTO selections (name, terms, saved_by, at) VALUES (?, ?, ?, ?)",
      [.text(selection.name), .text(selection.terms), .text(selection.by), .at(selection.at)])
  }

  package func removeSelection(_ name: String) throws {
    try connection.run("DELETE FROM selections WHERE name = ?", [.text(name)])
  }
}

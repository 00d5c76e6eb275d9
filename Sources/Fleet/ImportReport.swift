/// A row of an import that was not taken.
package struct RefusedRow: Sendable, Equatable, Codable {
  /// Line in the file, from 1.
  package var line: Int
  package var column: String?
  package var reason: String
  package init(line: Int, column: String?, reason: String) {
    (self.line, self.column, self.reason) = (line, column, reason)
  }
}

package struct ImportCounts: Sendable, Equatable, Codable {
  package var added: Int
  package var changed: Int
  package var unchanged: Int
  package init(added: Int = 0, changed: Int = 0, unchanged: Int = 0) {
    (self.added, self.changed, self.unchanged) = (added, changed, unchanged)
  }
}

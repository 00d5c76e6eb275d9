/// Columns of a file that mean nothing here: a misspelt one would go unseen, and its facts with it.
package enum UnreadColumns {
  /// A sentence for each: `column "modl" is not read; did you mean "model"?`; nil for none.
  package static func sentences(_ unread: [String], known: [String]) -> [String]? {
    guard !unread.isEmpty else { return nil }
    return unread.map { heading in
      let begun = heading.count < 3 ? nil : known.first { $0.hasPrefix(heading.lowercased()) }
      let hint = begun.map { "; did you mean \"\($0)\"?" } ?? Nearest.hint(heading, known)
      return "column \"\(heading)\" is not read\(hint)"
    }
  }
}

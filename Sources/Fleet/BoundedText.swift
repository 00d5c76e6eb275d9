extension StringProtocol {
  /// Its first Unicode scalars. Not its first characters: one of those can be a megabyte of accents.
  package func bounded(to limit: Int) -> String {
    guard utf8.count > limit else { return String(self) }
    return String(String.UnicodeScalarView(unicodeScalars.prefix(limit)))
  }
}

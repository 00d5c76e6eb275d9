/// A pattern with `*` (any run) and `?` (any one character), compared without regard to ASCII case.
package struct Glob: Sendable, Equatable {
  private let pattern: [Unicode.Scalar]

  package init(_ pattern: some StringProtocol) {
    self.pattern = pattern.unicodeScalars.map(Self.fold)
  }

  package func matches(_ text: some StringProtocol) -> Bool {
    let text = text.unicodeScalars.map(Self.fold)
    var p = 0
    var t = 0
    var star: (pattern: Int, text: Int)?
    while t < text.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, t)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
        p += 1
        t += 1
      } else if let back = star {
        star = (back.pattern, back.text + 1)
        p = back.pattern + 1
        t = back.text + 1
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }

  private static func fold(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard ("A"..."Z").contains(scalar) else { return scalar }
    return Unicode.Scalar(UInt8(scalar.value) | 0x20)
  }
}

/// What a piece of text means. The painter chooses colours; without colour it chooses attributes.
package enum Ink: UInt8, CaseIterable, Sendable {
  case normal, dim, title, good, warning, bad, accent, selected, key
}

extension Ink {
  /// How a role looks where there is no colour.
  package struct Monochrome: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let dim = Monochrome(rawValue: 1)
    package static let bold = Monochrome(rawValue: 2)
    package static let underline = Monochrome(rawValue: 4)
    package static let reverse = Monochrome(rawValue: 8)
  }

  /// Attributes alone must tell a bad state from a good one.
  package var monochrome: Monochrome {
    switch self {
    case .normal, .good: []
    case .dim: .dim
    case .title, .accent, .key: .bold
    case .warning: .underline
    case .bad: [.bold, .underline]
    case .selected: .reverse
    }
  }
}

/// The look of a cell: a role and attributes.
package struct Style: Hashable, Sendable {
  package struct Attributes: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let bold = Attributes(rawValue: 1)
    package static let underline = Attributes(rawValue: 2)
    package static let reverse = Attributes(rawValue: 4)
  }

  package var ink: Ink
  package var attributes: Attributes

  package init(_ ink: Ink = .normal, _ attributes: Attributes = []) {
    self.ink = ink
    self.attributes = attributes
  }

  package static let normal = Style(.normal)
  package static let dim = Style(.dim)
  package static let title = Style(.title)
  package static let good = Style(.good)
  package static let warning = Style(.warning)
  package static let bad = Style(.bad)
  package static let accent = Style(.accent)
  package static let selected = Style(.selected)
  package static let key = Style(.key)

  /// The same role with more attributes.
  package func with(_ more: Attributes) -> Style { Style(ink, attributes.union(more)) }

  /// The letter of the style in ``Canvas/styleLines``: the role's own, a capital when bold,
  /// underlined or reversed.
  var letter: Character {
    let plain = attributes.isEmpty
    switch ink {
    case .normal: return plain ? " " : "N"
    case .dim: return plain ? "d" : "D"
    case .title: return plain ? "t" : "T"
    case .good: return plain ? "g" : "G"
    case .warning: return plain ? "w" : "W"
    case .bad: return plain ? "b" : "B"
    case .accent: return plain ? "a" : "A"
    case .selected: return plain ? "s" : "S"
    case .key: return plain ? "k" : "K"
    }
  }

  var monochromeLetter: Character {
    var look = ink.monochrome
    if attributes.contains(.bold) { look.insert(.bold) }
    if attributes.contains(.underline) { look.insert(.underline) }
    if attributes.contains(.reverse) { look.insert(.reverse) }
    if look.contains(.reverse) { return "r" }
    if look.contains([.bold, .underline]) { return "x" }
    if look.contains(.underline) { return "u" }
    if look.contains(.bold) { return "b" }
    return look.contains(.dim) ? "d" : " "
  }
}

import CNCurses
import Canvas

/// How each role looks on this terminal: an attribute set and a colour pair.
///
/// With 256 colours the middle tones are taken that can be read on black and on white. Without
/// colour the attributes alone tell good from bad.
struct Palette {
  private var looks: [(attributes: attr_t, pair: Int16)]

  @UI
  init(monochrome: Bool) {
    looks = Array(repeating: (0, 0), count: Ink.allCases.count)
    let coloured = !monochrome && has_colors() && start_color() == OK && swell_color_pairs() > 5
    for ink in Ink.allCases {
      looks[Int(ink.rawValue)].attributes = Self.attributes(ink.monochrome)
    }
    guard coloured else { return }
    // Without default colours the terminal's own background is taken to be black.
    let background: Int16 = use_default_colors() == OK ? -1 : 0
    let rich = swell_colors() >= 256
    let colours: [(Ink, rich: Int16, basic: Int16, attr_t)] = [
      (.good, 34, 2, 0), (.warning, 172, 3, 0), (.bad, 160, 1, swell_bold), (.accent, 32, 6, 0),
      (.key, 32, 6, swell_bold),
    ]
    for (index, colour) in colours.enumerated() {
      let pair = Int16(index + 1)
      let known = init_pair(pair, rich ? colour.rich : colour.basic, background) == OK
      looks[Int(colour.0.rawValue)] = (colour.3, known ? pair : 0)
    }
  }

  @UI
  private static func attributes(_ look: Ink.Monochrome) -> attr_t {
    var attributes: attr_t = 0
    if look.contains(.bold) { attributes |= swell_bold }
    if look.contains(.dim) { attributes |= swell_dim }
    if look.contains(.underline) { attributes |= swell_underline }
    if look.contains(.reverse) { attributes |= swell_reverse }
    return attributes
  }

  func look(_ style: Style) -> (attributes: attr_t, pair: Int16) {
    var look = looks[Int(style.ink.rawValue)]
    if style.attributes.contains(.bold) { look.attributes |= swell_bold }
    if style.attributes.contains(.underline) { look.attributes |= swell_underline }
    if style.attributes.contains(.reverse) { look.attributes |= swell_reverse }
    return look
  }
}

/// The pictorial characters of the console, in a Unicode and in an ASCII form. Screens name
/// glyphs, never write them, so that each has its ASCII form for free.
package struct Glyphs: Hashable, Sendable {
  /// Whether charts and bars must keep to ASCII.
  package let isASCII: Bool
  package let horizontal: String
  package let vertical: String
  package let topLeft: String
  package let topRight: String
  package let bottomLeft: String
  package let bottomRight: String
  /// An axis tick, and the corner of two axes.
  package let axisTick: String
  package let axisCorner: String
  /// Bars from one eighth to a full cell.
  package let eighths: [String]
  /// The empty part of a bar.
  package let trough: String
  /// Sparkline levels from lowest to highest.
  package let levels: [String]
  /// The row that keys act on, and rows that are marked.
  package let pointer: String
  package let mark: String
  package let tick: String
  package let cross: String
  /// Not begun, or nothing to say.
  package let idle: String
  package let ellipsis: String
  package let arrow: String
  /// Between the parts of a path of screens.
  package let chevron: String
  package let ascending: String
  package let descending: String
  package let dash: String
  package let minus: String
  package let atMost: String
  package let atLeast: String

  package static let unicode = Glyphs(
    isASCII: false, horizontal: "─", vertical: "│", topLeft: "┌", topRight: "┐", bottomLeft: "└",
    bottomRight: "┘", axisTick: "┤", axisCorner: "┼",
    eighths: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"], trough: "·",
    levels: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], pointer: "▸", mark: "●", tick: "✓",
    cross: "✗", idle: "·", ellipsis: "…", arrow: "→", chevron: "›", ascending: "▲",
    descending: "▼", dash: "–", minus: "−", atMost: "≤", atLeast: "≥")

  package static let ascii = Glyphs(
    isASCII: true, horizontal: "-", vertical: "|", topLeft: "+", topRight: "+", bottomLeft: "+",
    bottomRight: "+", axisTick: "|", axisCorner: "+",
    eighths: ["-", "-", "-", "=", "=", "=", "=", "#"], trough: ".",
    levels: ["_", ".", ":", "-", "=", "+", "*", "#"], pointer: ">", mark: "*", tick: "+",
    cross: "x", idle: ".", ellipsis: "~", arrow: "->", chevron: ">", ascending: "^",
    descending: "v", dash: "-", minus: "-", atMost: "<=", atLeast: ">=")
}

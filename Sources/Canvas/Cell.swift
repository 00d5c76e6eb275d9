/// One character cell: a base character with up to two combining marks, and its style.
///
/// Scalars rather than a `String`, so that a canvas is plain memory: comparing two 200×60 frames
/// costs microseconds. Marks beyond the second are dropped.
package struct Cell: Hashable, Sendable {
  /// The base scalar; 0 in the right half of a wide character.
  var scalar: UInt32
  var mark1: UInt32 = 0
  var mark2: UInt32 = 0
  package var style: Style
  /// Columns: 1, 2 for a wide character, 0 for the right half of one.
  package let width: UInt8

  static let blank = Cell(scalar: 0x20, style: .normal)

  init(scalar: UInt32, style: Style, width: UInt8 = 1) {
    self.scalar = scalar
    self.style = style
    self.width = width
  }

  mutating func add(mark: UInt32) {
    if mark1 == 0 {
      mark1 = mark
    } else if mark2 == 0 {
      mark2 = mark
    }
  }

  /// The text of the cell, empty for the right half of a wide character.
  package var text: String {
    var text = ""
    for value in [scalar, mark1, mark2] where value != 0 {
      if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
    }
    return text
  }
}

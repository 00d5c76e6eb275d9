/// Neighbouring cells of one style that a painter has to write.
package struct Run: Hashable, Sendable {
  package let row: Int
  package let column: Int
  package let text: String
  package let style: Style

  package init(row: Int, column: Int, text: String, style: Style) {
    self.row = row
    self.column = column
    self.text = text
    self.style = style
  }
}

extension Canvas {
  /// What must be written over `old` to show this canvas. After a change of size, everything.
  package func diff(from old: Canvas) -> [Run] {
    var runs: [Run] = []
    forEachRun(from: old) { row, column, style, scalars in
      var text = String.UnicodeScalarView()
      for value in scalars {
        if let scalar = Unicode.Scalar(value) { text.append(scalar) }
      }
      runs.append(Run(row: row, column: column, text: String(text), style: style))
    }
    return runs
  }

  /// The runs of ``diff(from:)`` without strings: Unicode scalars in memory that is valid only
  /// during the call.
  package func forEachRun(
    from old: Canvas,
    _ body: (_ row: Int, _ column: Int, _ style: Style, _ scalars: UnsafeBufferPointer<UInt32>) ->
      Void
  ) {
    let all = old.size != size
    var scalars: [UInt32] = []
    scalars.reserveCapacity(columns * 3)
    for row in 0..<rows {
      let start = row * columns
      if !all, cells[start..<start + columns] == old.cells[start..<start + columns] { continue }
      var column = 0
      while column < columns {
        if !all, cells[start + column] == old.cells[start + column] {
          column += 1
          continue
        }
        let first = column
        let style = cells[start + column].style
        scalars.removeAll(keepingCapacity: true)
        while column < columns {
          let cell = cells[start + column]
          if cell.style != style || !all && cell == old.cells[start + column] { break }
          // The left half of a wide character says all; its right half follows in any case.
          if cell.width > 0 { scalars.append(cell.scalar) }
          if cell.mark1 != 0 { scalars.append(cell.mark1) }
          if cell.mark2 != 0 { scalars.append(cell.mark2) }
          column += max(1, Int(cell.width))
        }
        scalars.withUnsafeBufferPointer { body(row, first, style, $0) }
      }
    }
  }

  /// The text row by row without trailing blanks, for goldens and for dumps.
  package var textLines: [String] {
    (0..<rows).map { row in
      var line = String.UnicodeScalarView()
      for cell in cells[row * columns..<(row + 1) * columns] {
        for value in [cell.scalar, cell.mark1, cell.mark2] where value != 0 {
          if let scalar = Unicode.Scalar(value) { line.append(scalar) }
        }
      }
      while line.last == " " { line.removeLast() }
      return String(line)
    }
  }

  /// One letter a cell for its style, without trailing blanks: ` ` normal, `d` dim, `t` title,
  /// `g` good, `w` warning, `b` bad, `a` accent, `s` selected, `k` key; capitals for cells that
  /// are bold, underlined or reversed besides.
  package var styleLines: [String] {
    (0..<rows).map { row in
      var line = String(cells[row * columns..<(row + 1) * columns].map(\.style.letter))
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// The attributes of each cell where there is no colour, one letter a cell as in
  /// ``styleLines``: ` ` none, `d` dim, `b` bold, `u` underlined, `x` both, `r` reversed.
  package var monochromeLines: [String] {
    (0..<rows).map { row in
      var line = String(cells[row * columns..<(row + 1) * columns].map(\.style.monochromeLetter))
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}

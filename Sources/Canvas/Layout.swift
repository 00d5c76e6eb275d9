/// Rows and columns of an area.
package struct Size: Hashable, Sendable {
  package var rows: Int
  package var columns: Int
  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }
}

/// A cell's place, counted from 0.
package struct Position: Hashable, Sendable {
  package var row: Int
  package var column: Int
  package init(row: Int, column: Int) {
    self.row = row
    self.column = column
  }
}

/// How much of a split an item wants.
package enum Extent: Hashable, Sendable {
  /// Exactly so many, as long as there is room.
  case fixed(Int)
  /// A share of what fixed items leave, by weight.
  case share(Int)
}

/// An area of a canvas.
package struct Rect: Hashable, Sendable {
  package var row: Int
  package var column: Int
  package var rows: Int
  package var columns: Int

  package init(row: Int, column: Int, rows: Int, columns: Int) {
    self.row = row
    self.column = column
    self.rows = max(0, rows)
    self.columns = max(0, columns)
  }

  package var isEmpty: Bool { rows == 0 || columns == 0 }
  var rowRange: Range<Int> { row..<(row + rows) }
  var columnRange: Range<Int> { column..<(column + columns) }

  /// One line of the area, or an empty area when it has no such line.
  package func line(_ index: Int) -> Rect {
    let has = index >= 0 && index < rows
    return Rect(row: row + index, column: column, rows: has ? 1 : 0, columns: columns)
  }

  /// The area without its first lines.
  package func below(_ count: Int) -> Rect {
    let cut = min(max(0, count), rows)
    return Rect(row: row + cut, column: column, rows: rows - cut, columns: columns)
  }

  /// The area without an edge on all sides.
  package func inset(rows edge: Int, columns side: Int) -> Rect {
    Rect(
      row: row + edge, column: column + side, rows: rows - 2 * edge, columns: columns - 2 * side)
  }

  /// The part that lies in another area.
  package func clipped(to other: Rect) -> Rect {
    let top = max(row, other.row)
    let left = max(column, other.column)
    return Rect(
      row: top, column: left, rows: min(row + rows, other.row + other.rows) - top,
      columns: min(column + columns, other.column + other.columns) - left)
  }

  /// An area of at most the given size in the middle of this one.
  package func centred(_ size: Size) -> Rect {
    let high = min(rows, size.rows)
    let wide = min(columns, size.columns)
    return Rect(
      row: row + (rows - high) / 2, column: column + (columns - wide) / 2, rows: high,
      columns: wide)
  }

  /// Splits from top to bottom. Items that find no room are empty.
  package func splitRows(_ extents: Extent...) -> [Rect] {
    var top = row
    return Rect.sizes(extents, of: rows).map { high in
      defer { top += high }
      return Rect(row: top, column: column, rows: high, columns: columns)
    }
  }

  /// Splits from left to right with `gap` empty columns between items.
  package func splitColumns(gap: Int = 0, _ extents: Extent...) -> [Rect] {
    var left = column
    return Rect.sizes(extents, of: columns - gap * max(0, extents.count - 1)).map { wide in
      defer { left += wide + gap }
      return Rect(row: row, column: left, rows: rows, columns: wide)
    }
  }

  private static func sizes(_ extents: [Extent], of total: Int) -> [Int] {
    var room = max(0, total)
    var weights = 0
    var sizes = extents.map { extent -> Int in
      switch extent {
      case .fixed(let wanted):
        let given = min(room, max(0, wanted))
        room -= given
        return given
      case .share(let weight):
        weights += max(0, weight)
        return 0
      }
    }
    for (index, extent) in extents.enumerated() {
      guard case .share(let weight) = extent, weight > 0 else { continue }
      // Dividing what is left by the weight that is left spends every column.
      sizes[index] = room * weight / weights
      room -= sizes[index]
      weights -= weight
    }
    return sizes
  }
}

/// One line of a chart. Values are at equal distances; nil is a gap.
package struct Series: Hashable, Sendable {
  package let name: String
  package let values: [Double?]
  package let style: Style
  package init(_ name: String, _ values: [Double?], _ style: Style = .accent) {
    self.name = name
    self.values = values
    self.style = style
  }
}

/// Dots in a grid of cells: 2×4 a cell in braille, 1×1 in ASCII.
private struct DotGrid {
  let columns: Int
  let rows: Int
  let perColumn: Int
  let perRow: Int
  /// Braille bits or, in ASCII, whether a dot is set.
  var bits: [UInt8]
  var owner: [Int]

  init(columns: Int, rows: Int, braille: Bool) {
    self.columns = columns
    self.rows = rows
    perColumn = braille ? 2 : 1
    perRow = braille ? 4 : 1
    bits = Array(repeating: 0, count: columns * rows)
    owner = Array(repeating: 0, count: columns * rows)
  }

  var width: Int { columns * perColumn }
  var height: Int { rows * perRow }

  /// Sets a dot; x from the left, y from the bottom.
  mutating func set(_ x: Int, _ y: Int, by series: Int) {
    guard x >= 0, x < width, y >= 0, y < height else { return }
    let down = height - 1 - y
    let cell = down / perRow * columns + x / perColumn
    // Unicode block 2800: dots 1-3 and 7 are the left column, 4-6 and 8 the right one.
    let left: [UInt8] = [0x01, 0x02, 0x04, 0x40]
    let right: [UInt8] = [0x08, 0x10, 0x20, 0x80]
    bits[cell] |= perRow == 1 ? 1 : (x % 2 == 0 ? left : right)[down % 4]
    owner[cell] = series
  }

  mutating func draw(_ values: [Double?], in scale: ClosedRange<Double>, by series: Int) {
    var before: Int?
    for x in 0..<width {
      guard let value = DotGrid.sample(values, at: x, of: width) else {
        before = nil
        continue
      }
      let span = scale.upperBound - scale.lowerBound
      let part = span > 0 ? min(1, max(0, (value - scale.lowerBound) / span)) : 0
      let y = Int((part * Double(height - 1)).rounded())
      set(x, y, by: series)
      // A steep line stays a line: fill the dots between neighbours.
      if let before, abs(y - before) > 1 {
        for between in (min(y, before) + 1)..<max(y, before) { set(x, between, by: series) }
      }
      before = y
    }
  }

  /// The value at dot `x` of `width`, between two samples by straight line.
  static func sample(_ values: [Double?], at x: Int, of width: Int) -> Double? {
    guard let only = values.first else { return nil }
    guard values.count > 1, width > 1 else { return only }
    let place = Double(x) * Double(values.count - 1) / Double(width - 1)
    let index = min(values.count - 1, Int(place))
    let part = place - Double(index)
    guard let low = values[index] else { return nil }
    if part == 0 || index + 1 == values.count { return low }
    guard let high = values[index + 1] else { return nil }
    return low + (high - low) * part
  }
}

extension Canvas {
  /// A line chart with a value axis on the left, the series' names on the right where their lines
  /// end, and labels under the time axis.
  /// - Parameter scale: bottom and top of the axis; without it, from 0 to the greatest value.
  package mutating func lineChart(
    _ series: [Series], in rect: Rect, glyphs: Glyphs, scale: ClosedRange<Double>? = nil,
    timeLabels: [String] = [], valueLabel: (Double) -> String = { grouped(Int($0)) }
  ) {
    let values = series.flatMap { $0.values.compactMap { $0 } }
    let range = scale ?? 0...max(1, values.max() ?? 1)
    let labels = [range.upperBound, range.lowerBound].map(valueLabel)
    let left = (labels.map(displayWidth).max() ?? 0) + 2
    let right = series.map { displayWidth($0.name) }.max().map { $0 + 2 } ?? 0
    let named = rect.columns - left - right >= 10
    let columns = rect.columns - left - (named ? right : 0)
    let plotRows = rect.rows - 1 - (timeLabels.isEmpty ? 0 : 1)
    guard columns > 0, plotRows > 0 else { return }
    var grid = DotGrid(columns: columns, rows: plotRows, braille: !glyphs.isASCII)
    for (index, one) in series.enumerated() { grid.draw(one.values, in: range, by: index) }

    let axis = rect.column + left - 1
    for row in 0..<plotRows {
      put(row == 0 ? glyphs.axisTick : glyphs.vertical, at: rect.row + row, axis, .dim)
      for column in 0..<columns {
        let cell = row * columns + column
        guard grid.bits[cell] != 0, series.indices.contains(grid.owner[cell]) else { continue }
        put(
          dotText(grid.bits[cell], grid.owner[cell], glyphs), at: rect.row + row,
          axis + 1 + column, series[grid.owner[cell]].style)
      }
    }
    let base = rect.row + plotRows
    put(glyphs.axisCorner, at: base, axis, .dim)
    hline(at: base, axis + 1, length: columns, glyphs: glyphs)
    putRight(labels[0], at: rect.row, before: axis - 1, .dim)
    putRight(labels[1], at: base, before: axis - 1, .dim)
    if named { names(series, range, rect.row, plotRows, axis + columns + 2) }
    for (index, label) in timeLabels.enumerated() {
      let width = displayWidth(label)
      let last = max(1, timeLabels.count - 1)
      let column = (columns - width) * index / last
      put(label, at: base + 1, axis + 1 + max(0, column), .dim, limit: columns - max(0, column))
    }
  }

  private func dotText(_ bits: UInt8, _ series: Int, _ glyphs: Glyphs) -> String {
    if glyphs.isASCII { return ["*", "+", "o", "x", "#"][series % 5] }
    // Always a scalar: the braille block is 2800 to 28FF.
    return Unicode.Scalar(0x2800 + UInt32(bits)).map { String(Character($0)) } ?? " "
  }

  /// Names where their lines end; where they would meet they move, but keep the order of the lines.
  private mutating func names(
    _ series: [Series], _ range: ClosedRange<Double>, _ top: Int, _ rows: Int, _ column: Int
  ) {
    let span = range.upperBound - range.lowerBound
    let ends = series.compactMap { one in
      (one.values.last(where: { $0 != nil }) ?? nil).map { (series: one, value: $0) }
    }.sorted { $0.value > $1.value }.prefix(rows)
    var next = 0
    for (index, end) in ends.enumerated() {
      let part = span > 0 ? min(1, max(0, (end.value - range.lowerBound) / span)) : 0
      let wanted = Int(((1 - part) * Double(rows - 1)).rounded())
      let row = min(max(next, wanted), rows - (ends.count - index))
      put(end.series.name, at: top + row, column, end.series.style)
      next = row + 1
    }
  }

  /// A chart of one line's height, the latest value on the right; a gap is blank.
  package mutating func sparkline(
    _ values: [Double?], at row: Int, _ column: Int, width: Int, glyphs: Glyphs,
    _ style: Style = .accent
  ) {
    guard width > 0 else { return }
    let shown = values.suffix(width)
    let known = shown.compactMap { $0 }
    guard let low = known.min(), let high = known.max() else { return }
    for (index, value) in shown.enumerated() {
      guard let value else { continue }
      let part = high > low ? (value - low) / (high - low) : 0
      let level = Int((part * Double(glyphs.levels.count - 1)).rounded())
      put(glyphs.levels[level], at: row, column + width - shown.count + index, style)
    }
  }
}

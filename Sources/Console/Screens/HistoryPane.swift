import Canvas
import Control
import Fleet

extension ConsoleState {
  /// The fleet's versions over time.
  func drawHistory(_ dashboard: Dashboard, in area: Rect, _ canvas: inout Canvas) {
    guard area.rows >= 5 else { return }
    let samples = dashboard.history
    guard let first = samples.first?.at, let last = samples.last?.at, first < last else {
      canvas.put("OVER TIME", at: area.row, area.column, .title)
      canvas.put(
        clipped("The chart begins with the second day.", to: area.columns, glyphs: setup.glyphs),
        at: area.row + 1, area.column, .dim)
      return
    }
    // Two dots a column in braille; more slots would not show.
    let slots = max(2, (area.columns - 14) * 2)
    var series: [Series] = []
    for (index, version) in ProtocolVersion.allCases.enumerated() {
      let values = spread(samples, from: first, to: last, slots: slots) {
        $0.speaking.indices.contains(index) ? $0.speaking[index] : 0
      }
      // A version that nobody ever spoke is no line.
      if values.contains(where: { ($0 ?? 0) > 0 }) {
        series.append(Series(version.label, values, version == .ocpp16 ? .normal : .good))
      }
    }
    let held = spread(samples, from: first, to: last, slots: slots, of: \.held)
    if held.contains(where: { ($0 ?? 0) > 0 }) { series.append(Series("held", held, .warning)) }
    let span = last - first
    let times = [first, first + Span(milliseconds: span.milliseconds / 2), last]
    // Within minutes the seconds tell the marks apart.
    let digits = span < .minutes(4) ? 8 : 5
    let labels = times.map {
      span < .hours(48) ? String(setup.time.clock($0).prefix(digits)) : setup.time.day($0)
    }
    var area = area
    area.rows = min(area.rows, 36)
    canvas.lineChart(
      series, in: area, glyphs: setup.glyphs, timeLabels: labels, valueLabel: compact)
  }

  /// Samples at equal distances of time: in each slot the newest there was.
  private func spread(
    _ samples: [Dashboard.Sample], from first: Instant, to last: Instant, slots: Int,
    of value: (Dashboard.Sample) -> Int
  ) -> [Double?] {
    let span = (last - first).milliseconds
    var next = 0
    return (0..<slots).map { slot in
      let until = first.milliseconds + span * Int64(slot) / Int64(slots - 1)
      while next < samples.count, samples[next].at.milliseconds <= until { next += 1 }
      return next == 0 ? nil : Double(value(samples[next - 1]))
    }
  }
}

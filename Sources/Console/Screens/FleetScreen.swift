import Canvas
import Control
import Fleet

extension ConsoleState {
  /// Rows of the table that a terminal of this size shows.
  static func fleetRows(in size: Size) -> Int { max(1, bodyRows(in: size) - stripRows - 1) }

  func drawFleet(in body: Rect, _ canvas: inout Canvas) {
    let parts = body.splitRows(.share(1), .fixed(1), .fixed(Self.stripRows - 1))
    let area = parts[0]
    let columns = fleetColumns(width: area.columns)
    let table = fleetTable(columns)
    var widths = table.columns.map(\.minimum)
    for place in table.layout(width: area.columns) { widths[place.index] = place.width }
    let glyphs = setup.glyphs
    canvas.table(
      table, in: area, glyphs: glyphs,
      marked: { index in fleet.row(index).map { fleet.marked.contains($0.identity) } ?? false },
      cell: { row, column in
        guard let charger = fleet.row(row) else { return Text(glyphs.idle, .dim) }
        return cell(charger, columns[column].0, width: widths[column])
      })
    if !parts[1].isEmpty {
      canvas.hline(at: parts[1].row, 0, length: body.columns, glyphs: glyphs)
    }
    drawFleetState(in: area, &canvas)
    drawStrip(in: parts[2].inset(rows: 0, columns: 1), &canvas)
  }

  /// A column of the fleet; those that an order goes by, and those that only wide screens have.
  private enum FleetColumn: Equatable {
    case sorted(FleetQuery.Column)
    case online, hardware, zone
  }

  /// From here on there is room for whether it is online, and for what it is and where.
  private static let onlineColumns = 150
  private static let everyColumn = 170

  private func fleetColumns(width: Int) -> [(FleetColumn, Table.Column)] {
    var columns: [(FleetColumn, Table.Column)] = [
      (.sorted(.charger), .init("CHARGER", minimum: 10, ideal: 28, priority: 0)),
      (.sorted(.site), .init("SITE", minimum: 10, ideal: 26, priority: 2)),
      (.sorted(.model), .init("MODEL", minimum: 8, ideal: 26, priority: 3)),
      (.sorted(.firmware), .init("FIRMWARE", minimum: 8, ideal: 18, priority: 2)),
      (
        .sorted(.flash),
        .init("kB FREE", minimum: 7, ideal: 12, priority: 1, alignment: .right)
      ),
      (.sorted(.speaks), .init("SPEAKS", minimum: 7, ideal: 7, priority: 1)),
      (.sorted(.ready), .init("READY", minimum: 14, ideal: 14, priority: 0)),
      (.sorted(.upgrade), .init("UPGRADE", minimum: 10, ideal: 24, priority: 4)),
    ]
    // What a person looks at first stays on the left, so that nobody has to learn two tables.
    if width >= Self.onlineColumns {
      columns.insert((.online, .init("ONLINE", minimum: 7, ideal: 7, priority: 4)), at: 6)
    }
    if width >= Self.everyColumn {
      columns.insert((.hardware, .init("HARDWARE", minimum: 8, ideal: 10, priority: 4)), at: 3)
      columns.insert((.zone, .init("ZONE", minimum: 13, ideal: 17, priority: 4)), at: 2)
    }
    return columns
  }

  private func fleetTable(_ columns: [(FleetColumn, Table.Column)]) -> Table {
    let sorted = columns.firstIndex { $0.0 == .sorted(fleet.sort) }
    return Table(
      columns: columns.enumerated().map { index, column in
        // The arrow must not push the last letter of a title out.
        let title = column.1
        let least = index == sorted ? max(title.minimum, title.title.count + 1) : title.minimum
        return .init(
          title.title, minimum: least, ideal: max(title.ideal, least), priority: title.priority,
          alignment: title.alignment)
      },
      count: fleet.matching ?? 0, top: fleet.top,
      selected: fleet.matching == 0 ? nil : fleet.cursor,
      sortedColumn: sorted, sortedDescending: fleet.descending, focused: isFocused)
  }

  private func cell(_ charger: FleetRow, _ column: FleetColumn, width: Int) -> Text {
    switch column {
    case .sorted(let column): cell(charger, column, width: width)
    case .online: charger.online ? Text("online", .good) : Text("offline", .dim)
    case .hardware: charger.hardware.isEmpty ? unknown : Text(say(charger.hardware))
    case .zone: charger.zone.isEmpty ? unknown : Text(say(charger.zone))
    }
  }

  private func cell(_ charger: FleetRow, _ column: FleetQuery.Column, width: Int) -> Text {
    switch column {
    case .charger: return Text(tail(say(charger.identity), to: width))
    case .site: return Text(say(charger.site))
    case .model:
      let full = charger.fullModel
      return Text(say(displayWidth(full) <= width ? full : charger.model))
    case .firmware: return charger.firmware.isEmpty ? unknown : Text(say(charger.firmware))
    case .flash:
      if charger.flashFree == nil, charger.ramFree == nil { return unknown }
      return Text(kilobytes(charger.flashFree) + "/" + kilobytes(charger.ramFree))
    case .speaks:
      guard let version = charger.speaks else { return unknown }
      // In brackets: the version of the last connection, there is none now.
      return charger.online ? Text(version.label) : Text("(\(version.label))", .dim)
    case .ready: return Text(charger.verdict.label, charger.verdict.style)
    case .upgrade:
      return charger.upgrade.map { Text(say($0), .accent) } ?? Text(setup.glyphs.idle, .dim)
    }
  }

  private var unknown: Text { Text("?", .dim) }

  private func kilobytes(_ count: Int?) -> String {
    guard let count else { return "?" }
    return count < 10_000 ? String(count) : "\(count / 1024)M"
  }

  /// Whether the place of the rows says what is wrong, so that the line above the keys need not.
  var bodySaysError: Bool {
    guard shownFailure != nil, Self.bodyRows(in: size) > 4 else { return false }
    switch screen {
    case .dashboard: return dashboard == nil
    case .fleet: return fleet.at == nil
    case .charger: return opened == .waiting
    case .campaigns: return campaigns == nil
    case .campaign: return campaign == nil
    case .wave: return wave == nil
    case .endOfLife: return endOfLife == nil
    case .audit: return audit == nil
    case .firmware: return firmware == nil
    case .messages: return shownTraffic == nil
    case .compose: return composer?.form == nil
    }
  }

  /// What stands in place of rows when there are none.
  private func drawFleetState(in area: Rect, _ canvas: inout Canvas) {
    let area = area.below(1)
    guard area.rows > 2 else { return }
    if fleet.at == nil {
      guard let failure = shownFailure, failure.isAboutInput else {
        return drawNothingYet(in: area, &canvas)
      }
      drawMessage(
        "\(setup.glyphs.cross) The filter \(say(fleet.filter)) can't be read.",
        say(failure.message), keys: [("/", "correct it"), ("Esc", "drop it")], style: .bad,
        in: area, &canvas)
    } else if fleet.total == 0 {
      drawNoChargers(in: area, &canvas)
    } else if fleet.matching == 0 {
      drawMessage(
        "No charger matches the filter \(say(fleet.filter)).", "",
        keys: [("/", "change it"), ("Esc", "drop it")], in: area, &canvas)
    }
  }

  /// The charger under the pointer in full, and why it can or cannot move.
  private func drawStrip(in area: Rect, _ canvas: inout Canvas) {
    guard let charger = fleet.current, !area.isEmpty else { return }
    var text = say(charger.identity)
    text += charger.online ? ", online" : ", offline"
    let reason = say(charger.reason)
    let label = charger.verdict.label
    // One that has moved says so in its reason already.
    if let upgrade = charger.upgrade, upgrade != label {
      text += ", upgrade: \(say(upgrade))"
    }
    text +=
      ", " + (reason.hasPrefix(label) ? reason : reason.isEmpty ? label : "\(label): \(reason)")
    canvas.paragraph(text, in: area, glyphs: setup.glyphs)
    let name = Rect(
      row: area.row, column: area.column, rows: 1,
      columns: min(area.columns, displayWidth(say(charger.identity))))
    canvas.restyle(name, .title)
  }
}

extension FleetRow {
  /// Vendor and model, the vendor once.
  var fullModel: String {
    vendor.isEmpty || model.hasPrefix(vendor) ? model : "\(vendor) \(model)"
  }
}

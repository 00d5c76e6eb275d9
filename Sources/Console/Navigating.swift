import Canvas
import Control
import Fleet

extension ConsoleState {
  // MARK: Screens

  /// To a screen from anywhere; Esc leads back from there to where the person was. One that lies
  /// on the way back already is gone back to, so that no way is longer than there are screens.
  mutating func go(to next: Screen) {
    helpTop = nil
    guard next != screen else { return }
    failure = nil
    if let index = screens.firstIndex(of: next) {
      screens.removeLast(screens.count - index - 1)
    } else {
      // A message that is made is not come back to: it is given up.
      if case .compose = screen { screens.removeLast() }
      screens.append(next)
    }
    forgetOthers()
  }

  /// Into what is opened; Esc leads back out.
  mutating func push(_ next: Screen) {
    helpTop = nil
    guard next != screen else { return }
    failure = nil
    // Where it was left before, it would only be in the way.
    screens.removeAll { $0 == next && $0 != .dashboard }
    screens.append(next)
    forgetOthers()
  }

  /// Closes what is on top: help, then a filter, then the screen.
  mutating func back() {
    if helpTop != nil {
      helpTop = nil
    } else if isOnTraffic, trafficView.openTop != nil {
      trafficView.openTop = nil
    } else if !shownFilter.isEmpty {
      apply(filter: "")
    } else if screens.count > 1 {
      failure = nil
      screens.removeLast()
      forgetOthers()
    }
  }

  /// What is shown must be of the screen's own subject.
  private mutating func forgetOthers() {
    if missing != screen { missing = nil }
    if case .compose = screen {} else { composer = nil }
    switch screen {
    case .charger(let identity):
      if case .known(let detail, _) = opened, detail.row.identity == identity { return }
      (opened, openedTop) = (.waiting, 0)
    case .campaign(let name):
      if campaign?.summary.name != name { campaign = nil }
    case .wave(let name, let number):
      if wave?.summary.name != name || wave?.number != number { wave = nil }
    case .messages: (traffic, trafficView) = (nil, TrafficView())
    default: break
    }
  }

  /// Opens what is under the pointer.
  mutating func openCurrent() -> Bool {
    switch currentRow {
    case .item(_, let place): open(place)
    case .charger(let identity): push(.charger(identity))
    case .campaign(let name): push(.campaign(name))
    case .wave(let number):
      guard case .campaign(let name) = screen else { return false }
      push(.wave(campaign: name, number: number))
    case .frame: trafficView.openTop = trafficView.openTop == nil ? 0 : nil
    case .entry, nil: return false
    }
    return true
  }

  mutating func open(_ place: Place) {
    switch place {
    case .charger(let identity): push(.charger(identity))
    case .campaign(let name): push(.campaign(name))
    case .wave(let campaign, let number): push(.wave(campaign: campaign, number: number))
    case .fleet(let filter):
      push(.fleet)
      apply(filter: filter)
    }
  }

  // MARK: Filters

  /// The filter of the screen on top.
  var shownFilter: String {
    screen == .fleet ? fleet.filter : registerFilters[screen] ?? ""
  }

  mutating func apply(filter: String) {
    guard filter != shownFilter else { return }
    failure = nil
    switch screen {
    case .fleet: fleet.apply(filter: filter)
    case .endOfLife, .audit:
      registerFilters[screen] = filter.isEmpty ? nil : filter
      list = ListPosition()
      if screen == .audit { audit = nil } else { endOfLife = nil }
    case .messages:
      registerFilters[screen] = filter.isEmpty ? nil : filter
      restartTraffic()
    default: break
    }
  }

  // MARK: Rows

  /// What a row is about, whatever its place.
  enum Row: Equatable {
    case item(Dashboard.Attention.Kind, Place)
    case campaign(String)
    case wave(Int)
    case charger(String)
    case entry(AuditEntry)
    case frame(FrameKey)
  }

  /// Rows of the list on top. Those of a register are counted from its beginning.
  var rowCount: Int {
    switch screen {
    case .dashboard: dashboard?.needsYou.count ?? 0
    case .fleet: fleet.matching ?? 0
    case .charger: 0
    case .campaigns: campaigns?.count ?? 0
    case .campaign: campaign?.summary.waves.count ?? 0
    case .wave: waveList.count
    case .endOfLife: endOfLife?.matching ?? 0
    case .audit: audit?.matching ?? 0
    case .firmware: firmware?.count ?? 0
    case .messages: trafficLines.count
    case .compose: 0
    }
  }

  var visibleRows: Int {
    switch screen {
    case .dashboard: max(1, rowCount)
    case .fleet: fleet.visible
    case .charger: Self.bodyRows(in: size)
    case .campaigns: Self.campaignsRows(in: size)
    case .campaign: Self.campaignRows(in: size)
    case .wave: Self.waveRows(in: size)
    case .endOfLife: Self.endOfLifeRows(in: size)
    case .audit: Self.auditRows(in: size)
    case .firmware: Self.firmwareRows(in: size)
    case .messages: Self.trafficRows(in: size)
    case .compose: Self.bodyRows(in: size)
    }
  }

  /// The indices of the rows that are here.
  private var loadedRows: Range<Int> {
    switch screen {
    case .endOfLife: endOfLife.map { Self.range($0.query.offset, $0.rows.count) } ?? 0..<0
    case .audit: audit.map { Self.range($0.query.offset, $0.entries.count) } ?? 0..<0
    default: 0..<rowCount
    }
  }

  private static func range(_ offset: Int, _ count: Int) -> Range<Int> {
    max(0, offset)..<max(0, offset) + count
  }

  func row(_ index: Int) -> Row? {
    if screen == .fleet { return fleet.row(index).map { .charger($0.identity) } }
    let loaded = loadedRows
    guard loaded.contains(index) else { return nil }
    switch screen {
    case .dashboard:
      return dashboard.map { .item($0.needsYou[index].kind, $0.needsYou[index].place) }
    case .campaigns: return campaigns.map { .campaign($0[index].name) }
    case .campaign: return campaign.map { .wave($0.summary.waves[index].number) }
    case .wave: return .charger(waveList[index].identity)
    case .endOfLife:
      return endOfLife.map { .charger($0.rows[index - loaded.lowerBound].charger.identity) }
    case .audit: return audit.map { .entry($0.entries[index - loaded.lowerBound]) }
    case .messages: return .frame(FrameKey(trafficLines[index]))
    case .fleet, .charger, .compose, .firmware: return nil
    }
  }

  /// The row under the pointer, when it is here.
  var currentRow: Row? { row(screen == .fleet ? fleet.cursor : list.cursor) }

  /// Takes new data in; the pointer stays on what it is on.
  mutating func keepingRow(_ take: (inout Self) -> Void) {
    let held = currentRow
    // At the top of the audit a person waits for what comes next.
    let stays = !(screen == .audit && list.cursor == 0)
    // At the end of the messages a person goes along with what comes.
    let follows = isOnTraffic && trafficView.past.isEmpty && trafficView.follows
    take(&self)
    if follows {
      list.cursor = max(0, rowCount - 1)
    } else if stays, let held, let index = loadedRows.first(where: { row($0) == held }) {
      list.follow(to: index)
    }
    settleList()
  }

  mutating func settleList() {
    switch screen {
    case .fleet, .charger, .compose: break
    default: list.settle(count: rowCount, visible: visibleRows)
    }
  }

  // MARK: Moving

  mutating func move(_ action: ConsoleAction) {
    if helpTop != nil { return scroll(action) }
    switch screen {
    case .fleet: return moveFleet(action)
    case .charger: return scroll(action)
    case .messages:
      if trafficView.openTop != nil { return scroll(action) }
      if turnTraffic(action) { return }
    default: break
    }
    let (count, visible) = (rowCount, visibleRows)
    switch action {
    case .up: list.move(by: -1, count: count, visible: visible)
    case .down: list.move(by: 1, count: count, visible: visible)
    case .pageUp: list.page(by: -1, count: count, visible: visible)
    case .pageDown: list.page(by: 1, count: count, visible: visible)
    case .first: list.move(by: -list.cursor, count: count, visible: visible)
    default: list.move(by: count - list.cursor, count: count, visible: visible)
    }
  }

  private mutating func moveFleet(_ action: ConsoleAction) {
    switch action {
    case .up: fleet.move(by: -1)
    case .down: fleet.move(by: 1)
    case .pageUp: fleet.page(by: -1)
    case .pageDown: fleet.page(by: 1)
    case .first: fleet.moveToFirst()
    default: fleet.moveToLast()
    }
  }

  /// More lines than any help or story has.
  private static let everything = 1_000_000

  /// Moves text that has no rows.
  private mutating func scroll(_ action: ConsoleAction) {
    let page = Self.bodyRows(in: size)
    let step =
      switch action {
      case .up: -1
      case .down: 1
      case .pageUp: -page
      case .pageDown: page
      case .first: -Self.everything
      default: Self.everything
      }
    if helpTop != nil {
      scrollHelp(by: step)
    } else if isOnTraffic {
      scrollFrame(by: step)
    } else {
      scrollOpened(by: step)
    }
  }

  mutating func scrollHelp(by step: Int) {
    guard let top = helpTop else { return }
    let beyond = helpLines.count - Self.helpRows(in: size)
    helpTop = max(0, min(top + step, beyond))
  }

  mutating func scrollOpened(by step: Int) {
    let beyond = openedHeight - Self.bodyRows(in: size)
    openedTop = max(0, min(openedTop + step, beyond))
  }
}

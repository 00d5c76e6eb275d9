import Canvas
import Control
import Fleet

/// How the Messages screen is looked at.
struct TrafficView: Sendable, Equatable {
  /// What stood on the screen when it was paused.
  var frozen: TrafficPage?
  /// When it was paused, while what stood there then is asked for by another filter.
  var refreezes: Instant?
  /// Whether the pointer goes along to the newest frame. It rests on its own once a key was about it.
  var follows = true
  /// Older pages that were opened, each by the moment it ends before; empty: the newest.
  var past: [Instant] = []
  /// First line shown of the frame that is open over the list; nil while none is.
  var openTop: Int?
}

/// A frame whatever is learnt of it later.
struct FrameKey: Sendable, Equatable {
  var at: Instant
  var charger: String
  var id: String
  var isInbound: Bool
  var kind: TrafficPage.Line.Kind

  init(_ line: TrafficPage.Line) {
    (at, charger, id) = (line.at, line.charger, line.id)
    (isInbound, kind) = (line.isInbound, line.kind)
  }
}

extension ConsoleState {
  /// Frames of one page.
  static let trafficPage = 200

  /// The charger whose messages are on top; nil: all of them, or another screen.
  var trafficCharger: String? {
    if case .messages(let charger) = screen { return charger }
    return nil
  }

  var isOnTraffic: Bool {
    if case .messages = screen { return true }
    return false
  }

  var trafficQuery: TrafficQuery {
    var query = TrafficQuery(
      charger: trafficCharger, before: trafficView.past.last ?? trafficView.refreezes,
      limit: Self.trafficPage)
    for word in shownFilter.split(separator: " ") {
      if ["err", "error", "errors"].contains(word.lowercased()) {
        query.onlyErrors = true
      } else {
        query.action = String(word)
      }
    }
    return query
  }

  /// What the list shows: as it was when paused, else as it is.
  var shownTraffic: TrafficPage? { trafficView.frozen ?? traffic }

  var trafficLines: [TrafficPage.Line] { shownTraffic?.lines ?? [] }

  var isPaused: Bool { trafficView.frozen != nil || trafficView.refreezes != nil }

  /// Looks at other frames: by another filter. A pause stays one.
  mutating func restartTraffic() {
    let paused = trafficView.frozen?.at ?? trafficView.refreezes
    (traffic, trafficView) = (nil, TrafficView())
    trafficView.refreezes = paused
  }

  mutating func take(_ page: TrafficPage) {
    if let moment = trafficView.refreezes {
      // It stands as of the pause, whenever it was read.
      var frozen = page
      frozen.at = moment
      (trafficView.frozen, trafficView.refreezes) = (frozen, nil)
    } else if !trafficView.follows, trafficView.frozen == nil, let traffic, let held = currentFrame,
      traffic.query == page.query, !page.lines.contains(where: { FrameKey($0) == FrameKey(held) })
    {
      // So much came that the frame under the pointer is off the page: the pointer does not slide
      // to another one.
      trafficView.frozen = traffic
    }
    traffic = page
  }

  /// Keeps the pointer on the frame that a key was about, whatever comes.
  mutating func pinFrame(for action: ConsoleAction) {
    guard isOnTraffic, helpTop == nil else { return }
    switch action {
    case .up, .down, .pageUp, .pageDown, .first, .open, .trace, .compose, .messages:
      if currentFrame != nil { trafficView.follows = false }
    case .last: if trafficView.openTop == nil { trafficView.follows = true }
    default: break
    }
  }

  /// The frame under the pointer.
  var currentFrame: TrafficPage.Line? {
    guard isOnTraffic, trafficLines.indices.contains(list.cursor) else { return nil }
    return trafficLines[list.cursor]
  }

  /// Whether the charger's messages are written down; nil while that is not known.
  func isTraced(_ charger: String) -> Bool? {
    guard let traffic else { return nil }
    guard let traced = traffic.traced else { return true }
    let name = charger.lowercased()
    return traced.contains { $0.lowercased() == name }
  }

  /// Frames that came since the screen was paused; more than a page when there is no end to them.
  var newFrames: Int {
    guard let frozen = trafficView.frozen, let traffic else { return 0 }
    guard let last = frozen.lines.last.map(FrameKey.init) else { return traffic.lines.count }
    guard let index = traffic.lines.lastIndex(where: { FrameKey($0) == last }) else {
      return traffic.lines.count
    }
    return traffic.lines.count - 1 - index
  }

  // MARK: Acting

  /// The messages of the charger at hand, else of all that are traced.
  mutating func openTraffic() {
    let identity = charger?.identity
    switch screen {
    case .charger, .fleet, .wave, .endOfLife:
      if let identity { push(.messages(identity)) } else { go(to: .messages(nil)) }
    case .messages(nil): if let identity { push(.messages(identity)) }
    case .messages: break
    default: go(to: .messages(nil))
    }
  }

  /// What a switch of the trace means.
  func traceLines(_ on: Bool) -> [String] {
    on
      ? [
        "From now on every message to and from it is written to files beside the inventory,"
          + " secrets left out. The oldest files go when they grow too large or too old.",
        "It disturbs neither engine nor charger. Off again: t",
      ] : ["Its messages are no longer written down; what was written stays for its days. On: t"]
  }

  /// An action's name, as far as it is certain.
  func completedTraffic(_ text: String) -> String {
    let start = text.lastIndex(of: " ").map { text.index(after: $0) } ?? text.startIndex
    let word = text[start...].lowercased()
    let known = Set(trafficLines.map(\.action) + ["err"]).filter { $0.lowercased().hasPrefix(word) }
    guard !word.isEmpty, let common = Palette.common(known.sorted()) else { return text }
    return String(text[..<start]) + common
  }

  mutating func pauseTraffic() {
    if isPaused || !trafficView.past.isEmpty {
      goLive()
    } else if let traffic {
      trafficView.frozen = traffic
    }
  }

  /// To the newest frame, and along with what comes.
  private mutating func goLive() {
    let isOther = !trafficView.past.isEmpty || trafficView.refreezes != nil
    trafficView = TrafficView()
    if isOther { traffic = nil }
    list = ListPosition(cursor: Int.max / 2, top: 0)
    settleList()
  }

  /// Goes on into the past, or back towards now, when the list ends there.
  /// - Returns: whether there is another page.
  mutating func turnTraffic(_ action: ConsoleAction) -> Bool {
    let lines = trafficLines
    switch action {
    case .up, .pageUp, .first:
      // A page that is not full has nothing before it.
      guard list.cursor == 0, lines.count >= Self.trafficPage, let first = lines.first else {
        return false
      }
      // Half of what is here stays, so that the eye keeps its place.
      let middle = lines[lines.count / 2].at
      trafficView.past.append(middle > first.at ? middle : first.at)
      trafficView.frozen = nil
      return true
    case .down, .pageDown:
      guard list.cursor >= lines.count - 1, !trafficView.past.isEmpty else { return false }
      trafficView.past.removeLast()
      return true
    case .last:
      guard !trafficView.past.isEmpty else { return false }
      goLive()
      return true
    default: return false
    }
  }

  mutating func scrollFrame(by step: Int) {
    guard let top = trafficView.openTop else { return }
    let beyond = frameLines(width: size.columns - 2).count - Self.bodyRows(in: size)
    trafficView.openTop = max(0, min(top + step, beyond))
  }
}

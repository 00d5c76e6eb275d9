import Control
import Fleet

extension ConsoleState {
  /// How often what changes all the time is asked for anew.
  package static let refresh = Span.milliseconds(250)
  /// The same for frames by a filter: all that is written down may have to be read for them.
  static let searchRefresh = Span.seconds(1)
  /// How long an error rests before the question is asked again.
  package static let retry = Span.seconds(1)
  /// How long an answer may take before the screen says so.
  static let patience = Span.seconds(3)

  /// What the screen on top shows.
  private var wanted: Question {
    switch screen {
    case .dashboard: .dashboard
    case .fleet: .fleet(marking?.query ?? fleet.wanted)
    case .charger(let identity): .charger(identity)
    case .campaigns: .campaigns
    case .campaign(let name): .campaign(name)
    case .wave(let campaign, let number): .wave(campaign: campaign, number: number)
    case .endOfLife:
      .endOfLife(register(endOfLife?.query.offset, endOfLife?.rows.count, endOfLife?.matching))
    case .audit: .audit(register(audit?.query.offset, audit?.entries.count, audit?.matching))
    case .firmware: .firmware
    case .messages: .messages(.traffic(trafficQuery))
    case .compose(let identity): composer?.question ?? .charger(identity)
    }
  }

  private func register(_ base: Int?, _ loaded: Int?, _ count: Int?) -> RegisterQuery {
    let stretch = Stretch(
      base: base ?? 0, loaded: loaded ?? 0, position: list.top, visible: visibleRows, count: count)
    return RegisterQuery(
      filter: shownFilter, offset: stretch.offset, limit: Stretch.limit(visible: visibleRows))
  }

  /// When the screen's question, which was the last one sent, is due again; nil: not by itself.
  private var dueAgain: Instant? {
    guard let last else { return nil }
    if isStale {
      return last.at + (isOnTraffic && !shownFilter.isEmpty ? Self.searchRefresh : Self.refresh)
    }
    // What is wrong with the question stays wrong.
    if let error = shownFailure, !error.isAboutInput { return last.at + Self.retry }
    return nil
  }

  /// The question to send now, if any: one at a time, the same one again only when something
  /// changed or it failed, another one (a new screen, rows that are not here) at once.
  func nextQuestion() -> Question? {
    guard outstanding == nil else { return nil }
    let question = wanted
    guard let last, last.question == question else { return question }
    guard let due = dueAgain else { return nil }
    // A clock that was set back must not silence the console.
    return now >= due || now < last.at ? question : nil
  }

  /// The next moment `.clock` is wanted: the minute that the header shows next, sooner only while
  /// an answer is late or a question is due again.
  package var wakeAt: Instant {
    let minute: Int64 = 60_000
    var wake = Instant(
      milliseconds: (now.milliseconds.flooredDivision(by: minute) + 1) * minute)
    if let outstanding {
      let late = outstanding.at + Self.patience
      if now < late { wake = min(wake, late) }
    } else if let due = dueAgain {
      wake = min(wake, max(due, now))
    }
    return wake
  }

  /// The rows under the eyes of the person were asked for and are not here yet.
  package var awaitsRows: Bool {
    screen == .fleet && outstanding != nil && fleet.current == nil && fleet.matching != 0
  }

  mutating func take(_ question: Question, _ result: Result<Reply, ControlError>) {
    // An answer nobody waits for is late or doubled.
    guard outstanding?.question == question else { return }
    outstanding = nil
    if takeMarking(question, result) { return }
    guard concerns(question) else { return }
    switch result {
    case .failure(let error):
      failure = Failure(screen: screen, error: error)
    case .success(let reply):
      failure = nil
      readAt[screen] = now
      keepingRow { $0.store(reply) }
    }
  }

  private mutating func store(_ reply: Reply) {
    missing = nil
    switch reply {
    case .dashboard(let dashboard): self.dashboard = dashboard
    case .fleet(let page): fleet.take(page)
    case .charger(let detail) where composer != nil: composer?.take(detail, at: now)
    case .charger(let detail):
      if let detail {
        // Identities are the same without regard to case; from here on it is the inventory's.
        screens[screens.count - 1] = .charger(detail.row.identity)
        opened = .known(detail, at: now)
      } else {
        opened = .unknown
        missing = screen
      }
      scrollOpened(by: 0)
    case .campaigns(let campaigns): self.campaigns = campaigns
    case .campaign(let campaign):
      self.campaign = campaign
      if campaign == nil { missing = screen }
    case .wave(let wave):
      self.wave = wave
      if wave == nil { missing = screen }
    case .endOfLife(let page): endOfLife = page
    case .audit(let page): audit = page
    case .firmware(let entries): firmware = entries
    case .messages(.traffic(let page)): take(page)
    case .messages(let reply): composer?.take(reply, at: now)
    default: break
    }
  }

  /// The error of the screen on top.
  var shownFailure: ControlError? {
    guard let failure, failure.screen == screen else { return nil }
    return failure.error
  }

  /// When what the screen shows was read.
  var asOf: Instant? {
    switch screen {
    case .dashboard: return dashboard?.at
    case .fleet: return fleet.at
    case .charger:
      if case .known(_, let at) = opened { return at }
      return nil
    case .campaigns: return campaigns == nil ? nil : readAt[screen]
    case .campaign: return campaign == nil ? nil : readAt[screen]
    case .wave: return wave?.at
    case .endOfLife: return endOfLife?.at
    case .audit: return audit?.at
    case .firmware: return firmware == nil ? nil : readAt[screen]
    case .messages: return shownTraffic?.at
    case .compose: return nil
    }
  }

  /// Whether an answer still belongs to what is on top.
  private func concerns(_ question: Question) -> Bool {
    switch (question, screen) {
    case (.dashboard, .dashboard), (.campaigns, .campaigns), (.firmware, .firmware): true
    case (.charger(let identity), .charger(let shown)): identity == shown
    case (.campaign(let name), .campaign(let shown)): name == shown
    case (.wave(let campaign, let number), .wave):
      screen == .wave(campaign: campaign, number: number)
    case (.fleet(let query), .fleet):
      (query.filter, query.sort, query.descending) == (fleet.filter, fleet.sort, fleet.descending)
    case (.endOfLife(let query), .endOfLife), (.audit(let query), .audit):
      query.filter == shownFilter
    case (.messages(.traffic(let query)), .messages): query == trafficQuery
    case (.charger(let identity), .compose(let shown)): identity == shown
    case (.messages, .compose): composer?.question == question
    default: false
    }
  }
}

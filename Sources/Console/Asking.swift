import Control
import Fleet

extension ConsoleState {
  /// How often the screen on top is asked for anew.
  package static let refresh = Span.seconds(1)
  /// How long an answer may take before the screen says so.
  static let patience = Span.seconds(3)

  /// What the screen on top shows.
  private var wanted: Question {
    switch screen {
    case .dashboard: .dashboard
    case .fleet: .fleet(fleet.wanted)
    case .charger(let identity): .charger(identity)
    case .campaigns: .campaigns
    case .campaign(let name): .campaign(name)
    case .wave(let campaign, let number): .wave(campaign: campaign, number: number)
    case .endOfLife: .endOfLife(RegisterQuery())
    case .audit: .audit(RegisterQuery())
    }
  }

  /// The question to send now, if any: one at a time, the same one once a second at most, another
  /// one (a new screen, a stretch of the fleet that is not here) at once.
  func nextQuestion() -> Question? {
    guard outstanding == nil else { return nil }
    let question = wanted
    // Either direction: a clock that was set back must not silence the console.
    if let last, last.question == question,
      (now - last.at).milliseconds.magnitude < Self.refresh.milliseconds.magnitude
    {
      return nil
    }
    return question
  }

  mutating func take(_ question: Question, _ result: Result<Reply, ControlError>) {
    // An answer nobody waits for is late or doubled.
    guard outstanding?.question == question else { return }
    outstanding = nil
    guard question.concerns(screen, fleet) else { return }
    switch result {
    case .failure(let error):
      failure = Failure(screen: screen, error: error)
    case .success(let reply):
      failure = nil
      switch reply {
      case .dashboard(let dashboard): self.dashboard = dashboard
      case .fleet(let page): fleet.take(page)
      case .charger(let detail):
        opened = detail.map { .known($0, at: now) } ?? .unknown
        scrollOpened(by: 0)
      default: break
      }
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
    case .endOfLife: return endOfLife?.at
    case .audit: return audit?.at
    default: return readAt[screen]
    }
  }
}

extension Question {
  /// Whether an answer still belongs to what is on top.
  fileprivate func concerns(_ screen: ConsoleState.Screen, _ fleet: FleetList) -> Bool {
    switch (self, screen) {
    case (.dashboard, .dashboard): true
    case (.charger(let identity), .charger(let shown)): identity == shown
    case (.fleet(let query), .fleet):
      (query.filter, query.sort, query.descending) == (fleet.filter, fleet.sort, fleet.descending)
    default: false
    }
  }
}

import Canvas
import Control
import Fleet

/// Everything the console knows. One event after the other goes in through `update`; nothing waits.
package struct ConsoleState: Sendable, Equatable {
  package enum Screen: Hashable, Sendable {
    case dashboard
    case fleet
    case charger(String)
    case campaigns
    case campaign(String)
    case wave(campaign: String, number: Int)
    case endOfLife
    case audit
    case firmware
    /// Of one charger; nil: of every one that is traced.
    case messages(String?)
    /// A message to this charger is made.
    case compose(String)
  }

  /// A sentence in place of the hints, until the next key.
  struct Notice: Sendable, Equatable {
    var text: String
    var style: Style
  }

  /// What is known of the charger that is open.
  enum Opened: Sendable, Equatable {
    case waiting
    case unknown
    case known(ChargerDetail, at: Instant)
  }

  /// A question that got an error, on the screen that asked it.
  struct Failure: Sendable, Equatable {
    var screen: Screen
    var error: ControlError
  }

  struct Asked: Sendable, Equatable {
    var question: Question
    var at: Instant
  }

  package let setup: ConsoleSetup
  /// From the first screen to the one on top; never empty.
  package internal(set) var screens: [Screen] = [.dashboard]
  package internal(set) var now: Instant
  package internal(set) var engine: EngineInfo?
  /// Who sits in front; keys that the role does not allow say so.
  package internal(set) var caller: Caller
  package internal(set) var size: Size
  package internal(set) var fleet = FleetList()
  var dashboard: Dashboard?
  var campaigns: [CampaignSummary]?
  /// Of the campaign and the wave that were opened last; the charger's is `opened`.
  var campaign: CampaignDetail?
  var wave: WaveDetail?
  var endOfLife: EndOfLifePage?
  var audit: AuditPage?
  /// The catalogue.
  var firmware: [Firmware]?
  var traffic: TrafficPage?
  var trafficView = TrafficView()
  /// The message that is made; nil unless a person makes one.
  var composer: Composer?
  var registerFilters: [Screen: String] = [:]
  /// Where each list was left. The fleet keeps its own.
  var positions: [Screen: ListPosition] = [:]
  /// When the answer came that each screen shows.
  var readAt: [Screen: Instant] = [:]
  /// A screen whose subject is not in the inventory.
  var missing: Screen?
  /// Since when there is no engine, if there was one.
  var engineLostAt: Instant?
  var form: Form?
  var opened = Opened.waiting
  /// First line shown of the open charger, and of the help; nil while there is no help.
  var openedTop = 0
  var helpTop: Int?
  var line: Line?
  var notice: Notice?
  var failure: Failure?
  /// The one question on its way, and the last one sent.
  var outstanding: Asked?
  var last: Asked?
  var isHolding = false
  /// Leaving would end the engine, too, and was asked about: the next Ctrl-C is a yes.
  var asksToLeave = false
  /// Something changed since the last question was sent.
  var isStale = false
  var work: Work?
  var marking: Marking?
  var commandHistory = History()
  var filterHistory = History()

  package init(setup: ConsoleSetup, size: Size, now: Instant, engine: EngineInfo? = nil) {
    self.setup = setup
    caller = setup.caller
    self.size = size
    self.now = now
    self.engine = engine
    fleet.restore(setup.view)
    fleet.fit(visible: Self.fleetRows(in: size))
  }

  /// The chargers of a wave that a person may have to look at.
  var waveList: WaveRows { WaveRows(wave) }

  package var screen: Screen { screens.last ?? .dashboard }

  /// Where a key goes.
  package var scope: KeyScope {
    switch line {
    case .palette: return .paletteLine
    case .filter: return .filterLine
    case nil: return form != nil ? .form : helpTop == nil ? screenScope : .help
    }
  }

  var screenScope: KeyScope {
    switch screen {
    case .dashboard: .dashboard
    case .fleet: .fleet
    case .charger: .charger
    case .campaigns: .campaigns
    case .campaign: .campaign
    case .wave: .wave
    case .endOfLife: .endOfLife
    case .audit: .audit
    case .firmware: .firmware
    case .messages: .messages
    case .compose: .composer
    }
  }

  /// Where the person is in the list of the screen on top. An index of a register counts from its
  /// beginning, not from that of the page.
  var list: ListPosition {
    get { positions[screen] ?? ListPosition() }
    set { positions[screen] = newValue }
  }

  /// Takes in what happened; what is to be done about it goes out.
  package mutating func update(_ event: ConsoleEvent) -> [ConsoleEffect] {
    var effects: [ConsoleEffect] = []
    switch event {
    case .key(let key): effects = press(key)
    case .answered(let question, let result): take(question, result)
    case .performed(let command, let result): effects = takeResult(command, result)
    case .file(let request, let result): effects = take(request, result)
    case .engine(let info): take(info)
    case .caller(let known): caller = known
    case .changed: isStale = true
    case .clock(let time): now = time
    case .resized(let size):
      self.size = size
      fleet.fit(visible: Self.fleetRows(in: size))
      settleList()
      scrollOpened(by: 0)
      scrollHelp(by: 0)
      scrollFrame(by: 0)
    }
    if !effects.contains(.quit), let question = nextQuestion() {
      let asked = Asked(question: question, at: now)
      (outstanding, last, isStale) = (asked, asked, false)
      effects.append(.ask(question))
    }
    return effects
  }

  private mutating func take(_ info: EngineInfo?) {
    if (engine == nil) != (info == nil) {
      // Another one answers from here on. What is shown stays until it does.
      isStale = true
      engineLostAt = info == nil ? now : nil
    }
    engine = info
  }
}

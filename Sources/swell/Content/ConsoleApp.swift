import CSMS
import Canvas
import Console
import Control
import ControlLink
import Dispatch
import Fleet
import Glibc
import Rollout
import Stock
import Terminal

/// Console state on a terminal: events in, effects carried out off the thread that draws. With
/// nothing to tell and nothing asked it sleeps until the clock in its header must move.
@UI
final class ConsoleApp: TerminalApp {
  private var state: ConsoleState?
  private let link: ConsoleLink
  private let database: String
  private let handle: UIHandle
  private let data = DispatchQueue(label: "console data")
  private var watch: InventoryWatch?
  private var engine: EngineInfo?
  private var caller: Caller
  private var isAskingEngine = false
  private(set) var finished = false
  private(set) var nextTick: Int64? = 0
  private(set) var frameNotBefore: Int64 = 0
  /// How long a table may stay as it was while the rows of another place are on their way.
  private static let flicker: Int64 = 40

  init(link: ConsoleLink, database: String, handle: UIHandle) {
    self.link = link
    self.database = database
    self.handle = handle
    // Asked before anything is drawn, or every start would say first that there is no engine.
    (engine, caller) = (link.engine(), link.caller())
    watch = InventoryWatch(database: link.path, socket: link.socket) { [handle] in
      handle.post { [weak self] in self?.lookAround() }
    }
  }

  func frame(size: Size, glyphs: Glyphs) -> Canvas {
    if state == nil {
      var setup = ConsoleSetup(
        database: database, caller: caller, glyphs: glyphs, time: Self.localTime())
      setup.process = getpid()
      setup.playbooks = StockContent.playbooks
      setup.view = ViewStateFile.read()
      state = ConsoleState(setup: setup, size: size, now: SystemClock.now, engine: engine)
      take(.clock(SystemClock.now))
      lookAround()
    }
    if state?.size != size { take(.resized(size)) }
    var canvas = Canvas(size)
    state?.render(into: &canvas)
    return canvas
  }

  func key(_ key: Key) {
    take(.key(key))
    if state?.awaitsRows == true { frameNotBefore = UI.now() + Self.flicker }
  }

  func tick() {
    take(.clock(SystemClock.now))
  }

  /// Something may have changed: who is there, and what they would say.
  private func lookAround() {
    take(.changed)
    guard !isAskingEngine else { return }
    isAskingEngine = true
    data.async { [link, handle] in
      let info = link.engine()
      let caller = link.caller()
      handle.post { [weak self] in self?.takeEngine(info, caller) }
    }
  }

  private func takeEngine(_ info: EngineInfo?, _ caller: Caller) {
    isAskingEngine = false
    if state?.caller != caller { take(.caller(caller)) }
    guard info != engine else { return }
    engine = info
    take(.engine(info))
  }

  private func take(_ event: ConsoleEvent) {
    guard state != nil else { return }
    let now = SystemClock.now
    if case .clock = event {} else { carryOut(state?.update(.clock(now)) ?? []) }
    carryOut(state?.update(event) ?? [])
    if state?.awaitsRows != true { frameNotBefore = 0 }
    nextTick = state.map { UI.now() + max(0, ($0.wakeAt - now).milliseconds) }
  }

  private func carryOut(_ effects: [ConsoleEffect]) {
    for effect in effects {
      switch effect {
      case .quit: finished = true
      case .ask(let question):
        data.async { [link, handle] in
          let result = link.answer(question)
          handle.post { [weak self] in self?.take(.answered(question, result)) }
        }
      case .perform(let command):
        DispatchQueue.global().async { [link, handle] in
          let result = link.perform(command)
          handle.post { [weak self] in self?.take(.performed(command, result)) }
        }
      case .read(let request):
        DispatchQueue.global().async { [handle] in
          let result = NamedFile.read(request)
          handle.post { [weak self] in self?.take(.file(request, result)) }
        }
      case .remember(let view):
        data.async { ViewStateFile.write(view) }
      }
    }
  }

  /// The offset now; a console that is open when summer time ends is an hour off until restarted
  /// in lines of that night only.
  private static func localTime() -> LocalTime {
    var seconds = time(nil)
    var parts = tm()
    localtime_r(&seconds, &parts)
    return LocalTime(offset: parts.tm_gmtoff)
  }
}

import Canvas
import Control
import Fleet
import Rollout

@testable import Console

/// A console with somebody in front: keys go in, every question is answered, and commands are
/// kept until the test answers them.
struct Person {
  var state: ConsoleState
  var sent: [Command] = []
  var remembered: [ConsoleEffect] = []
  var read: [FileRequest] = []
  var status = Campaign.Status.running
  var matching = 100

  init(
    role: Role = .admin, engine: EngineInfo? = Fixture.engine,
    playbooks: [Playbook] = Self.playbooks
  ) {
    var setup = Fixture.setup(role: role)
    setup.playbooks = playbooks
    state = ConsoleState(setup: setup, size: Fixture.small, now: now, engine: engine)
    take(.clock(now))
  }

  static let playbooks = [
    Playbook(name: "in-place", title: "in place by dual-stack firmware", target: .ocpp201),
    Playbook(name: "two-hops", title: "two hops through a boot loader", target: .ocpp201),
  ]

  static let strata = ["Volta AC22 2.3.1→2.4.0", "Volta AC11 2.1.0→2.4.0"]

  func summary(_ name: String = "Autumn-24") -> CampaignSummary {
    Fixture.campaign(name == "Alps" ? 2 : 1, name, status)
  }

  var verdict: GateVerdict {
    Gate.judge(done: 31, failed: 3, planned: 40, policy: GatePolicy())
  }

  func answer(_ question: Question) -> Reply {
    switch question {
    case .campaigns: return .campaigns([summary(), summary("Alps")])
    case .campaign(let name):
      return .campaign(
        CampaignDetail(
          summary: summary(name), author: "berta", approver: nil, selection: "model:AC*",
          strata: [
            .init(
              label: Self.strata[0], state: .waiting(wave: 4, verdict), size: 31, phases: [:],
              verdict: verdict),
            .init(label: Self.strata[1], state: .open(wave: 1), size: 9, phases: [:], verdict: nil),
          ]))
    case .wave(let campaign, let number):
      let rows = (0..<3).map {
        UpgradeRow(
          identity: Fixture.row($0).identity, site: "Köln-Deutz", wave: number,
          stratum: Self.strata[0], phase: .failed, since: now, detail: "no boot")
      }
      let gate = GateDetail(
        stratum: Self.strata[0], state: .waiting(wave: number, verdict),
        explanation: GateExplanation(
          verdict: verdict, atRisk: 0, allowance: 1, planned: 9,
          sentences: ["3 of 31 failed, so as many as 23 % may."]), decisions: [])
      return .wave(
        WaveDetail(
          at: now, summary: summary(campaign), number: number, size: 31, gates: [gate], funnel: [],
          failed: rows, deferred: [], unknown: []))
    case .endOfLife(let query):
      let end = EndOfLife(reason: .damaged, evidence: "", replacement: "", by: "ada", at: now)
      let rows = (query.offset..<max(query.offset, min(matching, query.offset + query.limit))).map {
        var row = Fixture.row($0)
        row.verdict = .endOfLife
        return EndOfLifePage.Row(charger: row, endOfLife: end)
      }
      return .endOfLife(
        EndOfLifePage(
          at: now, query: query, matching: matching, total: matching, reasons: [], rows: rows))
    case .audit(let query):
      let rows = (query.offset..<max(query.offset, min(matching, query.offset + query.limit))).map {
        AuditEntry(
          at: now + .minutes(Double(-$0)), who: "ada", action: "hold", subject: "Autumn-24",
          reason: "", outcome: "done")
      }
      return .audit(AuditPage(at: now, query: query, matching: matching, entries: rows))
    default: return Fixture.answer(question, matching: matching)
    }
  }

  mutating func take(_ event: ConsoleEvent) {
    let asked = self
    for effect in state.settle([event], engine: { .success(asked.answer($0)) }) {
      switch effect {
      case .perform(let command): sent.append(command)
      case .remember: remembered.append(effect)
      case .read(let request): read.append(request)
      default: break
      }
    }
  }

  mutating func press(_ keys: Key...) { for key in keys { take(.key(key)) } }

  /// One key for each character.
  mutating func type(_ text: String) { for character in text { press(.character(character)) } }

  mutating func command(_ text: String) {
    press(.character(":"))
    type(text)
    press(.enter)
  }

  mutating func reply(_ result: Result<Outcome, ControlError> = .success(Outcome(message: "Done.")))
  {
    guard let last = sent.last else { return }
    take(.performed(last, result))
  }

  var isInForm: Bool { state.scope == .form }
  /// What stands in place of the keys.
  var said: String { state.notice?.text ?? "" }
  var screen: String { state.lines().joined(separator: "\n") }
}

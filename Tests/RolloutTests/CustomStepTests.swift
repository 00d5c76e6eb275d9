import Fleet
import FoundationEssentials
import Testing

@testable import Rollout

@Suite("Custom steps")
struct CustomStepTests {
  static func step(
    _ point: CustomStep.Point, _ action: String = "ClearCache", expect: String? = "Accepted",
    _ edit: (inout CustomStep) -> Void = { _ in }
  ) -> CustomStep {
    var step = CustomStep(name: "mine", point: point, action: action)
    step.expect = expect.map { .init(path: "status", .equals($0)) }
    edit(&step)
    return step
  }

  static func bench(_ steps: CustomStep..., habit: FakeCharger.Habit = .good) -> Bench {
    let bench = Bench(habit)
    bench.playbook.steps = steps
    return bench
  }

  static let rejected = Answer.custom(#"{"status":"Rejected"}"#)

  @Test(
    "a step is sent once at its point, and the way goes on", arguments: CustomStep.Point.allCases,
    ["ClearCache", "Reset"])
  func sent(_ point: CustomStep.Point, _ action: String) throws {
    let bench = Self.bench(Self.step(point, action))
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.broken == [], bench.text)
    #expect(bench.upgrade.stepsDone == ["step mine"])
    let at = try #require(bench.orders.firstIndex(of: "step mine"))
    #expect(bench.orders.count { $0 == "step mine" } == 1)
    let update = try #require(bench.orders.firstIndex(of: "update signed"))
    let reset = try #require(bench.orders.firstIndex(of: "reset"))
    let proof = try #require(bench.orders.firstIndex(of: "read firmware version"))
    let last = try #require(bench.orders.lastIndex(of: "operative"))
    switch point {
    case .beforeFirmware: #expect(at < update)
    case .afterFirmware: #expect(update < at && at < reset)
    case .beforeSwitch: #expect(update < at && at < reset)
    case .afterSwitch: #expect(reset < at && at < proof)
    case .afterVerified: #expect(proof < at && at < last)
    }
    #expect(!bench.charger.inoperative)
    #expect(!bench.upgrade.holdsLease)
    #expect(bench.tells("step        mine: "))
  }

  @Test(
    "what is wanted and not answered ends as the step says",
    arguments: [
      (CustomStep.Point.beforeFirmware, CustomStep.Otherwise.fail, Upgrade.Phase.failed),
      (.beforeFirmware, .skip, .skipped), (.beforeFirmware, .goOn, .migrated),
      (.afterFirmware, .fail, .failed), (.afterFirmware, .skip, .heldOn16),
      (.afterFirmware, .goOn, .migrated), (.beforeSwitch, .fail, .failed),
      (.beforeSwitch, .skip, .heldOn16), (.afterSwitch, .fail, .rolledBack),
      (.afterSwitch, .goOn, .migrated), (.afterVerified, .fail, .rolledBack),
      (.afterVerified, .goOn, .migrated),
    ])
  func otherwise(
    _ point: CustomStep.Point, _ otherwise: CustomStep.Otherwise, _ end: Upgrade.Phase
  ) {
    for action in ["ClearCache", "Reset"] {
      let bench = Self.bench(Self.step(point, action) { $0.otherwise = otherwise })
      bench.charger.customAnswers["mine"] = [Self.rejected]
      bench.deliver(.leased)
      bench.run()
      // Behind an order that could have taken it down, it is no charger that never began.
      let isHeld = end == .skipped && action == "Reset"
      #expect(bench.upgrade.phase == (isHeld ? .heldOn16 : end), bench.text)
      #expect(bench.broken == [], bench.text)
      #expect(bench.tells("status is \"Rejected\", not as wanted (status is \"Accepted\")"))
      #expect(!bench.charger.inoperative, bench.text)
      #expect(!bench.upgrade.holdsLease)
      let fails = end == .failed || end == .rolledBack
      #expect((bench.upgrade.failure?.reason == .step) == fails)
      if end == .rolledBack { #expect(bench.charger.speaks == .ocpp16) }
    }
  }

  @Test("it is sent again as often as it may, and each attempt has its number")
  func retries() {
    let bench = Self.bench(Self.step(.beforeFirmware) { $0.retries = 2 })
    bench.charger.customAnswers["mine"] = [Self.rejected, .rejected("busy")]
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.upgrade.sends["step mine"] == 3)
    let bad = Self.bench(Self.step(.beforeFirmware) { $0.retries = 2 })
    bad.charger.customAnswers["mine"] = [Self.rejected, Self.rejected, Self.rejected]
    bad.deliver(.leased)
    bad.run()
    #expect(bad.upgrade.phase == .failed, bad.text)
    #expect(bad.upgrade.sends["step mine"] == 3)
    #expect(bench.broken == [] && bad.broken == [])
  }

  @Test("a reset that was refused is sent again; one whose answer never came is looked into first")
  func resetAgain() {
    let refused = Self.bench(Self.step(.beforeSwitch, "Reset") { $0.retries = 1 })
    refused.charger.customAnswers["mine"] = [Self.rejected]
    refused.deliver(.leased)
    refused.run()
    #expect(refused.upgrade.phase == .migrated, refused.text)
    #expect(refused.upgrade.sends["step mine"] == 2)
    // It resets, and says nothing.
    let silent = Self.bench(Self.step(.beforeSwitch, "Reset") { $0.retries = 1 })
    silent.charger.customAnswers["mine"] = [.timedOut]
    silent.deliver(.leased)
    silent.run()
    #expect(silent.upgrade.phase == .migrated, silent.text)
    #expect(silent.upgrade.sends["step mine"] == 1)
    // It says yes, and does not reset: the connection that stays is the evidence.
    let lazy = Self.bench(Self.step(.beforeSwitch, "Reset") { $0.retries = 1 })
    lazy.charger.ignoresSteps = true
    lazy.deliver(.leased)
    lazy.run()
    #expect(lazy.upgrade.phase == .failed, lazy.text)
    #expect(lazy.upgrade.sends["step mine"] == 2)
    #expect(refused.broken + silent.broken + lazy.broken == [])
  }

  @Test("no disruptive step leaves while a car is there")
  func busy() {
    let bench = Self.bench(Self.step(.afterFirmware, "Reset"))
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.phase == .rebooting || bench.upgrade.phase == .installing })
    bench.charger.sessions = 1
    bench.charger.states[0] = .charging
    bench.run(until: { bench.upgrade.phase == .firmwareProved })
    bench.run(until: { bench.upgrade.phase != .firmwareProved })
    #expect(bench.upgrade.sends["step mine"] == nil)
    #expect(bench.upgrade.phase == .failed, bench.text)
    bench.charger.sessions = 0
    bench.run()
    #expect(bench.broken == [])
  }

  @Test(
    "a restart of the engine with a reset of a step under way sends no second one",
    arguments: [true, false])
  func restart(arrived: Bool) {
    let bench = Self.bench(Self.step(.beforeSwitch, "Reset") { $0.retries = 3 })
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.memory.open?.step == "step mine" })
    bench.dropAll()
    bench.charger.life += 1
    bench.charger.online = false
    bench.deliver(.restarted)
    #expect(bench.upgrade.isUnknown)
    bench.enqueue(
      .init(
        after: .seconds(60), life: nil, change: { $0.online = true },
        event: { .connected($0.speaks) }))
    if arrived {
      bench.enqueue(
        .init(
          after: .seconds(61), life: nil, change: nil, event: { .booted($0.boot(), $0.speaks) }))
    }
    bench.run()
    #expect(bench.upgrade.sends["step mine"] == 1, bench.text)
    #expect(bench.upgrade.phase == (arrived ? .migrated : .failed), bench.text)
    #expect(bench.broken == [])
  }

  @Test("cancelled while its reset is under way it ends behind it")
  func cancelled() {
    let bench = Self.bench(Self.step(.beforeFirmware, "Reset"))
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.memory.open?.step == "step mine" })
    bench.deliver(.cancel(reason: "no more"))
    #expect(bench.upgrade.phase == .draining)
    bench.run()
    #expect(bench.upgrade.phase == .heldOn16, bench.text)
    #expect(!bench.orders.contains("update signed"))
    #expect(!bench.charger.inoperative)
    #expect(bench.broken == [])
  }

  @Test(
    "a key that a step has set is not taken for one that the image lost, and is carried over",
    arguments: [CustomStep.Point.beforeFirmware, .afterFirmware, .beforeSwitch])
  func setsKey(_ point: CustomStep.Point) {
    let bench = Self.bench(
      Self.step(point, "ChangeConfiguration") {
        $0.payload = #"{"key":"HeartbeatInterval","value":"77"}"#
      })
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.charger.configuration["HeartbeatInterval"] == "77", bench.text)
    #expect(bench.charger.variables["HeartbeatInterval"] == "77", bench.text)
    #expect(!bench.orders.contains("write configuration"))
    #expect(bench.broken == [])
  }

  @Test("a step of an image is sent for each of several images")
  func ofEachHop() {
    let bench = HopTests.bench()
    bench.playbook.steps = [Self.step(.afterFirmware)]
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .migrated, bench.text)
    #expect(bench.upgrade.stepsDone == ["hop 1 step mine", "hop 2 step mine"])
    #expect(bench.broken == [])
  }

  @Test("a charger in another version than the message is not sent it")
  func otherVersion() {
    let bench = Self.bench(Self.step(.afterFirmware), habit: .eager)
    bench.deliver(.leased)
    bench.run()
    #expect(bench.upgrade.phase == .failed, bench.text)
    #expect(bench.tells("it speaks 2.0.1, and the message is in 1.6"))
    #expect(!bench.orders.contains("step mine"))
  }

  @Test(
    "a condition is about one place of the answer",
    arguments: [
      ("status", AnswerCondition.Test.equals("Accepted"), #"{"status":"Accepted"}"#, true),
      ("status", .equals("Accepted"), #"{"status":"Rejected"}"#, false),
      ("status", .equals("Accepted"), "{}", false),
      ("status", .oneOf(["Accepted", "RebootRequired"]), #"{"status":"RebootRequired"}"#, true),
      ("a.1.b", .equals("3"), #"{"a":[{},{"b":3}]}"#, true),
      ("a.2.b", .exists(false), #"{"a":[{},{"b":3}]}"#, true),
      ("a", .exists(true), #"{"a":null}"#, true),
      ("v", .matches("2.4*"), #"{"v":"2.4.1-rc"}"#, true),
      ("v", .matches("2.4*"), #"{"v":"3"}"#, false),
      ("v", .equals("é😀"), #"{"v":"\u00e9\ud83d\ude00"}"#, true),
      ("on", .equals("true"), #"{"on":true}"#, true),
      ("status", .exists(true), "no json", false),
      ("status", .exists(true), #"{"status":"\ud83d"}"#, false),
    ])
  func condition(_ path: String, _ test: AnswerCondition.Test, _ answer: String, _ holds: Bool) {
    #expect((AnswerCondition(path: path, test).objection(to: answer) == nil) == holds)
  }

  @Test(
    "what restarts a charger or sends it elsewhere is disruptive",
    arguments: [
      ("Reset", "{}", true), ("SetNetworkProfile", "{}", true), ("ClearCache", "{}", false),
      ("ChangeConfiguration", #"{"key":"HeartbeatInterval","value":"1"}"#, false),
      ("ChangeConfiguration", #"{"key":"SecurityProfile","value":"2"}"#, true),
      (
        "SetVariables",
        #"{"setVariableData":[{"variable":{"name":"NetworkConfigurationPriority"}}]}"#, true
      ),
    ])
  func disruptive(_ action: String, _ payload: String, _ isDisruptive: Bool) {
    #expect(Disruption.isDisruptive(action, payload) == isDisruptive)
  }

  @Test("steps are read with their payload as JSON")
  func read() throws {
    let playbook = try Playbook.read(
      """
      { swell: 1, name: "a", steps: [
        { name: "both", at: "before switch", send: "ChangeConfiguration",
          payload: { key: "Vendor.Protocols", value: '1.6,2.0.1 "x"', },
          expect: { oneOf: ["Accepted", "RebootRequired"] }, otherwise: "skip", retries: 2,
          within: "30s" },
        { name: "plain", at: "after verified", send: "ClearCache" },
      ] }
      """)
    var both = CustomStep(
      name: "both", point: .beforeSwitch, action: "ChangeConfiguration",
      payload: #"{"key":"Vendor.Protocols","value":"1.6,2.0.1 \"x\""}"#,
      expect: .init(path: "status", .oneOf(["Accepted", "RebootRequired"])))
    both.otherwise = .skip
    both.retries = 2
    both.within = .seconds(30)
    let plain = CustomStep(name: "plain", point: .afterVerified, action: "ClearCache")
    #expect(playbook.steps == [both, plain])
    #expect(
      playbook.summary.contains(
        "  Step \"both\": ChangeConfiguration in 1.6; status is \"Accepted\" or \"RebootRequired\"; "
          + "else, after 3 tries, it is left out."), "\(playbook.summary)")
    let line = playbook.canonicalLine
    var other = playbook
    other.steps[0].payload = "{}"
    #expect(other.canonicalLine != line)
    let text = try JSONEncoder().encode(playbook)
    #expect(try JSONDecoder().decode(Playbook.self, from: text) == playbook)
  }

  @Test(
    "a step that can't be meant is refused with its place",
    arguments: [
      (
        "{ name: 'a', at: 'before switch', send: 'UpdateFirmware' }", 73,
        "UpdateFirmware is not for a step: images go by the route of the playbook, which knows "
          + "their hash and their hops"
      ),
      (
        "{ name: 'a', at: 'before swich', send: 'X' }", 50,
        "\"before swich\" is none of \"before firmware\", \"after firmware\", \"before switch\", "
          + "\"after switch\", \"after verified\"; did you mean \"before switch\"?"
      ),
      (
        "{ name: 'a', at: 'after switch', send: 'X', otherwise: 'skip' }", 88,
        "a charger in the new version can't be skipped: \"fail\" takes it back, or \"go on\""
      ),
      (
        "{ name: 'a', at: 'after switch', send: 'X', expect: {} }", 85,
        "`expect` wants one of `equals`, `oneOf`, `matches`, `exists`"
      ),
      (
        "{ name: 'a', at: 'after switch', send: 'X', payload: [] }", 86,
        "a payload is an object in braces"
      ),
      ("{ name: 'a', at: 'after switch', sent: 'X' }", 33, "`send` of a step is missing"),
    ])
  func refused(_ step: String, _ column: Int, _ message: String) {
    #expect(throws: PlaybookError(line: 1, column: column, message: message)) {
      try Playbook.read("{ swell: 1, name: 'p', steps: [ \(step) ] }")
    }
  }

  @Test("steps that fail are told in words, under way and at the end")
  func words() {
    let bench = Self.bench(Self.step(.beforeSwitch, "Reset"))
    bench.deliver(.leased)
    bench.run(until: { bench.upgrade.memory.open?.step == "step mine" })
    let campaign = ExplanationTests.campaign()
    let told = bench.upgrade.explanation(campaign: campaign, online: true, at: bench.now)
    #expect(
      told.next.first == "The step \"mine\" (Reset) was sent; its answer is awaited.")
  }
}

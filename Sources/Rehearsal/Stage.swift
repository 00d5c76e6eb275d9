import Fleet
import Proof
import Rollout

/// An engine and its chargers in virtual time.
///
/// The engine of a stage does what the real one does around the same pure code: it stores what
/// changed before anything is sent, and dies with all that it had only in memory.
package struct Stage {
  let scenario: Scenario
  let firmware: Firmware
  let playbook: Playbook
  let mutation: Mutation?
  let places: StagePlaces
  /// What orders of its one stratum take.
  let expected: ExpectedDurations

  /// True time, which nobody sets.
  var time = Stage.beginning
  static let beginning = Instant(milliseconds: 1_000_000_000)
  /// A run that takes longer does not end.
  static let longest = Span.hours(24 * 60)
  /// By how much the engine's clock is off.
  var offset = Span.seconds(0)
  /// What the engine takes for the time.
  var now: Instant { time + offset }

  var stations: [Station] = []
  var queue: [Happening] = []
  var numbers = 0
  var chance: Chance

  // The engine's rows, durable with each commit.
  var seen: [Seen] = []
  var campaigns: [Campaign] = []
  var upgrades: [Upgrade] = []
  var campaignOf: [Int] = []
  /// As consoles show them: upgrades by campaign and phase.
  var tallies: [[Upgrade.Phase: Int]] = []

  // The engine's memory.
  var isUp = true
  var startsAt: Instant?
  var outbox: [(station: Int, attempt: Attempt)] = []
  var followUps: [(station: Int, event: UpgradeEvent)] = []
  var facts: [Entry] = []
  var dispatchAt: Instant?
  /// When people look in next, in true time.
  var decisionAt: Instant?
  /// Orders that a mutated engine sends once more.
  var again: [Int: Attempt] = [:]
  /// Why the run did not come to its end.
  package var stuck: String?

  package private(set) var deaths = 0
  /// Places so far at which the engine could have died.
  package var boundaries = 0
  package var checker = Checker()
  var crashes: Set<Int>
  /// Sentences of the run, for whoever looks at one that failed.
  package var story: [String] = []
  var tells = false

  /// Where rows are kept, if not here alone.
  let rows: (any StageRows)?
  /// What the transaction in progress writes there.
  var changes = StageChanges()

  /// - Parameter rows: what deaths leave behind is read from there.
  package init(
    _ scenario: Scenario, mutation: Mutation? = nil, rows: (any StageRows)? = nil
  ) {
    self.scenario = scenario
    self.rows = rows
    self.mutation = mutation
    chance = Chance(seed: scenario.seed ^ 0x5EED)
    crashes = scenario.crashes
    firmware = Self.image
    playbook = Self.playbook(scenario)
    places = StagePlaces(scenario, mutation: mutation)
    expected = ExpectedDurations(of: Self.stratum, limits: playbook.limits)
    for (index, member) in scenario.members.enumerated() {
      stations.append(Station(habit: member.habit, site: member.site))
      campaignOf.append(member.campaign)
      seen.append(Seen(firmware: Station.old))
      fact(.stands(charger: id(index), site: Int64(member.site + 1)))
      fact(.hops(charger: id(index), [.init(from: Station.old, to: Station.new)]))
      fact(.runs(charger: id(index), firmware: Station.old))
    }
    for (site, budget) in scenario.budgets.enumerated() {
      fact(.budget(site: Int64(site + 1), budget))
      if let hours = scenario.hours(of: site) {
        let stretches = hours.stretches(around: Self.beginning..<Self.beginning + Self.longest)
        fact(.windows(site: Int64(site + 1), stretches))
      }
    }
    for campaign in 0..<scenario.campaigns { plan(campaign) }
    for index in stations.indices {
      soon(index, Soon(after: .seconds(Double(1 + index % 7)), doing: .connect, isBound: false))
    }
    for event in scenario.events { schedule(event) }
    commitFacts()
    do { try rows?.begin(campaigns, upgrades) } catch { stuck = "rows: \(error)" }
    decisionAt = time + .hours(6)
    dispatchSoon()
  }

  package static let image: Firmware = {
    var firmware = Firmware(
      id: .init(rawValue: 1), model: "AC22", version: Station.new, protocols: [.ocpp16, .ocpp201],
      location: .depot(path: "2.4.0.bin"))
    firmware.signature = "c2ln"
    return firmware
  }()

  static let stratum = Stratum(
    vendor: "Volta", model: "AC22", hardware: "A", fromFirmware: Station.old,
    toFirmware: Station.new)

  static func playbook(_ scenario: Scenario) -> Playbook {
    var playbook = Playbook(name: "rehearsal", title: "rehearsal", target: .ocpp201)
    playbook.soak.onFirmware = .hours(2)
    playbook.soak.onVersion = .hours(2)
    playbook.gate.acceptedHarm = scenario.harm
    playbook.waves.canaryAtLeast = scenario.canary
    return playbook
  }

  func id(_ station: Int) -> Int64 { Int64(station + 1) }

  // MARK: Facts

  mutating func fact(_ what: Entry.What) { facts.append(Entry(at: now.milliseconds, what)) }

  mutating func commitFacts() {
    checker.take(facts)
    facts.removeAll(keepingCapacity: true)
  }

  mutating func tell(_ text: String) {
    guard tells else { return }
    story.append("\((time.milliseconds - Self.beginning.milliseconds) / 1000) s: \(text)")
  }

  // MARK: The queue

  mutating func soon(_ station: Int, _ soon: Soon) {
    var after = soon.after
    let habit = stations[station].habit
    if soon.doing.isMessage, habit == .shuffles {
      after = after + .seconds(Double(chance.below(chance.once(in: 12) ? 3000 : 20)))
    }
    put(station, soon, after)
    if soon.doing.isMessage, habit == .doubles { put(station, soon, after + .milliseconds(300)) }
  }

  private mutating func put(_ station: Int, _ soon: Soon, _ after: Span) {
    numbers += 1
    queue.append(
      Happening(
        at: time + after, number: numbers, station: station,
        connection: soon.isBound ? stations[station].connection : nil, doing: soon.doing))
  }

  /// Index of what happens next.
  var nextInQueue: Int? {
    queue.indices.min { (queue[$0].at, queue[$0].number) < (queue[$1].at, queue[$1].number) }
  }

  private mutating func schedule(_ event: Scenario.Event) {
    upsets.append((time + event.at, event.what))
  }

  var upsets: [(at: Instant, what: Scenario.Upset)] = []

  // MARK: Death

  /// The process ends here: what was not committed never was, and what was not sent never will be.
  mutating func die() {
    deaths += 1
    tell("DEATH at boundary \(boundaries)")
    outbox = []
    followUps = []
    facts = []
    changes = StageChanges()
    isUp = false
    dispatchAt = nil
    startsAt = time + .seconds(Double(1 + chance.below(chance.once(in: 4) ? 1500 : 20)))
    for index in stations.indices {
      seen[index].online = false
      guard stations[index].online else { continue }
      stations[index].online = false
      stations[index].connection += 1
      soon(
        index,
        Soon(after: .seconds(Double(2 + chance.below(60))), doing: .connect, isBound: false))
    }
  }

  /// Whether the engine dies at the boundary that it has reached.
  mutating func diesHere() -> Bool {
    boundaries += 1
    return crashes.contains(boundaries)
  }
}

import CSMS
import Fleet
import Glibc
import Rollout
import Threads
import Transport

/// What planning a large fleet takes, and how near its plans come to the bound.
enum ScheduleFigures {
  static func measure(_ bench: RolloutBench) throws -> [Figure] {
    var figures: [Figure] = []
    let nights = try Self.nights()
    let large = BenchFleet(chargers: 100_000, sites: 20_000, openTimes: nights)
    figures += planning(large)
    figures += replanning(large)
    figures += forecasting(BenchFleet(chargers: 10_000, sites: 2000, openTimes: nights))
    figures += CalibrationFigures().measure()
    return figures
  }

  /// What an operator on one continent and two islands has.
  private static let zones = [
    "Atlantic/Reykjavik", "Europe/Lisbon", "Europe/Dublin", "Europe/London", "Europe/Madrid",
    "Europe/Paris", "Europe/Amsterdam", "Europe/Berlin", "Europe/Rome", "Europe/Warsaw",
    "Europe/Stockholm", "Europe/Athens", "Europe/Helsinki", "Europe/Istanbul",
  ]

  /// Nights in real zones, as the engine opens its sites.
  private static func nights() throws -> [OpenTimes] {
    let system = SystemZones()
    let windows = try Windows(label: "daily 22:00-05:00")
    return try zones.map { name in
      guard let zone = system.zone(name) else {
        throw Failure("this system has no data of the time zone \(name)")
      }
      return OpenTimes(Openings(zone: zone, windows: windows, closed: ClosedDays([])))
    }
  }

  private static func planning(_ fleet: BenchFleet) -> [Figure] {
    var best = Double.infinity
    var processor = Double.infinity
    var ratio = 0.0
    var days = 0.0
    for _ in 0..<5 {
      let clock = ContinuousClock()
      var preview: ScheduleOutline?
      let before = Processor.time
      let spent = clock.measure {
        let plan = Planner.plan(
          candidates: fleet.candidates, sites: [], playbook: fleet.playbook)
        preview = PlannedSchedule(plan, fleet.facts()).outline()
      }
      best = min(best, spent / .milliseconds(1))
      processor = min(processor, (Processor.time - before) * 1000)
      ratio = preview?.ratio ?? 0
      days = preview.map { $0.span.seconds / 86_400 } ?? 0
    }
    return [
      Figure("plan 100,000 chargers over 20,000 sites", best, "ms", .atMost(100)),
      Figure("of it on the processor", processor, "ms"),
      Figure("makespan over lower bound at 100,000", ratio, "", .atMost(1.10)),
      Figure("makespan at 100,000", days, "days"),
    ]
  }

  private static func replanning(_ fleet: BenchFleet) -> [Figure] {
    let plan = Planner.plan(candidates: fleet.candidates, sites: [], playbook: fleet.playbook)
    var replay = SteppedReplay(PlannedSchedule(plan, fleet.facts()).model, tracks: true)
    let clock = ContinuousClock()
    var spans: [Double] = []
    var longest = 0.0
    var goesOn = true
    while goesOn {
      let before = Processor.time
      spans.append(clock.measure { goesOn = replay.step() } / .microseconds(1))
      longest = max(longest, (Processor.time - before) * 1000)
    }
    return [
      Figure("replan after one event at 100,000, median", spans.percentile(0.5), "µs"),
      Figure("replan after one event at 100,000, p99", spans.percentile(0.99), "µs"),
      Figure(
        "replan after one event at 100,000, longest", (spans.max() ?? 0) / 1000, "ms",
        .atMost(10)),
      Figure("longest on the processor", longest, "ms"),
    ]
  }

  private static func forecasting(_ fleet: BenchFleet) -> [Figure] {
    let plan = Planner.plan(candidates: fleet.candidates, sites: [], playbook: fleet.playbook)
    let schedule = PlannedSchedule(plan, fleet.facts(), failures: 1000)
    let clock = ContinuousClock()
    var best = Double.infinity
    var processor = Double.infinity
    for _ in 0..<3 {
      let before = Processor.time
      best = min(
        best, clock.measure { _ = Parallel.replays(schedule.model, count: 200) } / .seconds(1))
      processor = min(processor, Processor.time - before)
    }
    return [
      Figure("200 replays of 10,000 chargers, two threads", best, "s", .atMost(1)),
      Figure("of it on the processor, both threads together", processor, "s"),
    ]
  }
}

/// A fleet for figures: sites of five, each with windows at night, and three models.
struct BenchFleet {
  var candidates: [Candidate] = []
  var sites: [ScheduleSite] = []
  var openTimes: [OpenTimes]
  var playbook = Playbook(name: "bench", title: "bench", target: .ocpp201)

  init(chargers: Int, sites count: Int, openTimes: [OpenTimes]) {
    self.openTimes = openTimes
    playbook.gate.acceptedHarm = 30
    for n in 0..<count {
      var site = ScheduleSite(id: .init(rawValue: Int64(n + 1)), name: "Site \(n + 1)")
      site.budget = n % 3 == 0 ? 2 : 1
      site.openTimes = n % openTimes.count
      sites.append(site)
    }
    for n in 0..<chargers {
      let site = n % count
      let kind = site % 7 == 0 ? 2 : site % 2
      candidates.append(
        Candidate(
          charger: .init(rawValue: Int64(n + 1)), identity: "CP-\(100_000 + n)",
          site: sites[site].id,
          stratum: Stratum(
            vendor: "Volta", model: "AC\(kind)", hardware: "", fromFirmware: "2.3.1",
            toFirmware: "2.4.0"), target: .init(rawValue: 1)))
    }
  }

  func facts() -> ScheduleFacts {
    // 2027-01-04, a Monday.
    var facts = ScheduleFacts(begins: Instant(seconds: 1_799_020_800))
    facts.sites = sites
    facts.openTimes = openTimes
    return facts
  }
}

/// What this process has had of the processors; others on the machine do not show in it.
enum Processor {
  /// Seconds.
  static var time: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// Replays on two threads.
enum Parallel {
  static func replays(_ model: ReplayModel, count: UInt64) -> [ReplayEnd] {
    let ends = Monitor<[ReplayEnd]>([])
    // A thread that can't be had leaves its half to this one.
    let worker = try? WorkerThread(name: "replays")
    worker?.submit {
      let half = model.ends(seeds: 0..<count / 2)
      ends.withLock { $0 += half }
    }
    let other = model.ends(seeds: (worker == nil ? 0 : count / 2)..<count)
    worker?.stop()
    return ends.withLock { $0 } + other
  }
}

import Fleet
import Testing

@testable import Rollout

@Suite("Previews of plans")
struct PreviewTests {
  private static let begins = Instant(seconds: 1_799_020_800)

  private static let nights = OpenTimes { moment in
    let hour: Int64 = 3_600_000
    var open = (moment.milliseconds / (24 * hour) - 1) * 24 * hour + 22 * hour
    while open + 7 * hour <= moment.milliseconds { open += 24 * hour }
    return (Instant(milliseconds: open), Instant(milliseconds: open + 7 * hour))
  }

  private func candidates(_ count: Int, sites: Int) -> [Candidate] {
    (1...count).map { n in
      Candidate(
        charger: .init(rawValue: Int64(n)), identity: "CP-\(n)",
        site: .init(rawValue: Int64(1 + n % sites)), stratum: PlannerTests.stratum(1),
        target: .init(rawValue: 1))
    }
  }

  private func facts(sites: Int) -> ScheduleFacts {
    var facts = ScheduleFacts(begins: Self.begins)
    facts.openTimes = [Self.nights]
    for n in 1...sites {
      var site = ScheduleSite(
        id: .init(rawValue: Int64(n)), name: n == 1 ? "Köln-Deutz" : "Site \(n)")
      site.openTimes = 0
      facts.sites.append(site)
    }
    return facts
  }

  private func playbook() -> Playbook {
    var playbook = Playbook(name: "t", title: "t", target: .ocpp201, siteBudget: 1)
    playbook.gate.acceptedHarm = 30
    return playbook
  }

  @Test("a plan shows its end, its waves in order, and that nothing can be faster than the bound")
  func whole() throws {
    let plan = Planner.plan(
      candidates: candidates(120, sites: 40), sites: [], playbook: playbook())
    let preview = PlannedSchedule(plan, facts(sites: 40), failures: 20).preview(replays: 40)
    let done = try #require(preview.done)
    #expect(try #require(preview.ratio) >= 1)
    #expect(done - Self.begins >= preview.bound)
    #expect(preview.waves.map(\.number) == Array(1...plan.waves.count))
    for (a, b) in zip(preview.waves, preview.waves.dropFirst()) { #expect(a.ends <= b.begins) }
    #expect(preview.waves.last?.ends == done)
    let (likely, late) = (try #require(preview.likely), try #require(preview.late))
    #expect(likely <= late)
    #expect(preview.obstacles == [])
  }

  @Test("the order in which chargers are given does not matter")
  func order() {
    var random = SplitMix(seed: 3)
    let all = candidates(90, sites: 30)
    let one = PlannedSchedule(
      Planner.plan(candidates: all, sites: [], playbook: playbook()), facts(sites: 30)
    ).preview()
    let two = PlannedSchedule(
      Planner.plan(candidates: all.shuffled(using: &random), sites: [], playbook: playbook()),
      facts(sites: 30)
    ).preview()
    #expect(one == two)
  }

  @Test("one crowded site decides, and a greater budget there is what would help")
  func crowded() throws {
    var all = candidates(60, sites: 60)
    for n in 0..<30 { all[n].site = .init(rawValue: 1) }
    var playbook = playbook()
    playbook.waves.shape = .counts([60])
    playbook.waves.canaryAtLeast = 60
    let plan = Planner.plan(candidates: all, sites: [], playbook: playbook)
    let preview = PlannedSchedule(plan, facts(sites: 60)).preview()
    #expect(preview.binding.contains("Köln-Deutz"))
    #expect(preview.sites.first?.name == "Köln-Deutz")
    #expect(
      preview.sites.first?.binding == "site budgets" || preview.sites.first?.binding == "windows")
    let advice = try #require(preview.advice.first { $0.hasPrefix("budget 2 at Köln-Deutz: ") })
    #expect(advice.hasSuffix(" sooner"))
  }

  @Test("a plan that can't end says why, site by site, and what would help")
  func stuck() throws {
    let plan = Planner.plan(
      candidates: candidates(40, sites: 4), sites: [], playbook: playbook())
    var facts = facts(sites: 4)
    facts.sites[0].budget = 0
    facts.openTimes.append(
      OpenTimes { moment in
        let day: Int64 = 86_400_000
        var open = moment.milliseconds / day * day
        if open + 1_800_000 <= moment.milliseconds { open += day }
        return (Instant(milliseconds: open), Instant(milliseconds: open + 1_800_000))
      })
    facts.sites[1].openTimes = 1
    facts.sites[2].down = 1
    let preview = PlannedSchedule(plan, facts).preview()
    #expect(preview.done == nil && preview.ratio == nil)
    #expect(
      preview.obstacles.contains { $0.hasPrefix("Köln-Deutz: budget 0 allows nobody; 10 chargers") }
    )
    #expect(
      preview.obstacles.contains {
        $0.hasPrefix("Site 2: its longest window (30 min) is shorter than the job")
      })
    #expect(preview.obstacles.contains { $0.hasPrefix("Site 3: 1 are offline and 1 may be out") })
    #expect(!preview.advice.isEmpty)
  }

  @Test("a deadline that can't be kept is said, and one that no plan can keep too")
  func deadline() {
    var playbook = playbook()
    playbook.deadline = Self.begins + .hours(30)
    let plan = Planner.plan(candidates: candidates(60, sites: 20), sites: [], playbook: playbook)
    let preview = PlannedSchedule(plan, facts(sites: 20)).preview()
    #expect(preview.obstacles.contains { $0.contains("after the deadline of 5 Jan 2027") })
    #expect(preview.obstacles.contains { $0.hasPrefix("no schedule can keep the deadline") })
  }

  @Test("mobile data is added up where it has a price")
  func cost() {
    let plan = Planner.plan(
      candidates: candidates(40, sites: 4), sites: [], playbook: playbook())
    var facts = facts(sites: 4)
    facts.images = [.init(rawValue: 1): 10_000_000]
    #expect(PlannedSchedule(plan, facts).preview(advises: false).cost == nil)
    facts.sites[1].costPerMegabyte = 0.5
    let preview = PlannedSchedule(plan, facts).preview(advises: false)
    #expect(preview.bytes == 400_000_000)
    #expect(preview.cost == 50)
  }

  @Test("a campaign under way is forecast from where its rows say it is")
  func underWay() throws {
    let plan = Planner.plan(
      candidates: candidates(60, sites: 20), sites: [], playbook: playbook())
    var rows = plan.rows(campaign: .init(rawValue: 1), at: Self.begins)
    for index in rows.indices { rows[index].id = .init(rawValue: Int64(index + 1)) }
    let campaign = Campaign(
      id: .init(rawValue: 1), name: "Autumn", playbook: plan.playbook, selection: "", author: "a",
      createdAt: Self.begins, status: .running, planHash: "", waves: plan.waves,
      strata: plan.strata)
    func outlook() -> CampaignOutlook {
      CampaignSchedule(campaign, rows, facts(sites: 20)).outlook(replays: 30)
    }
    let first = outlook()
    let done = try #require(first.done)
    let begun = try #require(
      PlannedSchedule(plan, facts(sites: 20)).preview(advises: false).done)
    #expect(done == begun)
    #expect(first == outlook())
    // With the canary done, there is less to go.
    for index in rows.indices where rows[index].wave == 1 {
      rows[index].phase = .migrated
      rows[index].countsForGate = true
    }
    #expect(try #require(outlook().done) < done)
    for index in rows.indices { rows[index].phase = .migrated }
    #expect(outlook().done == Self.begins)
  }
}

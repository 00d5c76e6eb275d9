import Fleet
import FoundationEssentials
import Testing

@testable import Rollout

@Suite("Windows and budgets of playbooks")
struct WindowPolicyTests {
  private func read(_ members: String) throws -> Playbook {
    try Playbook.read("{ swell: 1, name: \"x\", \(members) }")
  }

  @Test("windows, blackouts and budgets are read, and stored ones come back")
  func reads() throws {
    let playbook = try read(
      """
      windows: { local: ["Mon-Fri 22:00-05:00", "Sat,Sun 00:00-24:00"], blackouts: "12-24..12-26" },
      budgets: { site: 2, uplink: "25 %", model: "10%", fleet: 200 }
      """)
    #expect(playbook.windows.windows.label == "Mon-Fri 22:00-05:00; Sat,Sun 00:00-24:00")
    #expect(playbook.windows.blackouts.map(\.label) == ["12-24..12-26"])
    #expect(playbook.budgets.site == .count(2))
    #expect(playbook.budgets.uplink == .share(0.25))
    #expect(playbook.budgets.model == .share(0.1))
    #expect(playbook.budgets.fleet == .count(200))
    let stored = try JSONEncoder().encode(playbook)
    #expect(try JSONDecoder().decode(Playbook.self, from: stored) == playbook)
  }

  @Test("without them installs run at any time, and the plan's text is what it always was")
  func defaults() throws {
    let playbook = try read("title: \"y\"")
    #expect(playbook.windows.windows == .anyTime)
    #expect(!playbook.canonicalLine.contains("windows"))
    #expect(!playbook.canonicalLine.contains("budgets"))
    var book = OpeningsBook(policy: playbook.windows) { _ in nil }
    #expect(book.openings(of: nil).isAlways)
  }

  @Test("another window or budget is another plan")
  func canonical() throws {
    let lines = try [
      "windows: { local: \"any\" }", "windows: { local: \"daily 01:00-05:00\" }",
      "windows: { blackouts: [\"12-24\"] }", "budgets: { site: 1 }", "budgets: { fleet: 1 }",
      "budgets: { fleet: \"1 %\" }",
    ].map { try read($0).canonicalLine }
    #expect(Set(lines).count == lines.count)
  }

  @Test(
    "what can't be meant is refused where it stands",
    arguments: [
      ("windows: { local: \"Mun 01:00-02:00\" }", "no day of the week"),
      ("windows: { local: [] }", "no window"), ("windows: { blackouts: [1] }", "a text"),
      ("windows: { at: \"x\" }", "not known"), ("budgets: { site: \"3\" }", "a number of chargers"),
      ("budgets: { site: -1 }", "a number of chargers"), ("budgets: { sites: 1 }", "did you mean"),
      ("budgets: { fleet: 1.5 }", "a number of chargers"),
    ])
  func refused(members: String, reason: String) {
    #expect { try read(members) } throws: { error in
      (error as? PlaybookError)?.message.contains(reason) == true
    }
  }

  @Test("a site goes by its own windows and budget, else by the playbook's; blackouts add up")
  func precedence() throws {
    let playbook = try read(
      """
      windows: { local: "daily 01:00-05:00", blackouts: "2026-12-24" }, budgets: { site: "50 %" }
      """)
    var site = Site(id: .init(rawValue: 1), name: "S", zone: "Etc/UTC", budget: 0)
    let day = try #require(CivilDay(iso: "2026-12-24")).start
    var book = OpeningsBook(policy: playbook.windows) { _ in nil }
    #expect(book.openings(of: site).next(after: day)?.start == day + .hours(25))
    site.terms.windows = try Windows(label: "daily 10:00-11:00")
    site.terms.blackouts = try [Blackout](label: "2026-12-25")
    #expect(book.openings(of: site).next(after: day)?.start == day + .hours(58))
    #expect(playbook.budget(of: site) == .share(0.5))
    #expect(playbook.budget(of: nil) == .share(0.5))
    site.allowance = .count(3)
    #expect(playbook.budget(of: site) == .count(3))
    site.allowance = .share(0.2)
    #expect(playbook.budget(of: site) == .share(0.2))
    #expect(site.ownBudget == nil)
  }

  @Test("where nothing is known of a zone its windows never open, but any time is any time")
  func unknownZone() throws {
    let playbook = try read("windows: { blackouts: \"2026-12-24\" }")
    let site = Site(id: .init(rawValue: 1), name: "S", zone: "Mars/Base", budget: 0)
    var book = OpeningsBook(policy: playbook.windows) { _ in nil }
    #expect(book.openings(of: site) == .never)
    var free = OpeningsBook(policy: .init()) { _ in nil }
    #expect(free.openings(of: site).isAlways)
  }
}

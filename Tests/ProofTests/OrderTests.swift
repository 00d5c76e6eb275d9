import Testing

@testable import Proof

/// Orders held against windows and the version graph, and campaigns against who approved them.
@Suite("Orders before the checker")
struct OrderTests {
  private func broken(_ what: [Entry.What]) -> [Int] {
    var checker = Checker()
    checker.take(
      [
        Entry.What.stands(charger: 1, site: 1),
        .policy(campaign: 1, .init(acceptedHarm: 3, confidence: 0.95, siteBudget: 1)),
        .upgrade(.init(id: 1, campaign: 1, charger: 1, stratum: 0)),
        .connector(charger: 1, place: "1", isTaken: false),
        .lease(upgrade: 1, out: 0, budget: 1, atRisk: 0, allowance: nil),
        .turn(
          .init(
            upgrade: 1, phase: "ordering", holdsLease: true, counts: true, failure: nil,
            revision: 1)),
      ].map { Entry(at: 0, $0) })
    checker.take(what.map { Entry(at: 1000, $0) })
    return checker.breaches.map(\.invariant)
  }

  private func order(
    _ step: String = "firmware update firmware", firmware: String? = nil, endsBy: Int64? = nil,
    in stretches: [Range<Int64>]? = nil
  ) -> Entry.What {
    .intent(
      .init(
        upgrade: 1, message: "m", step: step, number: 1, isDisruptive: true, firmware: firmware,
        endsBy: endsBy, stretches: stretches))
  }

  @Test("an order is written in a window, and over before it closes")
  func windows() {
    let site = Entry.What.windows(site: 1, [0..<500, 900..<2000])
    #expect(broken([site, order(endsBy: 2000)]) == [])
    #expect(broken([site, order(endsBy: 2001)]) == [8])
    #expect(broken([.windows(site: 1, [0..<1000]), order()]) == [8])
    // Its own go before its site's.
    #expect(broken([site, order(endsBy: 2000, in: [900..<1500])]) == [8])
    #expect(broken([site, order(endsBy: 2001, in: [])]) == [])
  }

  @Test("a way back is no new work, unless it is what its campaign is for")
  func wayBack() {
    let shut = Entry.What.windows(site: 1, [0..<500])
    #expect(broken([shut, order("roll back reset")]) == [])
    #expect(broken([shut, order("roll back reset", endsBy: 1500)]) == [8])
  }

  @Test("an image is sent only to what it installs on, as far as that is known")
  func hops() {
    let runs = Entry.What.runs(charger: 1, firmware: "2.3.1")
    let known = Entry.What.hops(charger: 1, [.init(from: "2.3.1", to: "7")])
    #expect(broken([runs, known, order(firmware: "7")]) == [])
    #expect(broken([runs, known, order(firmware: "8")]) == [9])
    #expect(
      broken([known, .runs(charger: 1, firmware: "2.2.0"), order(firmware: "7")]) == [9])
    #expect(broken([runs, known, .hops(charger: 1, nil), order(firmware: "8")]) == [])
  }

  @Test("whoever planned a campaign approves it only where nobody asked for four eyes")
  func people() {
    func campaign(_ approver: String?, _ isPlanApproved: Bool = true) -> Entry.What {
      .campaign(
        id: 1, status: "finished", author: "ann", approver: approver,
        isPlanApproved: isPlanApproved)
    }
    let strict = Entry.What.policy(
      campaign: 1,
      .init(acceptedHarm: 3, confidence: 0.95, siteBudget: 1, needsTwoPeople: true))
    #expect(broken([campaign("ann")]) == [])
    #expect(broken([strict, campaign("ann")]) == [10])
    #expect(broken([strict, campaign("ben")]) == [])
    #expect(broken([campaign(nil)]) == [10])
    #expect(broken([campaign("ben", false)]) == [10])
  }
}

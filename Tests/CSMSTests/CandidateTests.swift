import Fleet
import OCPP
import Rollout
import Testing

@testable import CSMS

/// Who of a selection may go which route.
struct CandidateTests {
  private static let day = Instant(milliseconds: 0)

  private static func image(
    _ id: Int64, _ version: String, _ from: String, _ protocols: VersionSet
  ) -> Firmware {
    Firmware(
      id: .init(rawValue: id), vendor: "Volta", model: "AC22", version: version, from: [from],
      protocols: protocols, flashNeeded: 100, ramNeeded: 50, location: .depot(path: version))
  }

  private static let catalogue = [
    image(1, "2.4.0", "2.3.9", [.ocpp16, .ocpp201]), image(2, "2.3.9", "2.3.1", .ocpp16),
    image(3, "3.0.0", "2.4.0", [.ocpp16, .ocpp21]),
  ]

  private static func charger(
    runs firmware: String, site: Int64? = nil, _ edit: (inout Charger) -> Void = { _ in }
  ) -> Charger {
    var charger = Charger(id: .init(rawValue: 1), identity: "CP1")
    charger.vendor.claimed = .init("Volta", source: "test", at: day)
    charger.model.claimed = .init("AC22", source: "test", at: day)
    charger.firmware.observed = .init(firmware, source: "BootNotification", at: day)
    charger.flashFree.claimed = .init(400, source: "test", at: day)
    charger.ramFree.claimed = .init(128, source: "test", at: day)
    charger.speaks = .ocpp16
    charger.released = .ocpp16
    charger.site = site.map(SiteID.init)
    edit(&charger)
    return charger
  }

  private static func choose(
    _ charger: Charger, _ route: Route, target: ProtocolVersion = .ocpp201,
    requires: [Requirement] = [], sites: [Site] = [], takenBy other: String? = nil
  ) -> Candidates {
    var playbook = Playbook(name: "p", title: "", target: route == .rollBack ? .ocpp16 : target)
    playbook.route = route
    playbook.requires = requires
    let known = Dictionary(uniqueKeysWithValues: catalogue.map { ($0.id, $0) })
    var candidates = Candidates(of: playbook, catalogue: known, sites: sites)
    var policy = ReadinessPolicy()
    policy.target = target
    let readiness = Readiness.judge(charger, catalogue: catalogue, policy: policy)
    candidates.take(charger, readiness, takenBy: other)
    return candidates
  }

  @Test("hops are planned by a playbook that takes them, and by no other")
  func hops() {
    let charger = Self.charger(runs: "2.3.1")
    let over = Self.choose(charger, .overHops).chosen
    #expect(over.map(\.hops) == [[.init(rawValue: 2), .init(rawValue: 1)]])
    #expect(over.map(\.target) == [.init(rawValue: 1)])
    #expect(over.map(\.stratum.label) == ["Volta AC22 2.3.1→2.4.0"])
    let inPlace = Self.choose(charger, .inPlace)
    #expect(inPlace.chosen == [])
    #expect(inPlace.leftOut == [.needsHop: 1])
    // One that needs a single image goes either way, with no hops to remember.
    for route in [Route.overHops, .inPlace] {
      let one = Self.choose(Self.charger(runs: "2.3.9"), route).chosen
      #expect(one.map(\.hops) == [[]])
    }
  }

  @Test("the switch alone is for chargers whose image speaks the version")
  func switchOnly() {
    #expect(Self.choose(Self.charger(runs: "2.4.0"), .switchOnly).chosen.count == 1)
    let other = Self.choose(Self.charger(runs: "2.3.9"), .switchOnly)
    #expect(other.chosen == [])
    #expect(
      other.warnings == [
        "1 of the chargers selected need an image first: the playbook p installs nothing"
      ])
  }

  @Test("whoever is not taken has a reason of his own, in the plan's words of that day")
  func staying() {
    func reason(_ charger: Charger, _ route: Route = .inPlace, takenBy other: String? = nil)
      -> [String]
    {
      let choice = Self.choose(charger, route, takenBy: other)
      #expect(choice.chosen == [])
      #expect(choice.staying.map(\.charger) == [charger.id])
      return choice.staying.map(\.reason)
    }
    let small = Self.charger(runs: "2.3.9") {
      $0.flashFree.claimed = .init(1, source: "f", at: Self.day)
    }
    #expect(reason(small).first?.hasPrefix("too small: 2.4.0 needs") == true)
    #expect(
      reason(Self.charger(runs: "2.3.9"), .switchOnly) == [
        "needs an image first: the playbook p installs nothing"
      ])
    #expect(
      reason(Self.charger(runs: "2.3.9"), takenBy: "Spring") == [
        "in campaign Spring, which is not over"
      ])
    #expect(Self.choose(Self.charger(runs: "2.3.9"), .inPlace).staying == [])
  }

  @Test("a playbook begins on 1.6: who speaks 2.0.1 is not taken on to 2.1")
  func begins() {
    let charger = Self.charger(runs: "2.4.0") { $0.speaks = .ocpp201 }
    let choice = Self.choose(charger, .inPlace, target: .ocpp21)
    #expect(choice.chosen == [])
    #expect(choice.warnings.first?.contains("speak 2.0.1 already") == true)
  }

  @Test("the way back is for whoever was let out, however far, and for nobody else")
  func back() {
    let migrated = Self.charger(runs: "2.4.0") {
      $0.released = [.ocpp16, .ocpp201]
      $0.speaks = .ocpp201
      $0.migration = MigrationRecord(proved: .ocpp201, at: Self.day)
    }
    #expect(Self.choose(migrated, .rollBack).chosen.map(\.target) == [.init(rawValue: 1)])
    let halfWay = Self.charger(runs: "2.4.0") { $0.released = [.ocpp16, .ocpp201] }
    #expect(Self.choose(halfWay, .rollBack).chosen.count == 1)
    #expect(Self.choose(Self.charger(runs: "2.4.0"), .rollBack).chosen == [])
    var pinned = migrated
    pinned.pin = Pin(reason: "mine", by: "kim", at: Self.day)
    #expect(Self.choose(pinned, .rollBack).chosen == [])
    var strange = migrated
    strange.firmware.observed = .init("9.9", source: "BootNotification", at: Self.day)
    let choice = Self.choose(strange, .rollBack)
    #expect(choice.chosen == [])
    #expect(choice.warnings.first?.contains("the catalogue does not know") == true)
  }

  @Test("a site whose integrations have not all signed off is left out where that is required")
  func signOff() {
    var site = Site(id: .init(rawValue: 7), name: "Köln", zone: "Europe/Berlin", budget: 1)
    site.terms.integrations = [
      Integration(name: "billing", signOff: .init(by: "ann", at: Self.day)),
      Integration(name: "load manager"),
    ]
    let charger = Self.charger(runs: "2.3.9", site: 7)
    let left = Self.choose(charger, .inPlace, requires: [.integrations], sites: [site])
    #expect(left.chosen == [])
    #expect(
      left.warnings == [
        "1 of the chargers selected wait at Köln for the sign-off of load manager"
      ])
    #expect(Self.choose(charger, .inPlace, sites: [site]).chosen.count == 1)
    site.terms.integrations[1].signOff = .init(by: "bob", at: Self.day)
    let all = Self.choose(charger, .inPlace, requires: [.integrations], sites: [site])
    #expect(all.chosen.count == 1)
  }

  @Test(
    "a message of a playbook's own has to be one of its version",
    arguments: [
      (CustomStep.Point.beforeSwitch, "Reset", #"{"type":"Soft"}"#, nil as String?),
      (.afterSwitch, "Reset", #"{"type":"OnIdle"}"#, nil),
      (.afterSwitch, "Reset", #"{"type":"Soft"}"#, "payload"),
      (.afterSwitch, "ChangeConfiguration", #"{"key":"a","value":"b"}"#, "send"),
      (.beforeSwitch, "BootNotification", "{}", "send"),
      (.beforeSwitch, "ClearCashe", "{}", "send"),
      (.beforeSwitch, "ChangeConfiguration", #"{"key":"a"}"#, "payload"),
    ])
  func steps(_ point: CustomStep.Point, _ action: String, _ payload: String, _ wrong: String?) {
    var playbook = Playbook(name: "p", title: "", target: .ocpp201)
    playbook.steps = [.init(name: "s", point: point, action: action, payload: payload)]
    let objection = StepCheck.objection(to: playbook, in: Messages.catalogue)
    #expect(objection?.part == wrong)
    if action == "ClearCashe" { #expect(objection?.message.contains("ClearCache") == true) }
  }
}

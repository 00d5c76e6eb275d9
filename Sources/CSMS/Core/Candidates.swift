import Fleet
import Rollout

/// Who of a selection may go which route.
struct Candidates {
  private(set) var chosen: [Candidate] = []
  /// How many stay for what they are, whatever the playbook.
  private(set) var leftOut: [Readiness.Verdict: Int] = [:]
  /// Each that stays, and why.
  private(set) var staying: [StayingBehind] = []
  /// Of those whose verdict would let them go: how many stay for a reason of this playbook.
  private var reasons: [String: Int] = [:]
  private let playbook: Playbook
  private let catalogue: [FirmwareID: Firmware]
  /// Sites with integrations that have not signed off.
  private let unsigned: [SiteID: Site]

  init(of playbook: Playbook, catalogue: [FirmwareID: Firmware], sites: [Site]) {
    self.playbook = playbook
    self.catalogue = catalogue
    let waiting = playbook.requires.contains(.integrations) ? sites : []
    unsigned = Dictionary(
      waiting.filter { !$0.terms.unsigned.isEmpty }.map { ($0.id, $0) },
      uniquingKeysWith: { first, _ in first })
  }

  /// `3 of the chargers selected are not accepted yet: import them first`, most frequent first.
  var warnings: [String] {
    reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\($0.value) of the chargers selected \($0.key)" }
  }

  /// - Parameter campaign: the name of another campaign that has it and is not over.
  mutating func take(_ charger: Charger, _ readiness: Readiness, takenBy campaign: String?) {
    // Nobody has said yet that it is what it says it is.
    if charger.admission == .pending {
      leave(charger, "are not accepted yet: import them first", "not accepted yet: import it first")
      return
    }
    if let campaign {
      let already = "in campaign \(campaign), which is not over"
      leave(charger, "are \(already)", already)
      return
    }
    if playbook.route == .rollBack {
      takeBack(charger, readiness)
    } else {
      takeOn(charger, readiness)
    }
  }

  private mutating func takeOn(_ charger: Charger, _ readiness: Readiness) {
    let mayHop = playbook.route == .overHops && readiness.verdict == .needsHop
    guard readiness.verdict == .ready || mayHop,
      let target = readiness.route.last ?? readiness.target, let firmware = catalogue[target],
      readiness.route.allSatisfy({ catalogue[$0] != nil })
    else {
      leave(charger, readiness, readiness.reason)
      return
    }
    if let speaks = charger.speaks, speaks > .ocpp16 {
      let already = "\(speaks.label) already: this playbook begins on 1.6"
      leave(charger, "speak \(already)", "speaks \(already)")
      return
    }
    let runs = charger.firmware.value ?? ""
    if playbook.route == .switchOnly, !firmware.isReported(as: runs) {
      let image = "an image first: the playbook \(playbook.name) installs nothing"
      leave(charger, "need \(image)", "needs \(image)")
      return
    }
    choose(charger, firmware, by: mayHop ? readiness.route : [])
  }

  /// Anybody for whom more than 1.6 is released or who speaks more, however far it came.
  private mutating func takeBack(_ charger: Charger, _ readiness: Readiness) {
    let isOut = charger.released != .ocpp16 || charger.speaks.map { $0 > .ocpp16 } ?? false
    switch readiness.verdict {
    case _ where !isOut:
      leave(charger, readiness, "it speaks 1.6 and no more is released: there is no way back to go")
      return
    case .endOfLife, .pinned, .quarantined:
      leave(charger, readiness, readiness.reason)
      return
    default: break
    }
    let runs = charger.firmware.value ?? ""
    let images = catalogue.values.filter {
      Glob($0.model).matches(charger.model.value ?? "") && $0.isReported(as: runs)
    }
    // The same version may be in the catalogue for several pieces of hardware.
    let firmware = images.min { $0.id < $1.id }
    guard let firmware else {
      let firmware =
        "firmware that the catalogue does not know: add it, so that the way back is proved"
      leave(charger, "run \(firmware)", "runs \(firmware)")
      return
    }
    choose(charger, firmware)
  }

  private mutating func choose(
    _ charger: Charger, _ firmware: Firmware, by hops: [FirmwareID] = []
  ) {
    if let site = charger.site.flatMap({ unsigned[$0] }) {
      let names = site.terms.unsigned.map(\.name).joined(separator: ", ")
      let reason = "at \(site.name) for the sign-off of \(names)"
      leave(charger, "wait \(reason)", "waits \(reason)")
      return
    }
    chosen.append(
      Candidate(
        charger: charger.id, identity: charger.identity, site: charger.site,
        stratum: Stratum(
          vendor: charger.vendor.value ?? "", model: charger.model.value ?? "",
          hardware: charger.hardware.value ?? "", fromFirmware: charger.firmware.value ?? "",
          toFirmware: firmware.version),
        target: firmware.id, hops: hops))
  }

  /// For a reason of this playbook, said of all that share it and of one.
  private mutating func leave(_ charger: Charger, _ many: String, _ one: String) {
    reasons[many, default: 0] += 1
    staying.append(StayingBehind(charger: charger.id, reason: one))
  }

  private mutating func leave(_ charger: Charger, _ readiness: Readiness, _ reason: String) {
    leftOut[readiness.verdict, default: 0] += 1
    staying.append(StayingBehind(charger: charger.id, reason: reason))
  }
}

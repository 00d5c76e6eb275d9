import Fleet

/// A campaign's row in this inventory.
package struct CampaignID: RawRepresentable, Sendable, Hashable, Comparable, Codable {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Chargers whose results are evidence for each other.
package struct Stratum: Sendable, Hashable, Comparable, Codable {
  package var vendor: String
  package var model: String
  package var hardware: String
  package var fromFirmware: String
  package var toFirmware: String
  package init(
    vendor: String, model: String, hardware: String, fromFirmware: String, toFirmware: String
  ) {
    self.vendor = vendor
    self.model = model
    self.hardware = hardware
    self.fromFirmware = fromFirmware
    self.toFirmware = toFirmware
  }
  /// `Volta AC22 2.3.1→2.4.0`.
  package var label: String {
    let model = hardware.isEmpty ? model : "\(model) \(hardware)"
    let name = model.hasPrefix(vendor) ? model : "\(vendor) \(model)"
    return "\(name) \(fromFirmware)→\(toFirmware)"
  }
  private var order: [String] { [vendor, model, hardware, fromFirmware, toFirmware] }
  package static func < (a: Self, b: Self) -> Bool {
    a.order.lexicographicallyPrecedes(b.order)
  }
}

/// One migration: a selection, a playbook, waves. Immutable once approved.
package struct Campaign: Sendable, Equatable, Codable {
  package enum Status: String, Sendable, Codable, CaseIterable {
    case draft
    case approved
    case running
    /// Nothing new is sent.
    case held
    case aborting
    case aborted
    case finished
  }
  package var id: CampaignID
  package var name: String
  package var playbook: Playbook
  /// The filter the chargers were selected by.
  package var selection: String
  package var author: String
  package var approver: String?
  /// The hash of the plan that was approved; nil in rows from before it was kept.
  package var approvedPlan: String?
  package var createdAt: Instant
  package var status: Status
  /// SHA-256 over the plan; an approval is bound to it.
  package var planHash: String
  package var waves: [Wave]
  /// Strata and their gates.
  package var strata: [StratumProgress]
  /// When it will be done, as its engine last saw it; nil: it has not looked.
  package var outlook: CampaignOutlook?
  /// Compare-and-set version.
  package var revision: Int

  package init(
    id: CampaignID, name: String, playbook: Playbook, selection: String, author: String,
    approver: String? = nil, createdAt: Instant, status: Status = .draft, planHash: String,
    waves: [Wave], strata: [StratumProgress], revision: Int = 0
  ) {
    self.id = id
    self.name = name
    self.playbook = playbook
    self.selection = selection
    self.author = author
    self.approver = approver
    self.createdAt = createdAt
    self.status = status
    self.planHash = planHash
    self.waves = waves
    self.strata = strata
    self.revision = revision
  }

  /// Strata in which a person has to decide before anybody goes on.
  package var waitingStrata: Int {
    strata.count { if case .waiting = $0.state { true } else { false } }
  }
}

/// An ordered share of a campaign. A wave's number is the same for all strata; each stratum goes
/// from wave to wave through its own gate.
package struct Wave: Sendable, Equatable, Codable {
  /// From 1; 1 is the canary.
  package var number: Int
  package var size: Int
  package init(number: Int, size: Int) { (self.number, self.size) = (number, size) }
}

/// Where one stratum of a campaign stands.
package struct StratumProgress: Sendable, Equatable, Codable {
  package enum State: Sendable, Equatable, Codable {
    /// Wave `n` may send.
    case open(wave: Int)
    /// Wave `n` ended, or was stopped, and a person decides: its gate did not pass, or the playbook
    /// wants a person to open it.
    case waiting(wave: Int, GateVerdict)
    /// Every wave ended.
    case finished
    /// A person, or the abort of the campaign, ended it.
    case stopped
  }
  package var stratum: Stratum
  package var target: FirmwareID
  package var state: State
  /// Decisions by name and reason that let a stratum go on after a gate that did not pass.
  package var decisions: [Decision]
  /// Where the sequential test of the open wave began; nil: with the first charger.
  package var trial: Trial?
  /// A gate of it failed before, and a person let it go on: its planned look is spent.
  package var looksAgain: Bool { decisions.contains { $0.word == .fail } }
  package init(
    stratum: Stratum, target: FirmwareID, state: State = .open(wave: 1), decisions: [Decision] = []
  ) {
    self.stratum = stratum
    self.target = target
    self.state = state
    self.decisions = decisions
  }
}

package struct Decision: Sendable, Equatable, Codable {
  package var by: String
  package var reason: String
  package var at: Instant
  package var wave: Int
  /// The gate's word that it was taken on; nil in rows from before it was kept.
  package var word: GateVerdict.Word?
  package init(
    by: String, reason: String, at: Instant, wave: Int, word: GateVerdict.Word? = nil
  ) {
    (self.by, self.reason, self.at, self.wave, self.word) = (by, reason, at, wave, word)
  }

  /// Whether the gate had not passed. One of which no word was kept is from before passed gates
  /// could wait for a person.
  package var isOverride: Bool { word != .pass }

  /// `ann opened wave 2 after its gate had passed: seen to`.
  package var sentence: String {
    let deed =
      word == .pass
      ? "opened the gate of wave \(wave), which had passed" : "let it go on after wave \(wave)"
    return "\(by) \(deed)\(reason.isEmpty ? "" : ": \(reason)")"
  }
}

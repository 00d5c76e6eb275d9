import Control
import Fleet
import Foundation
import OCPP
import Rollout
import Simulator
import Trust

/// A row of the demo's fleet as far as the demo itself reads it.
struct DemoRow: Sendable {
  /// How a charger may end.
  enum Ending: String, CaseIterable {
    case migrated
    case held
    case stopped
    case waiting
    case quarantined

    var label: String { self == .held ? "held on 1.6" : rawValue }
  }

  var identity: String
  var expected: Ending
  var endOfLife: EndOfLife.Reason?

  static func read(_ csv: String) throws -> [DemoRow] {
    try table(csv).map { cells in
      guard let identity = cells["identity"], let expected = cells["expect"].flatMap(Ending.init)
      else { throw Failure("the demo's fleet has a row without identity or expect: \(cells)") }
      return DemoRow(
        identity: identity, expected: expected,
        endOfLife: cells["eol"].flatMap { EndOfLife.Reason(rawValue: $0) })
    }
  }

  static func table(_ csv: String) -> [[String: String]] {
    let rows = CSV.rows(csv).rows
    guard let header = rows.first else { return [] }
    return rows.dropFirst().map {
      Dictionary(zip(header.fields, $0.fields), uniquingKeysWith: { first, _ in first })
    }
  }
}

/// An image of the demo's catalogue.
struct DemoImage {
  private let cells: [String: String]

  static func read(_ csv: String) throws -> [DemoImage] { DemoRow.table(csv).map(DemoImage.init) }

  /// Simulated chargers verify an image by its hash; what they are sent as a certificate only has
  /// to be there for the signed form of the update to be used.
  private static let certificate =
    "-----BEGIN CERTIFICATE-----\nc2ltdWxhdGVk\n-----END CERTIFICATE-----\n"

  private func text(_ column: String) -> String { cells[column] ?? "" }

  /// Makes the image's file and its catalogue entry.
  func write(into directory: String) throws -> Firmware {
    let flash = Int(text("flash_kb")) ?? 0
    let ram = Int(text("ram_kb")) ?? 0
    let bytes = SimulatedImage.make(
      model: text("model"), version: text("version"), protocols: text("protocols"), flash: flash,
      ram: ram, size: (Int(text("size_kb")) ?? 1) * 1024, seed: 1)
    let path = "\(directory)/\(text("model"))-\(text("version")).bin"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return Firmware(
      id: FirmwareID(rawValue: 0), vendor: text("vendor"), model: text("model"),
      version: text("version"), from: [text("from")],
      protocols: VersionSet(label: text("protocols")) ?? [], flashNeeded: flash, ramNeeded: ram,
      location: .depot(path: path), size: bytes.count, sha256: Hex.encode(Digest.sha256(bytes)),
      signature: Base64.encode(Digest.sha256(bytes)), signingCertificate: Self.certificate)
  }
}

/// How every charger of the demo ended, beside what was expected.
struct DemoReport {
  /// Outcome, count, why.
  private(set) var table: [[String]] = []
  private(set) var surprises: [String] = []

  init(rows: [DemoRow], upgrades: [UpgradeRow], fleet: [FleetRow], detail: CampaignDetail) {
    let upgradeOf = Dictionary(upgrades.map { ($0.identity, $0) }) { first, _ in first }
    let rowOf = Dictionary(fleet.map { ($0.identity, $0) }) { first, _ in first }
    let stratumOf = Dictionary(detail.strata.map { ($0.label, $0) }) { first, _ in first }
    var counts: [DemoRow.Ending: [String: Int]] = [:]
    for row in rows {
      let (ending, why) = Self.ending(
        upgradeOf[row.identity], rowOf[row.identity], stratumOf)
      if let ending { counts[ending, default: [:]][why, default: 0] += 1 }
      if ending != row.expected {
        surprises.append(
          "\(row.identity): expected \(row.expected.label), is \(ending?.label ?? "unfinished"): \(why)"
        )
      }
    }
    for ending in DemoRow.Ending.allCases {
      for (why, count) in (counts[ending] ?? [:]).sorted(by: {
        $0.value > $1.value || ($0.value == $1.value && $0.key < $1.key)
      }) {
        table.append([ending.label, String(count), why])
      }
    }
  }

  private static func ending(
    _ upgrade: UpgradeRow?, _ row: FleetRow?, _ strata: [String: CampaignDetail.StratumRow]
  ) -> (DemoRow.Ending?, String) {
    guard let upgrade else {
      return (.held, row?.verdict.label ?? "not in the inventory")
    }
    switch upgrade.phase {
    case .migrated:
      guard row?.speaks == .ocpp201 else {
        return (nil, "migrated, but speaks \(row?.speaks?.label ?? "nothing")")
      }
      return (.migrated, upgrade.stratum)
    case .quarantined: return (.quarantined, upgrade.detail)
    case .planned:
      guard case .waiting(_, let verdict) = strata[upgrade.stratum]?.state, row?.speaks == .ocpp16
      else { return (nil, "planned") }
      return (
        verdict.word == .fail ? .stopped : .waiting, "\(upgrade.stratum): \(verdict.sentence)"
      )
    default: return (nil, "\(upgrade.phase.rawValue) \(upgrade.detail)")
    }
  }
}

import Fleet
import Foundation
import Simulator
import Stock
import Trust

/// A fleet that can be shown: three stock files of one name, and how they are run.
struct DemoFleet: Sendable {
  var name: String
  /// Seconds; a demonstration that takes longer is stuck.
  var patience: Double
  /// The engine is restarted once, so many seconds after half of the fleet is under way; nil for
  /// never.
  var restart: Double?
  /// Milliseconds after a boot without an order: some chargers must be left alone for a while.
  var quiet: Int64
  /// Whether the report has a line for each charger with a habit, or one for each outcome.
  var namesHabits: Bool

  static let all = [
    DemoFleet(name: "demo", patience: 58, restart: nil, quiet: 30, namesHabits: false),
    DemoFleet(name: "habits", patience: 120, restart: 1, quiet: 250, namesHabits: true),
  ]

  func stock(_ ending: String) throws -> String {
    let path = "Inventory/fleets/\(name)\(ending)"
    guard let file = Stock.file(path) else { throw Failure("This binary carries no \(path).") }
    return file.text
  }
}

/// A row of the demo's fleet as far as the demo itself reads it.
struct DemoRow: Sendable {
  /// How a charger may end.
  enum Ending: String, CaseIterable {
    case migrated
    case held
    case stopped
    case waiting
    case rolledBack = "rolled-back"
    case quarantined
    case failed
    case skipped

    var label: String {
      switch self {
      case .held: "held on 1.6"
      case .rolledBack: "rolled back"
      default: rawValue
      }
    }
  }

  /// `stopped or quarantined`
  var expectation: String { expected.map(\.label).joined(separator: " or ") }

  var identity: String
  var habit: String
  /// More than one where it hangs on who is let begin first, as in a stratum that its gate stops.
  var expected: [Ending]
  /// Words that its story, or the reason of its end, has to contain.
  var how: String
  var endOfLife: EndOfLife.Reason?

  static func read(_ csv: String) throws -> [DemoRow] {
    try table(csv).map { cells in
      let endings = (cells["expect"] ?? "").split(separator: "|")
      let expected = endings.compactMap { Ending(rawValue: String($0)) }
      guard let identity = cells["identity"], !expected.isEmpty, expected.count == endings.count
      else { throw Failure("the demo's fleet has a row without identity or expect: \(cells)") }
      return DemoRow(
        identity: identity, habit: cells["habit"] ?? Habit.good, expected: expected,
        how: cells["how"] ?? "",
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

  private func text(_ column: String) -> String { cells[column] ?? "" }

  /// Makes the image's file and its catalogue entry, signed by a maker who exists for the demo only.
  func write(into directory: String) throws -> Firmware {
    let maker = try DemoAuthority("Demo maker of \(text("model"))")
    let signer = try maker.issue(.init("Demo images"))
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
      signature: Base64.encode(try DemoSigner.sign(bytes, key: signer.key, as: .ecdsa)),
      signingCertificate: signer.certificate)
  }
}

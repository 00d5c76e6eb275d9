import OCPP
import Stock
import Testing

/// The catalogue of the stock tables, for every test here.
enum Catalogue {
  static let shared: MessageCatalogue = {
    do {
      return try MessageCatalogue(tables: tables, codes: codes())
    } catch {
      Issue.record("stock tables: \(error)")
      preconditionFailure("\(error)")
    }
  }()

  static func codes() throws -> ViolationCodes {
    try ViolationCodes(csv: Stock.file("Inventory/violations.csv")?.text ?? "")
  }

  static var tables: [OCPPVersion: [UInt8]] {
    var tables: [OCPPVersion: [UInt8]] = [:]
    for version in OCPPVersion.allCases {
      tables[version] = Stock.file("Inventory/messages/ocpp\(version.label).txt")?.bytes
    }
    return tables
  }
}

/// One side of a message and a payload for it.
struct Sample: Sendable, CustomTestStringConvertible {
  enum Side: Sendable { case request, response }
  var versions: [OCPPVersion]
  var action: String
  var side: Side
  var json: String

  var testDescription: String { "\(action) \(side) of \(versions.map(\.label))" }

  init(_ versions: [OCPPVersion], _ action: String, _ side: Side, _ json: String) {
    self.versions = versions
    self.action = action
    self.side = side
    self.json = json
  }

  func violation(in version: OCPPVersion) throws -> Violation? {
    let action = try #require(Catalogue.shared.action(named: action, version: version))
    let value = try JSONDocument(text: json).root
    return switch side {
    case .request: Catalogue.shared.validate(request: value, of: action)
    case .response: Catalogue.shared.validate(response: value, of: action)
    }
  }
}

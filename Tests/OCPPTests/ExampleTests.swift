import Foundation
import OCPP
import Testing

/// A message both ways as it may go over a wire, from the files in Examples: a line an action.
struct Example: Sendable {
  var action: String
  /// The payloads as they were written.
  var payloads: [MessageSide: String]

  static func all(of version: OCPPVersion) throws -> [Example] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let file = folder.appendingPathComponent("Examples/\(version.label).jsonl")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let root = try JSONDocument(text: String(line)).root
      var payloads: [MessageSide: String] = [:]
      for side in MessageSide.allCases { payloads[side] = root[named: side.rawValue]?.text }
      return Example(action: root["action"]?.string ?? "", payloads: payloads)
    }
  }
}

@Suite struct ExampleTests {
  @Test(
    "There is an example of every message both ways; it validates, and does so written again",
    arguments: OCPPVersion.allCases)
  func examples(version: OCPPVersion) throws {
    let examples = try Example.all(of: version)
    let actions = Catalogue.shared.actions(of: version)
    #expect(examples.map(\.action) == actions.map(\.name))
    for (example, action) in zip(examples, actions) {
      let sides = MessageSide.allCases.filter { $0 == .request || action.response != nil }
      #expect(Set(example.payloads.keys) == Set(sides), "\(action.name)")
      for (side, text) in example.payloads {
        let value = try JSONDocument(text: text).root
        let violation = Catalogue.shared.validate(side, value, of: action)
        #expect(violation == nil, "\(action.name) \(side)")
        let again = JSON(value)
        let copy = try JSONDocument(text: again.text).root
        #expect(JSON(copy) == again, "\(action.name) \(side)")
        #expect(Catalogue.shared.validate(side, copy, of: action) == nil, "\(action.name) \(side)")
      }
    }
  }

  @Test("An example reads from a frame as it stands alone", arguments: OCPPVersion.allCases)
  func frames(version: OCPPVersion) throws {
    var reader = FrameReader()
    for (number, example) in try Example.all(of: version).enumerated() {
      let request = try #require(example.payloads[.request])
      let bytes = FrameWriter.call(
        id: "\(number)", action: example.action, payload: Array(request.utf8))
      guard
        case .frame(.call("\(number)", let action, let payload)) = reader.read(
          bytes, version: version)
      else {
        Issue.record("\(example.action) is no call")
        continue
      }
      #expect(action == example.action && payload.text == request)
    }
  }

  @Test("Fields of every kind that the tables have stand in some example")
  func variety() throws {
    for version in OCPPVersion.allCases {
      let payloads = try Example.all(of: version).flatMap(\.payloads.values).joined()
      for field in ["customData", "statusInfo", "additionalInfo"] where version != .v16 {
        #expect(payloads.contains("\"\(field)\""), "\(field) in \(version)")
      }
      #expect(payloads.contains("+01:00"), "a time with an offset in \(version)")
    }
  }
}

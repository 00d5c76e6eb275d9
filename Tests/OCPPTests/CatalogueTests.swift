import OCPP
import Testing

@Suite struct CatalogueTests {
  @Test(
    "Every action of every version is there",
    arguments: [(OCPPVersion.v16, 39), (.v201, 64), (.v21, 91)])
  func counts(version: OCPPVersion, count: Int) {
    let actions = Catalogue.shared.actions(of: version)
    #expect(actions.count == count)
    #expect(actions.map(\.name) == actions.map(\.name).sorted())
    for action in actions {
      #expect(Catalogue.shared.action(named: action.name, version: version) == action)
      #expect((action.response == nil) == (action.kind == .send))
    }
  }

  @Test("Every schema loads and refuses a field that no message has")
  func schemas() throws {
    let stranger = try JSONDocument(text: #"{"noSuchField":1}"#).root
    for version in OCPPVersion.allCases {
      for action in Catalogue.shared.actions(of: version) {
        let request = Catalogue.shared.validate(request: stranger, of: action)
        #expect(request?.kind == .unknownField && request?.path == "noSuchField", "\(action.name)")
        guard action.response != nil else { continue }
        let response = Catalogue.shared.validate(response: stranger, of: action)
        #expect(response?.kind == .unknownField, "\(action.name)")
      }
    }
  }

  @Test("An action says who sends it, how and where it belongs")
  func descriptors() throws {
    let boot = try #require(Catalogue.shared.action(named: "BootNotification", version: .v16))
    #expect(boot.direction == .station && boot.kind == .call && boot.group == "Core")
    #expect(boot.mayBeSent(by: .station) && !boot.mayBeSent(by: .csms))
    let data = try #require(Catalogue.shared.action(named: "DataTransfer", version: .v201))
    #expect(data.direction == .both && data.mayBeSent(by: .csms) && data.mayBeSent(by: .station))
    let stream = try #require(
      Catalogue.shared.action(named: "NotifyPeriodicEventStream", version: .v21))
    #expect(stream.kind == .send && stream.response == nil)
    let update = try #require(Catalogue.shared.action(named: "UpdateFirmware", version: .v201))
    #expect(update.group == "L FirmwareManagement")
    let signed = Catalogue.shared.action(named: "SignedUpdateFirmware", version: .v16)
    #expect(signed?.direction == .csms)
    #expect(Catalogue.shared.action(named: "SignedUpdateFirmware", version: .v201) == nil)
    #expect(Catalogue.shared.action(named: "bootNotification", version: .v16) == nil)
  }

  @Test(
    "A table that breaks its format is refused with the line",
    arguments: [
      ("version 2.1\n", 1), ("", 0), ("version 1.6\nnonsense\n", 2),
      ("version 1.6\n  a string\n", 2),
      ("version 1.6\ntype T\n  a [1..x] string\n", 3),
      ("version 1.6\ntype T\n  a number /0.5\n", 3),
      ("version 1.6\ntype T\ntype T\n", 3), ("version 1.6\nenum E a\nenum E b\n", 3),
      ("version 1.6\ntype T\n  a Missing\n", 3), ("version 1.6\naction A Core nobody CALL\n", 2),
      ("version 1.6\naction A Core csms CALL\nrequest\n", 3),
    ])
  func brokenTables(text: String, line: Int) throws {
    let codes = try Catalogue.codes()
    do throws(CatalogueError) {
      _ = try MessageCatalogue(tables: [.v16: Array(text.utf8)], codes: codes)
      Issue.record("taken")
    } catch {
      guard case .table(.v16, line, _) = error else {
        Issue.record("\(error)")
        return
      }
    }
  }
}

import Fleet

@testable import CSMS

extension Workbench {
  /// An engine with rows of the quirk table and, if nothing else is said, one AC22 of Volta.
  /// - Parameter rows: `name,vendor,does,value`.
  static func with(
    quirks rows: [String],
    fleet: String = "identity,vendor,model,firmware\nCP1,Volta,AC22,2.3.1\n",
    _ edit: (inout EngineSettings) -> Void = { _ in }
  ) throws -> Workbench {
    let table = QuirkTable(
      try QuirkTable.read(
        csv: "name,vendor,does,value\n" + rows.joined(separator: "\n") + "\n", file: "test",
        isOwn: true))
    return try Workbench(fleet) {
      $0.quirks = table
      edit(&$0)
    }
  }
}

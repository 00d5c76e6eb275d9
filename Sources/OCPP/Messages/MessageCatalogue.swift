/// Why a message table cannot be used.
package enum CatalogueError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A line of a table that does not follow its format.
  case table(version: OCPPVersion, line: Int, what: String)

  package var description: String {
    switch self {
    case .table(let version, let line, let what):
      "message table of OCPP \(version.label), line \(line): \(what)"
    }
  }
}

/// The actions of every version, the rules of their payloads, from the tables of
/// Inventory/messages, and the codes that answer a broken one. Made once; any thread may use it.
package final class MessageCatalogue: Sendable {
  package let codes: ViolationCodes
  let tables: [SchemaTable?]
  private let compiled: [CompiledTable?]

  /// Reads the tables given, each the bytes of one version's file. A version without a table has no
  /// actions.
  /// - Parameter codes: what Inventory/violations.csv says.
  package init(
    tables texts: [OCPPVersion: [UInt8]], codes: ViolationCodes
  ) throws(CatalogueError) {
    self.codes = codes
    var tables: [SchemaTable?] = []
    for version in OCPPVersion.allCases {
      let table: SchemaTable? =
        if let text = texts[version] {
          try SchemaTableReader.read(text, version: version)
        } else { nil }
      tables.append(table)
    }
    self.tables = tables
    compiled = tables.map { $0.map(CompiledTable.init) }
  }

  /// The action of that name in that version; nil when the version has none (NotImplemented).
  package func action(named name: String, version: OCPPVersion) -> ActionDescriptor? {
    guard let table = compiled[Int(version.rawValue)] else { return nil }
    return name.withBytes { table.position(ofAction: $0) }.map { table.actions[$0] }
  }

  /// Every action of the version by name; the security extension's are among those of 1.6.
  package func actions(of version: OCPPVersion) -> [ActionDescriptor] {
    tables[Int(version.rawValue)]?.actions ?? []
  }

  /// The first rule that a request's payload breaks, or nil.
  package func validate(request value: JSONValue, of action: ActionDescriptor) -> Violation? {
    validate(value, type: action.request, version: action.version)
  }

  /// The first rule that a response's payload breaks, or nil. The answer to a SEND, which has none,
  /// breaks no rule here.
  package func validate(response value: JSONValue, of action: ActionDescriptor) -> Violation? {
    action.response.flatMap { validate(value, type: $0, version: action.version) }
  }

  /// The first rule that a request made here breaks, or nil.
  package func validate(request value: JSON, of action: ActionDescriptor) -> Violation? {
    validate(value, type: action.request, version: action.version)
  }

  /// The first rule that a response made here breaks, or nil.
  package func validate(response value: JSON, of action: ActionDescriptor) -> Violation? {
    action.response.flatMap { validate(value, type: $0, version: action.version) }
  }

  private func validate(_ value: JSONValue, type: Int, version: OCPPVersion) -> Violation? {
    guard let table = compiled[Int(version.rawValue)] else { return nil }
    return Validator.validate(value, type: type, table: table)
  }

  private func validate(_ value: JSON, type: Int, version: OCPPVersion) -> Violation? {
    do throws(JSONError) {
      let document = try JSONDocument(text: value.text)
      return validate(document.root, type: type, version: version)
    } catch {
      return Violation(kind: .syntax, path: "", detail: error.description)
    }
  }
}

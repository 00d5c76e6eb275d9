/// A CSV of tokens, read: `id`, `type`, `status`, `group`, `expires` (a day, its end in UTC).
package struct TokenImport: Sendable, Equatable {
  package var tokens: [Token] = []
  package var refused: [RefusedRow] = []

  package static func parse(csv: String, source: String) -> TokenImport {
    let file = CSV.rows(csv)
    var result = TokenImport(refused: file.refused)
    let names = file.rows.first?.fields.map { $0.lowercased() } ?? []
    guard let id = names.firstIndex(where: { $0 == "id" || $0 == "token" || $0 == "idtag" }) else {
      result.refused.append(
        RefusedRow(line: 1, column: "id", reason: "\(source) has no column \"id\""))
      return result
    }
    var lines: [String: Int] = [:]
    for row in file.rows.dropFirst() {
      func refuse(_ column: String?, _ reason: String) {
        result.refused.append(RefusedRow(line: row.line, column: column, reason: reason))
      }
      guard row.fields.count == names.count else {
        refuse(nil, "\(row.fields.count) fields, the header has \(names.count)")
        continue
      }
      func field(_ name: String) -> String? {
        names.firstIndex(of: name).map { row.fields[$0] }.flatMap { $0.isEmpty ? nil : $0 }
      }
      let text = row.fields[id]
      // OCPP 2.1 IdTokenType.idToken; 2.0.1 has 36 characters, 1.6 has 20.
      guard !text.isEmpty, text.utf8.count <= 255 else {
        refuse("id", text.isEmpty ? "the token is missing" : "a token has at most 255 characters")
        continue
      }
      if let first = lines[text.lowercased()] {
        refuse("id", "\"\(text)\" is in line \(first) already")
        continue
      }
      let word = field("status") ?? Token.Status.accepted.rawValue
      guard
        let status = Token.Status.allCases.first(where: {
          $0.rawValue.lowercased() == word.lowercased()
        })
      else {
        let known = Token.Status.allCases.map(\.rawValue).joined(separator: ", ")
        refuse("status", "\"\(word)\" is none of \(known)")
        continue
      }
      var type: String?
      if let word = field("type") {
        type = Token.types.first { $0.lowercased() == word.lowercased() }
        guard type != nil else {
          refuse("type", "\"\(word)\" is none of \(Token.types.joined(separator: ", "))")
          continue
        }
      }
      var expires: Instant?
      if let day = field("expires") {
        guard let start = CivilDay(iso: day)?.start else {
          refuse("expires", "\"\(day)\" is no day such as 2027-03-31")
          continue
        }
        expires = start + .hours(24)
      }
      lines[text.lowercased()] = row.line
      result.tokens.append(
        Token(id: text, type: type, status: status, group: field("group"), expires: expires))
    }
    return result
  }
}

/// What the operator's token list says of a token.
package struct Token: Sendable, Equatable, Codable {
  package enum Status: String, Sendable, CaseIterable, Codable {
    case accepted = "Accepted"
    case blocked = "Blocked"
    case expired = "Expired"
    case invalid = "Invalid"
  }
  package var id: String
  package var status: Status
  package var group: String?
  package var expires: Instant?
  package init(id: String, status: Status, group: String?, expires: Instant?) {
    (self.id, self.status, self.group, self.expires) = (id, status, group, expires)
  }
}

/// What the operator's token list says of a token.
package struct Token: Sendable, Equatable, Codable {
  package enum Status: String, Sendable, CaseIterable, Codable {
    case accepted = "Accepted"
    case blocked = "Blocked"
    case expired = "Expired"
    case invalid = "Invalid"
  }
  package var id: String
  /// The kind it must come as in OCPP 2.x, one of `types`; nil: any. 1.6 names no kinds.
  package var type: String?
  package var status: Status
  package var group: String?
  package var expires: Instant?
  package init(
    id: String, type: String? = nil, status: Status, group: String?, expires: Instant?
  ) {
    (self.id, self.type, self.status, self.group, self.expires) = (id, type, status, group, expires)
  }

  /// OCPP 2.0.1 IdTokenEnumType, and what 2.1 adds (part 2 appendix 7, IdTokenEnumStringType).
  package static let types = [
    "Central", "DirectPayment", "eMAID", "EVCCID", "ISO14443", "ISO15693", "KeyCode", "Local",
    "MacAddress", "NoAuthorization", "VIN",
  ]

  /// Whether it is meant where a charger names that kind; nil: none is named. Two tokens are the
  /// same when value and kind are (OCPP 2.0.1 C01.FR.25).
  package func isMeant(by type: String?) -> Bool {
    guard let own = self.type, let type else { return true }
    return own.lowercased() == type.lowercased()
  }
}

/// A token as a charger presents it.
package struct PresentedToken: Sendable, Equatable {
  package var id: String
  /// OCPP 2.x idToken.type; nil in 1.6.
  package var type: String?
  /// A contract certificate, or the hashes of one, came with it (OCPP 2.0.1 C07).
  package var hasCertificate: Bool
  package init(id: String, type: String? = nil, hasCertificate: Bool = false) {
    (self.id, self.type, self.hasCertificate) = (id, type, hasCertificate)
  }
}

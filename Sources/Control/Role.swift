import Fleet

/// What a person may do; each includes those before it.
package enum Role: Int, Sendable, Comparable, CaseIterable, Codable {
  case viewer
  case technician
  case planner
  case approver
  case admin

  package var label: String {
    switch self {
    case .viewer: "viewer"
    case .technician: "technician"
    case .planner: "planner"
    case .approver: "approver"
    case .admin: "admin"
    }
  }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// What holds for everybody's roles on one inventory.
package struct RolePolicy: Sendable, Equatable, Codable {
  /// Whoever planned a campaign may neither approve it nor decide on its gates.
  package var fourEyes: Bool
  package init(fourEyes: Bool = false) { self.fourEyes = fourEyes }
}

/// Who asks.
package struct Caller: Sendable, Equatable, Codable {
  package var name: String
  package var role: Role
  package init(name: String, role: Role) { (self.name, self.role) = (name, role) }
}

/// Whom a role is given to.
package struct RoleGrant: Sendable, Equatable, Codable {
  package enum Subject: Sendable, Hashable, Codable {
    /// A user of this machine by number.
    case user(UInt32)
    /// Everybody in a group of this machine.
    case group(UInt32)
  }
  package var subject: Subject
  /// The name that the number had when the role was given.
  package var name: String
  package var role: Role
  package var by: String
  package var at: Instant
  package init(subject: Subject, name: String, role: Role, by: String, at: Instant) {
    self.subject = subject
    self.name = name
    self.role = role
    self.by = by
    self.at = at
  }
}

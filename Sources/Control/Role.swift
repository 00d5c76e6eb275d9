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

/// Who asks.
package struct Caller: Sendable, Equatable, Codable {
  package var name: String
  package var role: Role
  package init(name: String, role: Role) { (self.name, self.role) = (name, role) }
}

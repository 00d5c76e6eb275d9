import Control
import Fleet

enum RoleTable {
  static func policy(_ connection: Connection) throws(StoreError) -> RolePolicy {
    let mark = try connection.int("SELECT value FROM markers WHERE name = 'four-eyes'")
    return RolePolicy(fourEyes: mark == 1)
  }

  static func grants(_ connection: Connection) throws(StoreError) -> [RoleGrant] {
    try connection.rows(
      "SELECT kind, number, name, role, given_by, at FROM roles ORDER BY name, kind DESC, number"
    ) { row throws(StoreError) in
      guard let role = Role.allCases.first(where: { $0.label == row.text(3) }) else {
        throw .damaged(subject: "The role of \(row.text(2))", reason: "role \(row.text(3))")
      }
      // The schema lets nothing else in.
      let number = UInt32(truncatingIfNeeded: row.int(1))
      return RoleGrant(
        subject: row.text(0) == "group" ? .group(number) : .user(number), name: row.text(2),
        role: role, by: row.text(4), at: Instant(milliseconds: row.int(5)))
    }
  }
}

extension RoleGrant.Subject {
  /// Its columns `kind` and `number`.
  var values: [SQLValue] {
    switch self {
    case .user(let number): [.text("user"), .int(Int64(number))]
    case .group(let number): [.text("group"), .int(Int64(number))]
    }
  }
}

import Control
import Fleet

extension Store {
  /// Whom which role was given to, in the order of names.
  package func roles() throws -> [RoleGrant] { try RoleTable.grants(connection) }

  /// Gives a role, in place of the one that its subject had.
  package func setRole(_ grant: RoleGrant) throws {
    try connection.run(
      "INSERT OR REPLACE INTO roles (kind, number, name, role, given_by, at) "
        + "VALUES (?, ?, ?, ?, ?, ?)",
      grant.subject.values + [
        .text(grant.name), .text(grant.role.label), .text(grant.by), .at(grant.at),
      ])
  }

  package func rolePolicy() throws -> RolePolicy { try RoleTable.policy(connection) }

  package func setRolePolicy(_ policy: RolePolicy) throws {
    try connection.run(
      "INSERT OR REPLACE INTO markers VALUES ('four-eyes', ?)", [.bool(policy.fourEyes)])
  }

  /// Takes the role of a subject away; false when it had none.
  @discardableResult
  package func removeRole(_ subject: RoleGrant.Subject) throws -> Bool {
    try connection.run("DELETE FROM roles WHERE kind = ? AND number = ?", subject.values) > 0
  }
}

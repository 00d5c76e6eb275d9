import Rollout

/// Where a stage keeps what a death must leave: rows of its campaigns, in a real store for one.
package protocol StageRows: AnyObject {
  /// Adds what was planned, before anything else.
  func begin(_ campaigns: [Campaign], _ upgrades: [Upgrade]) throws
  /// One transaction; when the engine dies before its commit, nothing of it may last.
  func commit(_ changes: StageChanges, dies: Bool) throws
  /// As a new process reads them: nothing is left of the old one's memory.
  func reopen() throws -> (campaigns: [Campaign], upgrades: [Upgrade])
}

/// What a transaction writes, in its order.
package struct StageChanges {
  package var campaigns: [Campaign] = []
  package var upgrades: [Upgrade] = []
  package var attempts: [Attempt] = []
  package var outcomes: [Attempt] = []
  var isEmpty: Bool {
    campaigns.isEmpty && upgrades.isEmpty && attempts.isEmpty && outcomes.isEmpty
  }
}

import Fleet
import Rollout

/// How chargers do, counted in the transaction that stores what tells it.
extension Core {
  /// Cheap for every message: a row is written once an hour, and with the charger's others, as
  /// thousands of hours begin at once when thousands come back.
  func noteHeard(of charger: LiveCharger, at: Instant) {
    let hour = at.milliseconds / 3_600_000
    guard charger.heardHour != hour else { return }
    charger.heardHour = hour
    charger.heardAt.append(at)
    mustFlush = true
  }

  /// Writes down the hours in which a charger was heard of.
  func writeHeard(of charger: LiveCharger) throws {
    for at in charger.heardAt { try store.heard(of: charger.charger.id, at: at) }
    charger.heardAt = []
  }

  func countTrouble(_ trouble: Trouble, _ times: Int = 1, of charger: LiveCharger, at: Instant)
    throws
  {
    guard times > 0 else { return }
    try store.count(trouble, times, of: charger.charger.id, at: at)
  }

  /// Of the states that a message reports, those that put a connector out of order.
  func newFaults(_ reported: [Connector], of charger: LiveCharger) -> [ConnectorID] {
    reported.filter {
      $0.state == .faulted && charger.connectors[$0.id]?.state != .faulted
    }.map(\.id)
  }

  /// Counts those of them that were taken: an old report may have come late.
  func countFaults(_ connectors: [ConnectorID], of charger: LiveCharger, at: Instant) throws {
    let taken = connectors.count { charger.connectors[$0]?.state == .faulted }
    try countTrouble(.fault, taken, of: charger, at: at)
  }

  /// What a gate looks at besides installs; nil where the playbook does not.
  func health(
    of campaign: Campaign, stratum: Int, at now: Instant
  ) throws -> HealthSample? {
    let policy = campaign.playbook.gate.health
    if policy.demand == .off { return nil }
    return try store.health(of: campaign.id, stratum: stratum, policy: policy, at: now)
  }
}

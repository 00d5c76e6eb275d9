import Fleet
import Rollout

extension Store: HealthStore {
  package func heard(of charger: ChargerID, at: Instant) throws {
    try HealthTable.heard(of: charger, at: at, connection)
  }

  package func count(
    _ trouble: Trouble, _ times: Int, of charger: ChargerID, at: Instant
  ) throws {
    try HealthTable.count(trouble, times, of: charger, at: at, connection)
  }

  package func health(
    of campaign: CampaignID, stratum: Int, policy: HealthPolicy, at now: Instant
  ) throws -> HealthSample {
    try HealthTable.sample(of: campaign, stratum: stratum, policy: policy, at: now, connection)
  }
}

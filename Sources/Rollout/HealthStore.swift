import Fleet

/// What the engine counts of each charger's health, in the transaction that stores what it counts.
package protocol HealthStore {
  /// The charger was heard of in the hour of this moment. Also drops what is too old.
  func heard(of charger: ChargerID, at: Instant) throws
  func count(_ trouble: Trouble, _ times: Int, of charger: ChargerID, at: Instant) throws
  /// The newest migrated chargers of a stratum, each before its migration and since; at most
  /// `HealthSample.limit`.
  func health(
    of campaign: CampaignID, stratum: Int, policy: HealthPolicy, at now: Instant
  ) throws -> HealthSample
}

/// What may go wrong more often than before.
package enum Trouble: Sendable, CaseIterable {
  /// Its connection ended.
  case reconnect
  case boot
  /// A connector went to Faulted.
  case fault
}

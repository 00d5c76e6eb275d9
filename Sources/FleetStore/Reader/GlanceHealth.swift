import Fleet
import Rollout

/// A stratum of a campaign.
struct HealthKey: Hashable {
  var campaign: CampaignID
  var stratum: Int
}

extension Glance {
  private static let kept = Span.seconds(30)

  /// How the migrated chargers of a stratum do; nil where its playbook does not look.
  func health(
    of campaign: Campaign, stratum: Int, at now: Instant
  ) throws(StoreError) -> HealthSample? {
    let policy = campaign.playbook.gate.health
    if policy.demand == .off { return nil }
    let key = HealthKey(campaign: campaign.id, stratum: stratum)
    if let known = healths[key], abs((now - known.at).milliseconds) < Self.kept.milliseconds {
      return known.sample
    }
    let sample = try HealthTable.sample(
      of: campaign.id, stratum: stratum, policy: policy, at: now, connection)
    if healths.count >= 64 { healths.removeAll() }
    healths[key] = (now, sample)
    return sample
  }
}

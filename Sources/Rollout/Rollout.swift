/// Rollout

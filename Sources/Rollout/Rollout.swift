/// Rollout: what a campaign may do and when.
///
/// Owns playbooks, campaigns, the planner, gates, and the pure state machines of waves and
/// upgrades: (state, event, now) → (state, commands). Refuses I/O, clocks, randomness and protocol
/// versions' words. Imports Fleet.

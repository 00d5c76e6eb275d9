/// What the phases of an upgrade mean here, by their stored words.
enum Phases {
  /// Nothing leads on from these.
  static let ends: Set<String> = [
    "migrated", "rolledBack", "quarantined", "heldOn16", "failed", "skipped", "cancelled",
  ]
  /// An outage runs: a place at the site is held.
  static let outages: Set<String> = [
    "snapshot", "draining", "ordering", "ordered", "downloading", "downloaded", "installing",
    "rebooting", "firmwareProved", "drainingToSwitch", "switching", "provisioning", "accepting",
    "verifying", "restoring",
  ]
  /// Failures that say nothing of a build.
  static let innocent: Set<String> = ["never free", "taken back by a person"]
  /// States of an attempt that prove that it had no effect.
  static let withoutEffect: Set<String> = ["rejected", "notSupported", "noEffect"]
}

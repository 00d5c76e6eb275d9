import Rollout

extension Upgrade.Phase {
  /// As people say it, in a few words.
  var wording: String {
    switch self {
    case .planned: "planned"
    case .snapshot: "reading configuration"
    case .draining, .drainingToSwitch: "draining"
    case .ordering: "update ordered"
    case .ordered: "update accepted"
    case .downloading: "downloading"
    case .downloaded: "downloaded"
    case .installing: "installing"
    case .rebooting: "rebooting"
    case .firmwareProved: "firmware proved"
    case .soakingOnFirmware: "on 1.6, soak"
    case .readyToSwitch: "ready to switch"
    case .switching: "switching"
    case .provisioning: "provisioning"
    case .accepting: "accepting"
    case .verifying: "verifying"
    case .restoring: "restoring"
    case .soaking: "soaking"
    case .rollingBack: "rolling back"
    case .migrated: "migrated"
    case .rolledBack: "rolled back"
    case .quarantined: "quarantined"
    case .heldOn16: "held on 1.6"
    case .failed: "failed"
    case .skipped: "skipped"
    case .cancelled: "cancelled"
    }
  }
}

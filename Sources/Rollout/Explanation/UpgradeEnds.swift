import Fleet

/// What may follow an end.
extension UpgradeExplaining {
  var ended: [String] {
    switch upgrade.phase {
    case .quarantined:
      [
        "A technician is needed there; nothing is sent to it until then.",
        "When it is repaired, end its quarantine and plan it again.",
      ]
    case .rolledBack:
      upgrade.failure == nil || upgrade.failure?.reason == .byPerson
        ? ["It serves drivers on \(old); plan it again when the reason is gone."]
        : ["It serves drivers on \(old).", "\(remedy) Then plan it again in a new campaign."]
    case .failed:
      ["It serves drivers on \(old).", "\(remedy) Then plan it again in a new campaign."]
    case .skipped:
      [
        memory.endReason?.hasPrefix("offline") == true
          ? "It counts neither as done nor as failed; plan it again when it is online."
          : "It counts neither as done nor as failed; plan it again in a new campaign."
      ]
    case .heldOn16: ["It counts neither as done nor as failed; \(again)"]
    case .cancelled: ["Nothing was changed; \(again)"]
    default: []
    }
  }

  private var again: String {
    memory.endReason?.hasPrefix("marked end-of-life") == true
      ? "no campaign takes it on while it is end-of-life." : "a new campaign can take it on."
  }

  /// What to look at, by the class of the failure.
  private var remedy: String {
    switch upgrade.failure?.reason {
    case .downloadFailed, .downloadStalled:
      "Check that the site reaches the image, and its uplink."
    case .badSignature: "Check the image's signature and the certificate it was signed with."
    case .rejected: "Ask the vendor which form of update it takes."
    case .silent: "Look at its connection: it did not answer."
    case .step: "Look at what it answered to the step of the playbook."
    case .notBack: "Reset it there; only \(old) is released for it."
    case .noSwitch, .notProved, .bootLoop:
      "Ask the vendor whether this image really speaks \(target)."
    case .installFailed, .noBoot, .wrongFirmware: "Ask the vendor why it did not take the image."
    case .drainTimeout: "Choose a time when drivers leave it free."
    case .byPerson, nil: "See why."
    }
  }
}

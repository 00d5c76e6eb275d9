import Fleet

/// Something that people outside should hear of, kept until whoever passes it on has taken it.
package struct Announcement: Sendable, Equatable, Codable {
  /// Words are stored and handed out: never change one.
  package enum Kind: String, Sendable, Codable, CaseIterable {
    /// A stratum's gate failed; it waits for a person.
    case gateFailed = "gate-failed"
    /// A gate neither passed nor failed, or passed and wants a person's word.
    case decisionNeeded = "decision-needed"
    /// A charger needs a technician.
    case chargerQuarantined = "charger-quarantined"
    /// A campaign was planned of which nobody could begin.
    case planBlocked = "plan-blocked"
    /// The engine has started while campaigns run.
    case engineRestarted = "engine-restarted"
    /// A wave of a stratum has passed its gate.
    case waveDone = "wave-done"
    /// A campaign is over.
    case campaignDone = "campaign-done"
    /// Somebody wanted to see whether notices arrive.
    case test
  }

  /// Rises; the same at each try, so that whoever receives it twice can tell.
  package var id: Int64
  package var at: Instant
  package var kind: Kind
  /// What it is about, in a few words.
  package var subject: String
  package var details: Details
  /// How often it was handed out.
  package var attempts: Int
  /// Not tried before this.
  package var nextAt: Instant
  /// When it was taken.
  package var doneAt: Instant?
  /// What went wrong the last time.
  package var lastError: String?

  /// Facts of a notice; nil where it has none.
  package struct Details: Sendable, Equatable, Codable {
    /// Sentences for a person.
    package var text: String
    package var campaign: String?
    package var wave: Int?
    package var stratum: String?
    package var charger: String?
    package init(
      _ text: String, campaign: String? = nil, wave: Int? = nil, stratum: String? = nil,
      charger: String? = nil
    ) {
      (self.text, self.campaign, self.wave) = (text, campaign, wave)
      (self.stratum, self.charger) = (stratum, charger)
    }
  }

  package init(id: Int64 = 0, at: Instant, kind: Kind, subject: String, details: Details) {
    (self.id, self.at, self.kind, self.subject) = (id, at, kind, subject)
    (self.details, attempts, nextAt) = (details, 0, at)
  }
}

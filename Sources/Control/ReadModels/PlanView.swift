import Fleet
import Rollout

/// What a plan would do.
package struct PlanView: Sendable, Equatable, Codable {
  package struct StratumPlan: Sendable, Equatable, Codable {
    package var label: String
    /// Chargers in each wave.
    package var waves: [Int]
    /// Why its gate can't pass by itself, when it can't.
    package var warning: String?
    package init(label: String, waves: [Int], warning: String?) {
      (self.label, self.waves, self.warning) = (label, waves, warning)
    }
  }
  package struct PlacedCharger: Sendable, Equatable, Codable {
    package var charger: String
    package var wave: Int
    package var stratum: String
    package init(charger: String, wave: Int, stratum: String) {
      (self.charger, self.wave, self.stratum) = (charger, wave, stratum)
    }
  }
  package struct LeftOut: Sendable, Equatable, Codable {
    package var verdict: Readiness.Verdict
    package var count: Int
    package init(verdict: Readiness.Verdict, count: Int) {
      (self.verdict, self.count) = (verdict, count)
    }
  }
  package var name: String
  package var planHash: String
  package var chargers: Int
  package var strata: [StratumPlan]
  package var leftOut: [LeftOut]
  package var warnings: [String]
  /// The plan in time, if that was asked for.
  package var schedule: SchedulePreview?
  /// Every charger, if that was asked for.
  package var places: [PlacedCharger]?
  /// The playbook that it is made by, if its chargers were asked for.
  package var policy: Playbook?
  package init(
    name: String, planHash: String, chargers: Int, strata: [StratumPlan], leftOut: [LeftOut],
    warnings: [String]
  ) {
    self.name = name
    self.planHash = planHash
    self.chargers = chargers
    self.strata = strata
    self.leftOut = leftOut
    self.warnings = warnings
  }
}

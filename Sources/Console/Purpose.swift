import Control
import Fleet

/// What comes of a form once it is confirmed.
enum Purpose: Sendable, Equatable {
  /// Something to read; Enter closes it.
  case read
  /// For the chargers with these identities.
  case chargers(ChargerAction, [String])
  case campaign(CampaignAction, name: String)
  /// One of these strata of a campaign, by the choice made.
  case stratum(StratumAction, campaign: String, [String])
  /// `shown` is the request whose plan the form shows; Enter stores that one only.
  case plan(selection: String, shown: PlanRequest?)
  /// A table of chargers; `shown` is the one whose check the form shows. Enter imports that one.
  case importChargers(shown: CheckedTable?)
  case addFirmware
  /// Marks every charger of the filter.
  case markAll
  /// A person's own message to a charger.
  case send(charger: String, action: String, payload: String)
}

/// A table that a dry run has gone over.
struct CheckedTable: Sendable, Equatable {
  /// As it was typed.
  var path: String
  var csv: String
  var source: String
}

/// Actions on chargers that ask something first.
enum ChargerAction: Sendable, Equatable {
  case endOfLife, undoEndOfLife, pin, unpin, note, repaired, accept, rollBack
  case trace(on: Bool)
}

/// Actions on a campaign that ask something first.
enum CampaignAction: Sendable, Equatable {
  /// Bound to the plan that was shown.
  case approve(planHash: String)
  case start, hold, resume, recall, abort
}

enum StratumAction: Sendable, Equatable {
  case override, stop
}

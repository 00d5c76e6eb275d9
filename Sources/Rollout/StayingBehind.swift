import Fleet

/// A charger that a campaign's selection named and its plan did not take.
package struct StayingBehind: Sendable, Equatable {
  package var charger: ChargerID
  /// Why, as it was when the plan was made.
  package var reason: String
  package init(charger: ChargerID, reason: String) {
    (self.charger, self.reason) = (charger, reason)
  }
}

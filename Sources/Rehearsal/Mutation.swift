/// A guard taken away, to see that its loss does not go unseen.
package enum Mutation: String, Sendable, CaseIterable {
  case forgetsSessions
  case takesUnknownForFree
  case oneBeyondTheBudget
  case ignoresWhoIsDown
  case acceptsMoreHarm
  case countsNobodyAtRisk
  case losesAttempts
  case sendsAgainAfterRestart
  case forgetsOpenAttempt
  case leavesEnds
  case writesOldRevision
  case losesCounter
  case losesLeases
  case freesPlacesOfAbsent
  case ignoresWindows
  case ignoresWhatOrdersTake
  case forgetsDaylightSaving
  case ignoresVersionGraph
  case startsUnapproved
  case approvesItself
  case ignoresMarks

  /// The invariant whose guard it takes away.
  package var invariant: Int {
    switch self {
    case .forgetsSessions, .takesUnknownForFree: 1
    case .oneBeyondTheBudget, .ignoresWhoIsDown: 2
    case .acceptsMoreHarm, .countsNobodyAtRisk: 3
    case .losesAttempts, .sendsAgainAfterRestart, .forgetsOpenAttempt: 4
    case .leavesEnds, .writesOldRevision: 5
    case .losesCounter: 6
    case .losesLeases, .freesPlacesOfAbsent: 7
    case .ignoresWindows, .ignoresWhatOrdersTake, .forgetsDaylightSaving: 8
    case .ignoresVersionGraph: 9
    case .startsUnapproved, .approvesItself: 10
    case .ignoresMarks: 11
    }
  }

  /// What the engine does under it.
  package var sentence: String {
    switch self {
    case .forgetsSessions: "orders without a look at the sessions that run"
    case .takesUnknownForFree: "takes a connector of which nothing is known for a free one"
    case .oneBeyondTheBudget: "lets one more of a site go than its budget allows"
    case .ignoresWhoIsDown: "does not count chargers that are down anyway"
    case .acceptsMoreHarm: "accepts ten times the harm that the planner does"
    case .countsNobodyAtRisk: "counts only chargers with an outcome"
    case .losesAttempts: "sends before the attempt is durable"
    case .sendsAgainAfterRestart: "sends what was under way again after a restart"
    case .forgetsOpenAttempt: "forgets with a restart that an order had left"
    case .leavesEnds: "obeys a late message behind the end"
    case .writesOldRevision: "saves without a look at the revision"
    case .losesCounter: "does not count an end"
    case .losesLeases: "forgets with a restart who holds a place"
    case .freesPlacesOfAbsent: "takes the place of a charger that is away"
    case .ignoresWindows: "orders without a look at the window"
    case .ignoresWhatOrdersTake: "orders in an open window, however long it takes"
    case .forgetsDaylightSaving: "goes by a site's clocks as they were before they were put"
    case .ignoresVersionGraph: "takes any image for a way to the target"
    case .startsUnapproved: "starts a campaign that nobody approved"
    case .approvesItself: "lets the author approve"
    case .ignoresMarks: "sends firmware to chargers that a person marked"
    }
  }
}

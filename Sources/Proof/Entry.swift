/// One thing that happened, in the order of the ledger.
package struct Entry: Sendable, Equatable {
  /// Milliseconds since 1970, by the engine's clock, which people may set.
  package var at: Int64
  package var what: What

  package init(at: Int64, _ what: What) { (self.at, self.what) = (at, what) }

  package enum What: Sendable, Equatable {
    // What is known before.
    /// A charger stands at a site; every charger that counts for its budget has one of these.
    case stands(charger: Int64, site: Int64)
    /// How many chargers of a site may be out at once.
    case budget(site: Int64, Int)
    /// Stretches in which a site may be worked on, in UTC; none: always.
    case windows(site: Int64, [Range<Int64>])
    case policy(campaign: Int64, Policy)
    case upgrade(Row)
    /// Hops that the version graph allows for a campaign's charger.
    /// nil: nobody knows.
    case hops(charger: Int64, Set<Hop>?)

    // Campaigns and people.
    case campaign(
      id: Int64, status: String, author: String, approver: String?, isPlanApproved: Bool)
    /// A person wants a charger left alone; nil: not any more.
    case mark(charger: Int64, String?)
    /// A person sends firmware all the same, by name and reason.
    case override(charger: Int64)
    case rollBackAsked(charger: Int64)
    /// A person let a stratum go on although its gate did not pass.
    case decision(campaign: Int64, stratum: Int)

    // The engine.
    case engineStarted
    case turn(Turn)
    /// What a row says when the engine reads it at its start.
    case stored(Turn)
    /// A place was given, right before the turn that takes it. `out` and `atRisk` are what the
    /// engine counted without this charger.
    case lease(upgrade: Int64, out: Int, budget: Int?, atRisk: Int, allowance: Int?)
    case intent(Intent)
    case outcome(message: String, state: String, evidence: String)
    /// The bytes of an order left the process.
    case left(message: String)
    /// What the engine shows: upgrades of a campaign in a phase.
    case counted(campaign: Int64, phase: String, Int)

    // The charger.
    case connected(charger: Int64)
    case gone(charger: Int64)
    case session(charger: Int64, key: String, isOpen: Bool)
    /// A connector was reported; taken: a car is there or about to be served.
    case connector(charger: Int64, place: String, isTaken: Bool)
    /// Its connectors are counted anew: what was known of them says nothing.
    case connectorsForgotten(charger: Int64)
    case runs(charger: Int64, firmware: String)
  }

  package struct Hop: Sendable, Hashable {
    package var from: String
    package var to: String
    package init(from: String, to: String) { (self.from, self.to) = (from, to) }
  }

  /// What the planner of a campaign asked for.
  package struct Policy: Sendable, Equatable {
    /// Chargers that may be lost while evidence is thin.
    package var acceptedHarm: Int
    package var confidence: Double
    /// Of sites without one of their own.
    package var siteBudget: Int
    /// Author and approver must be two people.
    package var needsTwoPeople: Bool
    package init(
      acceptedHarm: Int, confidence: Double, siteBudget: Int, needsTwoPeople: Bool = false
    ) {
      self.acceptedHarm = acceptedHarm
      self.confidence = confidence
      self.siteBudget = siteBudget
      self.needsTwoPeople = needsTwoPeople
    }
  }

  /// An upgrade as it was planned.
  package struct Row: Sendable, Hashable {
    package var id: Int64
    package var campaign: Int64
    package var charger: Int64
    package var stratum: Int
    package init(id: Int64, campaign: Int64, charger: Int64, stratum: Int) {
      (self.id, self.campaign, self.charger, self.stratum) = (id, campaign, charger, stratum)
    }
  }

  /// Where an upgrade is now.
  package struct Turn: Sendable, Equatable {
    package var upgrade: Int64
    package var phase: String
    package var holdsLease: Bool
    /// A disruptive order of it was written.
    package var counts: Bool
    /// Class of its failure.
    package var failure: String?
    package var revision: Int
    package init(
      upgrade: Int64, phase: String, holdsLease: Bool, counts: Bool, failure: String?, revision: Int
    ) {
      self.upgrade = upgrade
      self.phase = phase
      self.holdsLease = holdsLease
      self.counts = counts
      self.failure = failure
      self.revision = revision
    }
  }

  /// An attempt that was written, whether or not it left.
  package struct Intent: Sendable, Equatable {
    package var upgrade: Int64
    package var message: String
    package var step: String
    package var number: Int
    package var isDisruptive: Bool
    /// The image it installs; nil for any other order.
    package var firmware: String?
    /// Latest end by the ninety-fifth percentile, where windows count.
    package var endsBy: Int64?
    /// Stretches that hold for it, in UTC; none: always; nil: those of its site.
    package var stretches: [Range<Int64>]?
    package init(
      upgrade: Int64, message: String, step: String, number: Int, isDisruptive: Bool,
      firmware: String? = nil, endsBy: Int64? = nil, stretches: [Range<Int64>]? = nil
    ) {
      self.upgrade = upgrade
      self.message = message
      self.step = step
      self.number = number
      self.isDisruptive = isDisruptive
      self.firmware = firmware
      self.endsBy = endsBy
      self.stretches = stretches
    }
  }
}

/// An invariant that did not hold.
package struct Breach: Sendable, Equatable {
  /// Number of the invariant, 1 to 11.
  package var invariant: Int
  package var at: Int64
  package var sentence: String
  package init(_ invariant: Int, at: Int64, _ sentence: String) {
    (self.invariant, self.at, self.sentence) = (invariant, at, sentence)
  }
}

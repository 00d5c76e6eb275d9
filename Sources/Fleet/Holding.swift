/// Something that a charger holds, as it said last or as it was given: a reservation, a charging
/// profile, a message on its display.
package struct Holding: Sendable, Equatable {
  /// What kind of thing it is; the raw value is stored and shown.
  package enum Topic: String, Sendable, CaseIterable {
    case alert = "alert"
    case battery = "battery"
    case chargingLimit = "charging limit"
    case chargingProfile = "charging profile"
    case chargingSchedule = "charging schedule"
    case customerInformation = "customer information"
    case derActivity = "DER activity"
    case derAlarm = "DER alarm"
    case derControl = "DER control"
    case displayMessage = "display message"
    case eventStream = "event stream"
    case firmwarePublication = "firmware publication"
    case logUpload = "log upload"
    case monitor = "monitor"
    case priorityCharging = "priority charging"
    case reservation = "reservation"
    case settlement = "settlement"
    case tariff = "tariff"
  }
  /// Of one topic a charger keeps so many; the oldest give way.
  package static let limit = 100
  /// Longest key and longest summary, in characters; what is longer is cut.
  package static let keyLimit = 100
  package static let summaryLimit = 200

  package var topic: Topic
  /// Tells it from others of its topic: the id that its version gives it.
  package var key: String
  /// What it is, in parts divided by ", ".
  package var summary: String
  /// When it ends by itself; nil: not.
  package var ends: Instant?

  package init(_ topic: Topic, key: String, _ parts: [String?], ends: Instant? = nil) {
    self.topic = topic
    self.key = key.bounded(to: Self.keyLimit)
    self.ends = ends
    // A comma in what a charger wrote must not make two parts of it.
    let words = parts.compactMap { part in
      part.flatMap { $0.isEmpty ? nil : String($0.map { $0 == "," ? ";" : $0 }) }
    }
    summary = words.joined(separator: ", ").bounded(to: Self.summaryLimit)
  }
}

/// What a message changes in what a charger holds.
package enum HoldingChange: Sendable, Equatable {
  /// Adds it, or takes the place of what had its key.
  case put(Holding)
  case remove(Holding.Topic, key: String)
  /// Removes what has all of these parts in its summary; none: all of the topic.
  case removeAll(Holding.Topic, having: [String])
}

/// What a charger tells besides what has an event of its own.
package struct Notice: Sendable, Equatable {
  package var changes: [HoldingChange]
  /// States of connectors, where a message reports them among other things.
  package var connectors: [Connector]
  /// The charger wants to hear that what it told is taken (status Accepted).
  package var wantsStatus: Bool
  package init(
    _ changes: [HoldingChange] = [], connectors: [Connector] = [], wantsStatus: Bool = false
  ) {
    self.changes = changes
    self.connectors = connectors
    self.wantsStatus = wantsStatus
  }
}

/// A service that a charger asks for and that a CSMS may be without.
package enum Service: Sendable, Equatable {
  /// A certificate for a signing request.
  case certificateSigning
  /// A contract certificate for a car (ISO 15118).
  case contractCertificate
  /// Whether a certificate is revoked, by OCSP.
  case certificateStatus
  /// The same of several; each is answered.
  case certificateChainStatus([CertificateQuery])
  /// A charging schedule for what a car needs. ISO 15118-20 has an answer of its own for none.
  case chargingSchedule(isISO20: Bool)
  /// The limits of a profile whose limits come from outside.
  case dynamicSchedule
  case vatValidation(number: String, evse: Int?)
}

/// One certificate whose status is asked for, by its hashes.
package struct CertificateQuery: Sendable, Equatable {
  package var algorithm: String
  package var issuerName: String
  package var issuerKey: String
  package var serial: String
  /// CRL or OCSP.
  package var source: String
  package init(
    algorithm: String, issuerName: String, issuerKey: String, serial: String, source: String
  ) {
    self.algorithm = algorithm
    self.issuerName = issuerName
    self.issuerKey = issuerKey
    self.serial = serial
    self.source = source
  }
}

import OCPP

/// One connector, numbered as in 1.6.
struct ConnectorState: Sendable {
  let number: Int
  /// What the CSMS wants; survives reboots (OCPP 2.0.1 B01.FR.07).
  var isOperative = true
  /// Inoperative as soon as the session is over.
  var isScheduled = false
  /// Unavailable for a firmware update (L01.FR.07), and with some firmware for good after one.
  var isHeld = false
  var session: ChargingSession?
  /// The meter in Wh, which never runs backwards.
  var register: Int64
}

extension Station {
  /// EVSE and its connector, from 1, of a connector of 1.6's flat numbering.
  func place(_ connector: Int) -> (evse: Int, connector: Int) {
    let each = (profile.connectors + profile.evses - 1) / profile.evses
    return ((connector - 1) / each + 1, (connector - 1) % each + 1)
  }

  /// The flat numbers of an EVSE's connectors, or of one of them.
  func connectors(evse: Int64, connector: Int64?) -> [Int] {
    connectors.map(\.number).filter {
      let place = place($0)
      return place.evse == evse && (connector == nil || Int64(place.connector) == connector)
    }
  }

  func isFree(_ connector: ConnectorState) -> Bool {
    isStationOperative && connector.isOperative && !connector.isScheduled && !connector.isHeld
      && connector.session == nil
  }

  private func status(_ connector: ConnectorState, _ version: OCPPVersion) -> String {
    if connector.session != nil { return version == .v16 ? "Charging" : "Occupied" }
    return isFree(connector) ? "Available" : "Unavailable"
  }

  /// Tells every status that the CSMS has not been told.
  mutating func reportStatuses(_ now: Int64) {
    guard let version, registration == .accepted else { return }
    if version == .v16 { report(0, isStationOperative ? "Available" : "Unavailable", now) }
    for connector in connectors { report(connector.number, status(connector, version), now) }
  }

  private mutating func report(_ connector: Int, _ status: String, _ now: Int64) {
    guard reported[connector] != status else { return }
    reported[connector] = status
    if holdsBack(status, of: connector, now) { return }
    enqueueStatus(connector, status, now)
    if let late = memory.lateStatuses.removeValue(forKey: connector) {
      enqueueStatus(connector, late.status, late.at, purpose: .plain)
    }
  }

  private mutating func enqueueStatus(
    _ connector: Int, _ status: String, _ now: Int64, isEarly: Bool = false,
    purpose: OutgoingCall.Purpose? = nil
  ) {
    guard let version else { return }
    let payload: JSON
    if version == .v16 {
      payload = [
        "connectorId": .int(Int64(connector)), "errorCode": "NoError", "status": .string(status),
        "timestamp": stamp(now),
      ]
    } else {
      let place = place(connector)
      payload = [
        "timestamp": stamp(now), "connectorStatus": .string(status),
        "evseId": .int(Int64(place.evse)), "connectorId": .int(Int64(place.connector)),
      ]
    }
    enqueue(
      "StatusNotification", payload, purpose ?? .status(connector: connector, status),
      isEarly: isEarly)
  }

  /// Sends the present status of these connectors, as triggered; 0 is the whole station in 1.6.
  mutating func repeatStatuses(_ numbers: [Int], _ now: Int64) {
    guard let version else { return }
    for number in numbers {
      let text =
        number == 0
        ? isStationOperative ? "Available" : "Unavailable"
        : status(connectors[number - 1], version)
      reported[number] = text
      enqueueStatus(number, text, now, isEarly: true)
    }
  }

  /// Changes what the CSMS wants of these connectors; nil is the whole station. Returns
  /// `Accepted`, or `Scheduled` when a session has to end first (OCPP 1.6 §5.2, 2.0.1 G03, G04).
  mutating func changeAvailability(_ numbers: [Int]?, isOperative: Bool) -> String {
    var isScheduled = false
    for number in numbers ?? connectors.map(\.number) {
      let index = number - 1
      if isOperative {
        connectors[index].isOperative = true
        connectors[index].isScheduled = false
        if job == nil { connectors[index].isHeld = false }
      } else if connectors[index].session != nil {
        connectors[index].isScheduled = true
        isScheduled = true
      } else {
        connectors[index].isOperative = false
      }
    }
    if numbers == nil {
      if isOperative || !isScheduled { isStationOperative = isOperative }
      isStationScheduled = isScheduled
    }
    return isScheduled ? "Scheduled" : "Accepted"
  }

  mutating func applyScheduledAvailability() {
    for index in connectors.indices
    where connectors[index].isScheduled && connectors[index].session == nil {
      connectors[index].isScheduled = false
      connectors[index].isOperative = false
    }
    if isStationScheduled, !isCharging {
      isStationScheduled = false
      isStationOperative = false
    }
  }
}

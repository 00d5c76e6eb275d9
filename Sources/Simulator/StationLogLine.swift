import OCPP

/// One line of the log that later checks read: what reached a charger and what it made of it.
package struct StationLogLine: Sendable, Equatable {
  package enum Event: Sendable, Equatable {
    /// A command that interrupts service: UpdateFirmware, SignedUpdateFirmware, Reset. Logged when
    /// it arrives, whatever is answered.
    case command(action: String, id: String, isCharging: Bool)
    case connected(OCPPVersion)
    /// A BootNotification was answered.
    case boot(firmware: String, OCPPVersion, status: String)
    /// The CSMS acknowledged the start or the end of a transaction. `local` is the charger's own
    /// name for it, `id` the one that both sides know.
    case transaction(kind: String, local: String, id: String, connector: Int)
    /// A transaction message that the CSMS refused so often that it was given up.
    case dropped(action: String, id: String)
    /// A firmware status, whether or not the CSMS is told.
    case firmware(status: String, version: String)
    /// Another image is running.
    case running(from: String, to: String)
  }

  package var station: String
  /// Milliseconds since 1970.
  package var time: Int64
  package var event: Event

  /// The line as JSON, without its end.
  package var json: JSON {
    var members: [(String, JSON)] = [
      ("time", .string(DateTime.format(time))), ("station", .string(station)),
    ]
    func add(_ event: String, _ more: [(String, JSON)]) {
      members.append(("event", .string(event)))
      members += more
    }
    switch event {
    case .command(let action, let id, let isCharging):
      add(
        "command",
        [("action", .string(action)), ("id", .string(id)), ("charging", .bool(isCharging))])
    case .connected(let version): add("connected", [("version", .string(version.label))])
    case .boot(let firmware, let version, let status):
      add(
        "boot",
        [
          ("firmware", .string(firmware)), ("version", .string(version.label)),
          ("status", .string(status)),
        ])
    case .transaction(let kind, let local, let id, let connector):
      add(
        "transaction",
        [
          ("kind", .string(kind)), ("local", .string(local)), ("id", .string(id)),
          ("connector", .int(Int64(connector))),
        ])
    case .dropped(let action, let id):
      add("dropped", [("action", .string(action)), ("id", .string(id))])
    case .firmware(let status, let version):
      add("firmware", [("status", .string(status)), ("version", .string(version))])
    case .running(let old, let new):
      add("running", [("from", .string(old)), ("to", .string(new))])
    }
    return .object(members)
  }
}

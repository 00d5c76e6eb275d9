/// Simulator owns chargers that do not exist: what a charger does (`Station`, a pure state machine
/// without sockets or clock), the habits and faults that can be mixed into one, simulated firmware
/// images, and the `Swarm` that runs many as real WebSocket clients.
///
/// It refuses to know how Swell works inside: it sees a CSMS only through its port, so that what is
/// proved against it is proved for chargers. It imports `OCPP` (frames and JSON), `Transport`
/// (sockets), `Trust` (digests) and `Fleet` (CSV), never `CSMS`.

/// What cannot be simulated.
package enum SimulatorError: Error, Equatable, Sendable {
  /// A column that every charger needs is empty or absent.
  case missing(column: String)
  /// A column's value cannot be read; `wanted` says what would do.
  case malformed(column: String, value: String, wanted: String)
  /// Bytes that are no simulated firmware image.
  case notAnImage(reason: String)
  /// The log file cannot be opened, with the errno.
  case log(path: String, code: Int32)
  /// A URL that is neither `ws://host:port/path` nor `wss://…`.
  case malformedURL(String)
}

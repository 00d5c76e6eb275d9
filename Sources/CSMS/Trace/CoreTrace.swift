import Control

extension Core {
  /// Switches the message trace of a charger.
  func trace(_ name: String, on: Bool) throws -> Outcome {
    let identity = try named(name).charger.identity
    guard let trace = settings.trace else {
      throw ControlError.refused("This engine keeps no message trace.")
    }
    do {
      try trace.choose(identity, on: on)
    } catch {
      throw ControlError.failed("\(error.message) Nothing was changed.")
    }
    return Outcome(
      message: on
        ? "Every message of \(identity) is now written to \(trace.directory)."
        : "Messages of \(identity) are no longer written.")
  }
}

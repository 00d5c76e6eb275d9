import Fleet
import OCPP

/// What chargers hold after they have answered.
extension ChargerLoop {
  /// Reads what a person's own message has given a charger, or taken away.
  func noteHoldings(
    _ session: ChargerSession, _ call: ChargerSession.Pending, _ action: String,
    _ answer: JSONValue
  ) {
    guard let request = try? JSONDocument(text: call.payload.text) else { return }
    let changes = GivenHoldings.changes(action, request.root, answer)
    if !changes.isEmpty { batch.append(.holds(session.charger, changes)) }
  }
}

import Fleet
import OCPP
import Rollout

/// Whether the messages of a playbook's own are messages of their versions.
package enum StepCheck {
  /// What is wrong with a step, and in which of its parts: `send` or `payload`.
  package struct Objection: Error, Sendable, Equatable {
    /// Index into the playbook's steps.
    package var index: Int
    package var part: String
    package var message: String
  }

  /// The first step that could not be sent; nil when all could.
  package static func objection(
    to playbook: Playbook, in messages: MessageCatalogue
  ) -> Objection? {
    for (index, step) in playbook.steps.enumerated() {
      let version = step.version(target: playbook.target)
      func objection(_ part: String, _ message: String) -> Objection {
        Objection(index: index, part: part, message: "step \"\(step.name)\": \(message)")
      }
      guard let action = messages.action(named: step.action, version: version.wire),
        action.mayBeSent(by: .csms), action.kind == .call
      else {
        let known = messages.actions(of: version.wire).filter { $0.mayBeSent(by: .csms) }
        return objection(
          "send",
          "OCPP \(version.label) has no message \(step.action) that a CSMS sends"
            + Nearest.hint(step.action, known.map(\.name)))
      }
      guard let payload = try? JSON(text: step.payload) else {
        return objection("payload", "its payload is no JSON")
      }
      if let violation = messages.validate(request: payload, of: action) {
        return objection(
          "payload", "OCPP \(version.label) \(step.action) does not allow it: \(violation)")
      }
    }
    return nil
  }
}

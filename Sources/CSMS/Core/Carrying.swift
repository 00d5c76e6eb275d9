import Fleet
import OCPP
import Rollout

extension KeyMap {
  /// What of a 1.6 configuration is to be written among these reported variables: those that are
  /// writable and differ.
  func plan(_ configuration: [String: String], among variables: [ReportedVariable]) -> CarryPlan {
    var plan = CarryPlan()
    for write in writes(for: configuration) {
      guard
        let found = variables.first(where: {
          $0.component == write.component && $0.variable == write.variable
            && $0.instance == write.instance
        })
      else { continue }
      plan.mapped += 1
      if found.value == write.value { continue }
      guard found.isWritable else {
        plan.refused += 1
        continue
      }
      var changed = found
      changed.value = write.value
      plan.writes.append(changed)
    }
    return plan
  }
}

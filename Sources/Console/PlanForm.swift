import Canvas
import Control
import Fleet
import Rollout

/// Planning from the fleet: name and playbook, then the plan itself is shown, then it is stored.
extension ConsoleState {
  /// What the command line plans with when no playbook is named.
  private static let usualPlaybook = "in-place"

  var planForm: Form {
    let marked = fleet.marked.sorted()
    let selection = marked.isEmpty ? fleet.filter : Self.selection(of: marked)
    let who =
      marked.isEmpty
      ? "\(grouped(fleet.matching ?? 0)) chargers: "
        + (fleet.filter.isEmpty ? "the whole fleet" : "those of the filter \(fleet.filter)")
      : "\(grouped(marked.count)) marked: \(scope(of: marked))"
    var form = Form(
      title: "Plan a campaign",
      lines: [who, "Enter shows the plan first; nothing is stored, and nothing is sent."],
      fields: [Form.Field(label: "name")],
      purpose: .plan(selection: selection, shown: nil))
    form.choices = zip(setup.playbooks, "123456789abcdefghijklmnopqrstuvwxyz").map {
      .init(key: $1, text: "\($0.name): \($0.title)")
    }
    form.chosen =
      setup.playbooks.firstIndex { $0.name == Self.usualPlaybook }
      ?? (form.choices.count == 1 ? 0 : nil)
    // The name is what has to be typed; another playbook is one Tab away.
    form.focus = form.chosen == nil ? -1 : 0
    form.offer("show the plan")
    return form
  }

  /// A filter for these chargers and no others.
  static func selection(of identities: [String]) -> String {
    "id:" + identities.map { FleetFilter.quoted($0) }.joined(separator: ",")
  }

  /// The request that a plan form makes.
  func planRequest(_ form: Form, dryRun: Bool) -> PlanRequest? {
    guard case .plan(let selection, _) = form.purpose, let chosen = form.chosen,
      setup.playbooks.indices.contains(chosen), let name = form.fields.first?.text
    else { return nil }
    return PlanRequest(
      name: name, playbook: setup.playbooks[chosen], selection: selection, dryRun: dryRun)
  }

  /// Puts the plan that a dry run made into the form; Enter stores it as long as nothing changes.
  mutating func show(_ plan: PlanView, of request: PlanRequest) {
    guard var form, case .plan(let selection, _) = form.purpose else { return }
    var stored = request
    stored.dryRun = false
    form.purpose = .plan(selection: selection, shown: stored)
    form.waiting = nil
    form.lines = ["\(grouped(plan.chargers)) chargers, plan \(plan.planHash.prefix(12))."]
    for stratum in plan.strata.prefix(5) {
      let waves = stratum.waves.map { grouped($0) }.joined(separator: ", ")
      form.lines.append("\(stratum.label): waves of \(waves)")
      if let warning = stratum.warning { form.lines.append(warning) }
    }
    if plan.strata.count > 5 { form.lines.append("and \(plan.strata.count - 5) more strata") }
    if !plan.leftOut.isEmpty {
      let left = plan.leftOut.map { "\(grouped($0.count)) \($0.verdict.label)" }
      form.lines.append("Left out: " + left.joined(separator: ", "))
    }
    // Those of a stratum that is shown stand beside it.
    form.lines += plan.warnings.filter { !form.lines.contains($0) }
    form.lines.append("Stored, it is a draft: it must be approved and started.")
    form.offer("store")
    self.form = form
  }

  /// A plan that was shown is of the name and playbook it was made with.
  func withoutStalePlan(_ form: Form) -> Form {
    guard case .plan(let selection, let shown?) = form.purpose,
      planRequest(form, dryRun: false) != shown
    else { return form }
    var fresh = form
    fresh.purpose = .plan(selection: selection, shown: nil)
    fresh.lines = ["Changed since it was shown. Enter shows the plan again."]
    fresh.offer("show the plan")
    return fresh
  }
}

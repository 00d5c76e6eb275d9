import Fleet

/// The playbook's own messages, each at its point. A disruptive one is an attempt as any other:
/// durable, only on a free charger, and never sent twice without evidence.
extension UpgradeTurn {
  private func stepName(_ step: CustomStep) -> String {
    let hop = step.point.isOfImage && images.count > 1 ? "hop \(upgrade.hop + 1) " : ""
    return "\(hop)step \(step.name)"
  }

  private func step(named name: String) -> CustomStep? {
    playbook.steps.first { stepName($0) == name }
  }

  private func next(at point: CustomStep.Point) -> CustomStep? {
    playbook.steps.first {
      $0.point == point && upgrade.stepsDone?.contains(stepName($0)) != true
    }
  }

  /// Whether every step of this point is behind it; sends the next one where it is not.
  mutating func passed(_ point: CustomStep.Point) -> Bool {
    if let cancelled = memory.cancelled, memory.open == nil {
      // With a new image it stays on 1.6 once its connectors are given back.
      if point == .afterFirmware { return true }
      if upgrade.phase.drains {
        stop(cancelled)
        return false
      }
    }
    guard let step = next(at: point) else { return memory.open == nil }
    if memory.open != nil {
      lookForStep(step)
      return false
    }
    guard let speaks = view.speaks, view.online else { return false }
    let version = step.version(target: target)
    if speaks != version {
      conclude(
        step, "it speaks \(speaks.label), and the message is in \(version.label)", again: false)
      return false
    }
    begin(step)
    if step.order.isDisruptive {
      guard drained() else { return false }
      disrupt(step.order, step: stepName(step))
      if let open = memory.open {
        tell("step", "\(step.name): \(step.action) sent (\(name(open)))")
      }
    } else if mayAsk, mayRetry {
      write(step.order, step: stepName(step))
    }
    if upgrade.pending != nil {
      let back = step.order.isDisruptive ? limits.reboot + limits.reboot : .milliseconds(0)
      extendLimit(by: step.within + limits.answer + back)
    }
    return false
  }

  /// Outages that drivers may delay have their own time; other phases get what the step needs.
  private mutating func begin(_ step: CustomStep) {
    guard memory.step != stepName(step) else { return }
    memory.step = stepName(step)
    memory.stepTries = nil
    if upgrade.phase.drains { return }
    let drain = step.order.isDisruptive ? limits.drain : .milliseconds(0)
    extendLimit(by: drain + step.within + limits.answer)
  }

  private mutating func extendLimit(by span: Span) {
    memory.limit = max(memory.limit ?? now, now + span)
  }

  // MARK: Answers

  mutating func takeStepAnswer(_ attempt: Attempt, _ answer: Answer) {
    // Not answered for want of a connection: it is asked again on the next one.
    guard answer != .lost, let step = step(named: attempt.step) else { return }
    noteWritten(step, answer)
    if let objection = objection(step, answer) {
      conclude(step, objection, again: true)
    } else {
      finish(step, "\(step.action) answered as it should be")
    }
  }

  /// Answers to a disruptive step; one that never came is looked into.
  mutating func takeOpenStepAnswer(_ open: Attempt, _ answer: Answer) {
    guard let step = step(named: open.step) else {
      settleOpen(.tookEffect, "its step is gone")
      return
    }
    let objection = objection(step, answer)
    noteWritten(step, answer)
    switch answer {
    case .rejected(let why):
      settleOpen(.rejected, why)
      conclude(step, objection ?? why, again: true)
    case .notSupported(let why):
      settleOpen(.notSupported, why)
      conclude(step, objection ?? why, again: false)
    case .custom(let text):
      if let refusal = AnswerCondition.refusal(in: text) {
        settleOpen(.rejected, refusal)
        if let objection {
          conclude(step, objection, again: true)
        } else {
          finish(step, "\(step.action) answered \(refusal), as it should be")
        }
      } else if let objection {
        settleOpen(.tookEffect, "taken, and answered otherwise than wanted")
        conclude(step, objection, again: false)
      } else if step.action == "Reset" {
        settleOpen(.accepted, "")
        upgrade.isUnknown = false
      } else {
        settleOpen(.tookEffect, "answered as it should be")
        finish(step, "\(step.action) answered as it should be")
      }
    default: settleOpen(.accepted, "")
    }
  }

  /// A key that a step has set is no key that an image lost, and is carried over as it is now.
  private mutating func noteWritten(_ step: CustomStep, _ answer: Answer) {
    guard step.action == "ChangeConfiguration", case .custom(let text) = answer,
      let status = AnswerCondition.status(of: text),
      status == "Accepted" || status == "RebootRequired",
      let payload = try? JSON5Value.read(step.payload),
      case .text(let key)? = payload.find(["key"])?.kind,
      case .text(let value)? = payload.find(["value"])?.kind
    else { return }
    if !upgrade.snapshot.isEmpty { upgrade.snapshot[key] = value }
  }

  /// Why an answer is not as it should be; nil when it is.
  private func objection(_ step: CustomStep, _ answer: Answer) -> String? {
    switch answer {
    case .custom(let text): step.expect?.objection(to: text)
    case .rejected(let why): "refused: \(why)"
    case .notSupported(let why): "not known: \(why)"
    case .timedOut, .lost: "no answer in \(Phrase.span(step.within))"
    default: nil
    }
  }

  // MARK: Evidence

  /// When a charger that came back without a boot counts as one that will not boot any more.
  var stepLookAt: Instant? {
    guard let open = memory.open, open.order.isCustom, upgrade.isUnknown, view.online,
      let at = memory.connectedAt, at > open.writtenAt
    else { return nil }
    return at + limits.answer
  }

  private mutating func lookForStep(_ step: CustomStep) {
    guard let open = memory.open, view.online else { return }
    let mayTell = upgrade.isUnknown || open.state == .accepted
    guard mayTell else { return }
    let stayed =
      !memory.disconnectedSinceOrder && memory.connectedAt.map { $0 <= open.writtenAt } ?? true
    if stayed {
      if open.writtenAt + limits.reboot <= now {
        settleOpen(
          .noEffect, "the same connection is alive \(Phrase.span(now - open.writtenAt)) on")
        conclude(step, "\(step.action): the connection never closed", again: true)
      } else if upgrade.isUnknown, step.action != "Reset" {
        // Nothing that could be seen would tell.
        concludeUnknown(step)
      }
    } else if memory.bootedSinceOrder || open.state == .accepted && isSettled {
      settleOpen(.tookEffect, "came back after it")
      finish(step, "\(step.action): back after it")
    } else if let stepLookAt, stepLookAt <= now {
      concludeUnknown(step)
    }
  }

  private var isSettled: Bool { memory.connectedAt.map { $0 + settling <= now } ?? false }

  private mutating func concludeUnknown(_ step: CustomStep) {
    settleOpen(.tookEffect, "counted as taken: nothing tells whether it was")
    conclude(step, "no answer, and not known whether it took effect", again: false)
  }

  /// Its time, or that of its phase, is over; false when no step has begun.
  mutating func giveUpStep() -> Bool {
    guard let name = memory.step, let step = step(named: name),
      memory.open?.order.isCustom == true || upgrade.phase.waitsForSteps
    else { return false }
    dropPending("given up")
    if memory.open != nil, !view.online {
      let detail = "\(step.name): not back after \(step.action)"
      if step.point.isInNewVersion {
        rollBack(.step, detail)
      } else {
        fail(.step, detail, to: .quarantined)
      }
    } else if memory.open != nil {
      concludeUnknown(step)
    } else {
      conclude(step, hindrance ?? "its time is over", again: false)
    }
    return true
  }

  // MARK: What becomes of it

  private mutating func finish(_ step: CustomStep, _ text: String) {
    upgrade.stepsDone = (upgrade.stepsDone ?? []).union([stepName(step)])
    memory.step = nil
    memory.stepTries = nil
    tell("step", "\(step.name): \(text)")
    if !upgrade.phase.drains { extendLimit(by: limits.answer + limits.reboot) }
  }

  /// - Parameter again: whether another send could do better, and would do no harm.
  private mutating func conclude(_ step: CustomStep, _ detail: String, again: Bool) {
    let tries = memory.stepTries ?? 0
    if again, tries < step.retries, memory.cancelled == nil {
      memory.stepTries = tries + 1
      let pause = self.pause(limits.answer, after: tries + 1)
      memory.retryNotBefore = now + pause
      if !upgrade.phase.drains { extendLimit(by: pause + step.within + limits.answer) }
      tell("step", "\(step.name): \(detail); once more in \(Phrase.span(pause))")
      return
    }
    let text = "\(step.name): \(detail)"
    switch step.otherwise {
    case .goOn: finish(step, "\(detail); goes on")
    case .skip where upgrade.countsForGate: stop(text)
    case .skip: skip(text)
    case .fail where step.point.isInNewVersion: rollBack(.step, text)
    case .fail: fail(.step, text, to: .failed)
    }
  }

  /// Steps that a charger in the new version can't be sent any more.
  mutating func leaveSteps(at point: CustomStep.Point) {
    while let step = next(at: point) {
      finish(step, "left out: it speaks \(target.label) already")
    }
  }
}

extension Upgrade.Phase {
  /// Gives connectors back, or proves, once its steps are done.
  fileprivate var waitsForSteps: Bool {
    self == .firmwareProved || self == .verifying || self == .restoring
  }
}

import Fleet

/// After the boot that was accepted: variables that the charger takes up only with one more reset.
extension UpgradeTurn {
  var applyStep: String { "apply reset" }

  mutating func wantAccepted() {
    guard speaksTarget || memory.open != nil else { return }
    if memory.pendingBoots > 0 {
      if !memory.askedBoot, mayAsk {
        memory.askedBoot = true
        ask(.triggerBoot)
      }
    } else if let apply = memory.apply {
      if !apply.isOver {
        wantApply()
      } else if mayAsk {
        ask(.readVariables(apply.variables))
      }
    } else {
      move(to: .verifying)
    }
  }

  private mutating func wantApply() {
    if memory.open != nil {
      lookForReset()
      return
    }
    if memory.resetUnknown || sends(of: applyStep) >= limits.attempts {
      endApply("the charger refuses the reset that its new values need")
      return
    }
    if memory.apply?.hasBegun == false {
      memory.apply?.hasBegun = true
      memory.limit = now + limits.drain
    }
    if let why = placeHindrance {
      endApply("its new values wait for a reset, and \(why)")
      return
    }
    guard drained() else { return }
    disrupt(.reset, step: applyStep)
    guard let open = memory.open else { return }
    memory.limit = now + limits.reboot + limits.reboot
    let count = memory.apply?.variables.count ?? 0
    tell("reset", "sent once more (\(name(open))): \(count) new values wait for it")
  }

  /// It is back after the reset; the values are read back.
  mutating func takeAppliedReset() {
    guard memory.open?.step == applyStep else { return }
    settleOpen(.tookEffect, "connected in \(target.label) after it")
    endApply(nil)
  }

  private mutating func endApply(_ why: String?) {
    memory.apply?.isOver = true
    memory.limit = now + limits.verify
    if let why { tell("carried", why) }
  }

  mutating func giveUpApply() {
    dropPending("given up")
    if memory.open != nil {
      // A reset is on its way and the charger is not seen again: that is no question of values.
      rollBack(.notProved, "not back in time from the reset that its new values need")
    } else {
      endApply("never free for the reset that its new values need")
    }
  }

  mutating func takeReadBack(_ wanted: [ReportedVariable], _ answer: Answer) {
    guard upgrade.phase == .accepting, memory.apply?.isOver == true, answer != .lost else { return }
    var taken = 0
    if case .variables(let read) = answer {
      taken = wanted.count { want in
        read.contains { $0.isSame(as: want) && $0.value == want.value }
      }
    }
    let refused = wanted.count - taken
    memory.refusedKeys += refused
    memory.carriedKeys = max(0, memory.carriedKeys - refused)
    let tail = refused > 0 ? "; \(refused) refused" : ""
    tell("carried", "\(taken) of \(wanted.count) values are in effect after the reset\(tail)")
    memory.apply = nil
    memory.limit = now + limits.verify
  }
}

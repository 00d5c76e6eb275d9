import Fleet

/// What the engine's key map makes of a part of the base report.
package struct CarryPlan: Sendable, Equatable {
  /// Variables of this part to write, with the values of the 1.6 keys.
  package var writes: [ReportedVariable]
  /// Keys of the snapshot that have a place among the variables of this part.
  package var mapped: Int
  /// Of those, how many can't be written (read-only and different).
  package var refused: Int
  package init(writes: [ReportedVariable] = [], mapped: Int = 0, refused: Int = 0) {
    (self.writes, self.mapped, self.refused) = (writes, mapped, refused)
  }
}

/// How a BootNotification of a charger in an upgrade is to be answered.
package enum BootAnswer: Sendable, Equatable {
  case accepted
  /// With this time to the next boot.
  case pending(retry: Span)
}

extension Upgrade {
  /// How the engine answers a boot that has just been reduced: Pending while the device model is
  /// read and written, which 2.0.1 stations allow before they are accepted (B02.FR.05).
  package var bootAnswer: BootAnswer {
    phase == .provisioning && memory.pendingBoots > 0
      ? .pending(retry: .seconds(30)) : .accepted
  }

  /// Takes one event in. Changes only this value; the caller stores it, raises `revision` when it
  /// changed, and carries the commands out, in the same transaction.
  ///
  /// `firmware` is the upgrade's target; `hops` are all images of its way where it has several.
  /// `view` is the charger after the event. `carry` is asked once for each part of the report,
  /// with the snapshot and the variables of that part.
  package mutating func reduce(
    _ event: UpgradeEvent, view: ChargerView, playbook: Playbook, firmware: Firmware,
    hops: [Firmware] = [], at now: Instant, ids: () -> String,
    carry: ([String: String], [ReportedVariable]) -> CarryPlan = { _, _ in CarryPlan() }
  ) -> [UpgradeCommand] {
    let (next, commands) = withoutActuallyEscaping(ids) { ids in
      withoutActuallyEscaping(carry) { carry in
        var turn = UpgradeTurn(
          upgrade: self, view: view, playbook: playbook, final: firmware, hops: hops,
          now: now, ids: ids, carry: carry)
        turn.take(event)
        turn.settleDown()
        return (turn.upgrade, turn.commands)
      }
    }
    self = next
    return commands
  }

  /// How far a download is, in a few words; empty when there is nothing to say.
  package var progress: String {
    guard phase == .ordered || phase == .downloading else { return "" }
    if memory.isCounted == false { return "not counted" }
    guard let total = memory.bytesTotal, total > 0 else { return "" }
    return "\(Phrase.bytes(memory.bytesServed)) of \(Phrase.bytes(total))"
  }

  /// Puts a planned upgrade into a later wave.
  package mutating func move(toWave wave: Int) {
    if phase == .planned { self.wave = wave }
  }

  /// Ends a planned upgrade that could not begin; it is no evidence.
  package mutating func skip(reason: String, at now: Instant) -> [UpgradeCommand] {
    guard phase == .planned else { return [] }
    phase = .skipped
    memory.endReason = reason
    enteredAt = now
    deadline = nil
    return [.tell(Phrase.story("skipped", reason))]
  }
}

/// Turns of upgrades and campaigns: invariants 5, 6 and 10.
extension Checker {
  mutating func judgeTurn(_ turn: Entry.Turn, _ at: Int64) {
    guard let before = upgrades[turn.upgrade] else {
      return breach(5, at, "a turn of no upgrade, \(turn.upgrade)")
    }
    check(5)
    let name = "upgrade \(turn.upgrade)"
    if turn.revision <= before.revision {
      breach(5, at, "\(name) went from revision \(before.revision) to \(turn.revision)")
    }
    if Phases.ends.contains(before.phase), turn.phase != before.phase {
      if !(before.mayLeaveEnd && turn.phase == "rollingBack") {
        breach(5, at, "\(name) was \(before.phase) and is \(turn.phase) now")
      }
    }
    if before.counts, !turn.counts {
      breach(6, at, "\(name) counted for its gate and counts no more")
    }
    judgePlace(before, turn, at)
    upgrades[turn.upgrade]?.phase = turn.phase
    upgrades[turn.upgrade]?.holdsLease = turn.holdsLease
    upgrades[turn.upgrade]?.counts = turn.counts
    upgrades[turn.upgrade]?.failure = turn.failure
    upgrades[turn.upgrade]?.revision = turn.revision
    upgrades[turn.upgrade]?.isGranted = false
  }

  /// A start finds what was durable, no more and no less.
  mutating func judgeStored(_ turn: Entry.Turn, _ at: Int64) {
    // One of which nothing was ever recorded has not begun, or ended before there was a record.
    guard let known = upgrades[turn.upgrade], known.revision > 0 else { return }
    check(7)
    let name = "upgrade \(turn.upgrade)"
    if known.holdsLease != turn.holdsLease {
      breach(7, at, "\(name) \(turn.holdsLease ? "gained" : "lost") its place in a restart")
    }
    if known.phase != turn.phase || known.revision > turn.revision {
      breach(
        5, at,
        "\(name) was \(known.phase) (revision \(known.revision)) and is read as \(turn.phase) "
          + "(\(turn.revision))")
    }
  }

  mutating func judgeCount(_ campaign: Int64, _ phase: String, _ count: Int, _ at: Int64) {
    let mine = upgrades.values.filter { $0.row.campaign == campaign }
    // What went on before there was a record can't be counted again.
    guard mine.contains(where: { $0.revision > 0 }) else { return }
    check(6)
    let own = mine.count { $0.phase == phase }
    if own != count { breach(6, at, "\(count) are said to be \(phase), \(own) are") }
  }

  mutating func judgeCampaign(
    _ id: Int64, _ status: String, _ author: String, _ approver: String?, _ isPlanApproved: Bool,
    _ at: Int64
  ) {
    campaigns[id] = status
    guard ["running", "held", "aborting", "finished"].contains(status) else { return }
    check(10)
    guard let approver, !approver.isEmpty else {
      return breach(10, at, "campaign \(id) is \(status) and nobody approved it")
    }
    if policies[id]?.needsTwoPeople == true, approver == author {
      breach(10, at, "campaign \(id) was approved by its author, \(author)")
    }
    if !isPlanApproved { breach(10, at, "campaign \(id) runs another plan than was approved") }
  }
}

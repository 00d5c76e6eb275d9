import Control
import Fleet
import Rollout

/// What people outside should hear of, written beside what it tells of.
extension Core {
  func notify(
    _ kind: Announcement.Kind, _ subject: String, _ details: Announcement.Details, at now: Instant
  ) throws {
    guard settings.notify != nil else { return }
    try store.add(Announcement(at: now, kind: kind, subject: subject, details: details))
    hasNotices = true
  }

  /// The next one to hand out, due or not.
  func nextNotice(at now: Instant) throws -> Announcement? { try store.nextNotice(at: now) }

  func noticeTried(_ notice: Announcement) throws {
    try store.transaction { try store.save(notice) }
    hasNews = true
    send(now: SystemClock.now)
  }

  func testNotice(by caller: Caller, _ now: Instant) throws -> Outcome {
    guard settings.notify != nil else {
      throw ControlError.refused(
        "This engine tells nobody: it runs without --notify COMMAND, or no engine runs.")
    }
    try notify(.test, "test", .init("\(caller.name) wants to see whether notices arrive"), at: now)
    return Outcome(message: "A test is on its way; swell notify list tells whether it was taken.")
  }

  func notifyStart(at now: Instant) throws {
    let running = fleet.campaigns.values.filter { $0.status == .running }.map(\.name).sorted()
    guard !running.isEmpty else { return }
    try notify(
      .engineRestarted, "engine",
      .init(
        "The engine has started and takes up \(running.joined(separator: ", ")): it looks before it sends."
      ), at: now)
  }

  /// Tells of the gates and waves that changed, and of the campaign's end.
  func notifyChanges(from before: Campaign, to after: Campaign, at now: Instant) throws {
    for (old, new) in zip(before.strata, after.strata) where old.state != new.state {
      let label = new.stratum.label
      switch (old.state, new.state) {
      case (_, .waiting(let wave, let verdict)):
        let isFailed = verdict.word == .fail
        try notify(
          isFailed ? .gateFailed : .decisionNeeded, "\(after.name), \(label), wave \(wave)",
          .init(
            "\(verdict.sentence). A person decides: swell campaigns override \(after.name.shellWord) "
              + "or stop-stratum.",
            campaign: after.name, wave: wave, stratum: label), at: now)
      case (.open(let wave), .finished), (.open(let wave), .open):
        try notify(
          .waveDone, "\(after.name), \(label), wave \(wave)",
          .init(
            "Wave \(wave) of \(label) is done.", campaign: after.name, wave: wave,
            stratum: label), at: now)
      case (_, .open), (_, .finished), (_, .stopped): break
      }
    }
    if before.status != after.status, after.status == .finished || after.status == .aborted {
      try notify(
        .campaignDone, after.name,
        .init("Campaign \(after.name) is \(after.status.rawValue).", campaign: after.name), at: now)
    }
  }
}

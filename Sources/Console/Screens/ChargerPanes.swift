import Canvas
import Control
import Fleet
import Rollout

extension ConsoleState {
  /// A named fact, wrapped beside its name.
  func fact(
    _ name: String, _ text: String, _ style: Style = .normal, width: Int
  ) -> [PiecedLine] {
    wrapped(say(text), to: width - Self.gutter).enumerated().map { index, part in
      PiecedLine((0, Text(index == 0 ? name : "", .title)), (Self.gutter, Text(part, style)))
    }
  }

  /// A sentence at a moment, wrapped beside it.
  private func moment(_ at: Instant, _ text: String, width: Int) -> [PiecedLine] {
    wrapped(say(text), to: width - 14).enumerated().map { index, part in
      PiecedLine(
        (0, Text(index == 0 ? setup.time.dayAndTime(at) : "", .dim)), (14, Text(part)))
    }
  }

  /// Whether it can move, and what people decided about it.
  func verdict(_ detail: ChargerDetail, _ width: Int) -> [PiecedLine] {
    let (label, reason) = (detail.readiness.verdict.label, detail.readiness.reason)
    var lines = fact(
      "READY", reason.hasPrefix(label) ? reason : reason.isEmpty ? label : "\(label): \(reason)",
      detail.readiness.verdict.style, width: width)
    for evidence in detail.readiness.evidence { lines += fact("", evidence, .dim, width: width) }
    if let quarantine = detail.quarantine {
      let since = "since \(setup.time.day(quarantine.at)), \(quarantine.campaign)"
      lines += fact(
        "QUARANTINE", "\(quarantine.reason) (\(since)). A technician must see it first.", .bad,
        width: width)
    }
    if let end = detail.endOfLife {
      let more = [end.evidence, end.replacement.isEmpty ? "" : "replaced by \(end.replacement)"]
        .filter { !$0.isEmpty }.map { ", " + $0 }.joined()
      lines += fact(
        "END OF LIFE", "\(end.reason.rawValue) (\(end.by), \(setup.time.day(end.at)))\(more)",
        .warning, width: width)
    }
    if let pin = detail.pin {
      lines += fact(
        "PINNED", "\(pin.reason) (\(pin.by), \(setup.time.day(pin.at)))", .warning, width: width)
    }
    if !detail.notes.isEmpty { lines += fact("NOTES", detail.notes, width: width) }
    return lines
  }

  /// Where its upgrade stands, and what happens next.
  func upgrade(_ detail: ChargerDetail, _ width: Int) -> [PiecedLine] {
    guard let upgrade = detail.upgrade else {
      return detail.row.upgrade.map { fact("UPGRADE", $0, .accent, width: width) }
        ?? fact("UPGRADE", "never planned", .dim, width: width)
    }
    let style: Style =
      switch upgrade.row.phase {
      case .migrated: .good
      case .quarantined, .failed: .bad
      case .rolledBack, .rollingBack, .heldOn16, .skipped, .cancelled: .warning
      default: .accent
      }
    var lines = fact(
      "UPGRADE", "\(upgrade.row.phase.label), \(upgrade.campaign) wave \(upgrade.row.wave)", style,
      width: width)
    lines += fact("now", upgrade.explanation.now, width: width)
    if let failure = upgrade.failure {
      let detail = failure.detail.isEmpty ? "" : ": \(failure.detail)"
      lines += fact("failed", failure.reason.rawValue + detail, .bad, width: width)
    }
    for (index, next) in upgrade.explanation.next.enumerated() {
      lines += fact(index == 0 ? "next" : "", next, width: width)
    }
    for attempt in upgrade.attempts {
      let when = setup.time.short(attempt.writtenAt, now: now)
      let said = attempt.evidence.isEmpty ? "" : ": \(attempt.evidence)"
      lines += fact(
        attempt == upgrade.attempts.first ? "sent" : "",
        "\(attempt.step) (attempt \(attempt.number)), \(when), \(attempt.state.label)\(said)",
        .dim, width: width)
    }
    return lines + billing(upgrade.continuity, width)
  }

  /// What it is, where it stands and whether it is there.
  func identity(_ detail: ChargerDetail, _ width: Int) -> [PiecedLine] {
    let row = detail.row
    let seen = detail.lastSeen.map { "last seen " + LocalTime.words(now - $0) + " ago" }
    // Without an engine nobody knows whether it is connected.
    let link = engine == nil ? "not known" : row.online ? "online" : "offline"
    let speaks = row.speaks.map { (row.online ? "speaks " : "last spoke ") + $0.label }
    let words = [
      link, speaks ?? "never connected", "released for \(detail.released.label)", seen,
    ].compactMap { $0 }
    return fact(
      "CONNECTION", words.joined(separator: ", "),
      engine != nil && row.online ? .good : .warning, width: width)
      + fact("SITE", row.site.isEmpty ? "?" : row.site, width: width)
      + fact("MODEL", row.fullModel.isEmpty ? "?" : row.fullModel, width: width)
      + fact("FIRMWARE", row.firmware.isEmpty ? "?" : row.firmware, width: width)
      + fact("MEMORY", memory(row), width: width)
  }

  private func memory(_ row: FleetRow) -> String {
    if row.flashFree == nil, row.ramFree == nil { return "? (nobody measured it)" }
    let flash = row.flashFree.map { "\(grouped($0)) kB" } ?? "?"
    let ram = row.ramFree.map { "\(grouped($0)) kB" } ?? "?"
    return "\(flash) of flash free, \(ram) of RAM free"
  }

  func connectors(_ detail: ChargerDetail) -> [PiecedLine] {
    let open = detail.openSessions == 0 ? "" : "\(detail.openSessions) charging"
    var lines = [
      PiecedLine(
        (0, Text("CONNECTORS", .title)), (12, Text("STATE", .dim)), (28, Text("SINCE", .dim)),
        (36, Text(open, .accent)))
    ]
    for connector in detail.connectors {
      let name =
        connector.id.evse == 0 ? "charger" : "\(connector.id.evse).\(connector.id.connector)"
      lines.append(
        PiecedLine(
          (0, Text(name)), (12, Text(connector.state.label, connector.state.style)),
          (28, Text(setup.time.short(connector.at, now: now), .dim)),
          (36, Text(say(connector.error ?? ""), .warning))))
    }
    if detail.connectors.isEmpty { lines.append(PiecedLine((12, Text("none reported yet", .dim)))) }
    return lines
  }

  /// Every value with who said it: observed beside claimed, each as wide as it must be; what still
  /// does not fit goes on below.
  func known(_ detail: ChargerDetail, _ width: Int) -> [PiecedLine] {
    func value(_ value: String?, _ source: String?) -> String {
      guard let value else { return "?" }
      return say(source.map { "\(value) (\($0))" } ?? value)
    }
    let rows = detail.known.map {
      (
        name: say($0.name), observed: value($0.observed, $0.observedBy),
        claimed: value($0.claimed, $0.claimedBy)
      )
    }
    let (first, gap) = (16, 2)
    let room = max(2, width - first - gap)
    let need = (
      observed: rows.map { displayWidth($0.observed) }.max() ?? 0,
      claimed: rows.map { displayWidth($0.claimed) }.max() ?? 0
    )
    // Half each, unless one of them leaves some of its half to the other.
    let half = room / 2
    let observed =
      need.observed <= half
      ? max(need.observed, min(half, room - need.claimed))
      : max(half, min(need.observed, room - need.claimed))
    let second = first + observed + gap
    var lines = [
      PiecedLine(
        (0, Text("KNOWN", .title)), (first, Text("OBSERVED", .dim)), (second, Text("CLAIMED", .dim))
      )
    ]
    for row in rows {
      let left = wrapped(row.observed, to: observed)
      let right = wrapped(row.claimed, to: max(1, width - second))
      for index in 0..<max(left.count, right.count) {
        let name = index == 0 ? clipped(row.name, to: first - 1, glyphs: setup.glyphs) : ""
        lines.append(
          PiecedLine(
            (0, Text(name)),
            (
              first,
              Text(index < left.count ? left[index] : "", row.observed == "?" ? .dim : .normal)
            ), (second, Text(index < right.count ? right[index] : "", .dim))))
      }
    }
    return lines
  }

  func story(_ detail: ChargerDetail, _ width: Int) -> [PiecedLine] {
    var lines = [PiecedLine((0, Text("STORY", .title)))]
    let story = detail.story.isEmpty ? detail.upgrade?.story ?? [] : detail.story
    for line in story { lines += moment(line.at, line.text, width: width) }
    if story.isEmpty { lines.append(PiecedLine((14, Text("nothing happened yet", .dim)))) }
    return lines
  }

  /// Open sessions and the last ones.
  func sessions(_ detail: ChargerDetail, _ width: Int) -> [PiecedLine] {
    var lines = [
      PiecedLine(
        (0, Text("SESSIONS", .title)), (14, Text("CONN", .dim)), (20, Text("LASTED", .dim)),
        (29, Text("kWh", .dim)), (34, Text("END", .dim)))
    ]
    for session in detail.sessions {
      let end = session.stoppedAt ?? now
      let energy = session.energy.map { tenths($0 / 1000) } ?? "?"
      let name = "\(session.connector.evse).\(session.connector.connector)"
      let style: Style = session.stoppedAt == nil ? .accent : .normal
      let reason =
        session.stoppedAt == nil ? "charging now" : session.stopReason ?? "no reason given"
      lines.append(
        PiecedLine(
          (0, Text(setup.time.dayAndTime(session.startedAt), .dim)), (14, Text(name, style)),
          (20, Text(LocalTime.words(end - session.startedAt), style)),
          (32 - energy.utf8.count, Text(energy, style)),
          (34, Text(say("\(reason), token \(session.token), \(session.version.label)"), style))))
    }
    if detail.sessions.isEmpty { lines.append(PiecedLine((14, Text("none recorded", .dim)))) }
    return lines
  }

  private func tenths(_ value: Double) -> String {
    let all = Int((value * 10).rounded())
    return "\(all / 10).\(all.magnitude % 10)"
  }

  /// The newest messages of the ledger.
  func messages(_ detail: ChargerDetail, _ width: Int) -> [PiecedLine] {
    var lines = [PiecedLine((0, Text("MESSAGES", .title)), (14, Text("newest first", .dim)))]
    let (from, to) = setup.glyphs.isASCII ? ("<-", "->") : ("←", "→")
    for message in detail.messages {
      let clock = setup.time.short(message.at, now: now)
      let exact =
        clock.contains(":") ? setup.time.clock(message.at) : setup.time.dayAndTime(message.at)
      lines.append(
        PiecedLine(
          (0, Text(exact, .dim)), (14, Text(message.isInbound ? from : to, .dim)),
          (17, Text(message.action, message.isInbound ? .normal : .accent)),
          (17 + max(22, message.action.utf8.count + 2), Text(say(message.gist), .dim))))
    }
    if detail.messages.isEmpty { lines.append(PiecedLine((14, Text("none recorded", .dim)))) }
    return lines
  }
}

extension ConnectorState {
  var style: Style {
    switch self {
    case .available: .good
    case .faulted: .bad
    case .unavailable: .warning
    default: .accent
    }
  }
}

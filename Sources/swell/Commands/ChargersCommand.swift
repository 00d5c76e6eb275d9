import Control
import Fleet

/// `swell chargers …`.
enum ChargersCommand {
  private static let reason = OptionInfo("reason", "TEXT", "why; kept in the audit")

  static let all: [CommandInfo] = [
    CommandInfo(
      "chargers list", "[--filter TERMS]", "chargers with what they can do and why not",
      [
        Workplace.option,
        FilterText.option,
        OptionInfo(
          "sort", "COLUMN", "charger, site, model, firmware, flash, speaks, ready, upgrade"),
        OptionInfo("limit", "N", "at most so many; all when left out"), Out.option,
      ], run: list),
    CommandInfo(
      "chargers show", "CHARGER", "everything about one charger",
      [Workplace.option, Out.tableOrJSON],
      run: show),
    CommandInfo(
      "chargers mark-eol", "CHARGER --reason REASON", "mark a charger end-of-life: it stays on 1.6",
      [
        Workplace.option,
        OptionInfo(
          "reason", "REASON", EndOfLife.Reason.allCases.map(\.rawValue).joined(separator: " | ")),
        OptionInfo("evidence", "TEXT", "what shows it"),
        OptionInfo("replacement", "CHARGER", "what takes its place"),
      ], run: markEndOfLife),
    CommandInfo(
      "chargers undo-eol", "CHARGER", "take an end-of-life mark back", [Workplace.option, reason]
    ) { arguments in
      try perform(
        .undoEndOfLife(charger: try charger(arguments), reason: arguments["reason"] ?? ""),
        arguments)
    },
    CommandInfo(
      "chargers pin", "CHARGER --reason TEXT", "freeze a charger: no campaign touches it",
      [Workplace.option, reason]
    ) { arguments in
      try perform(
        .pin(charger: try charger(arguments), reason: try arguments.required("reason")), arguments)
    },
    CommandInfo(
      "chargers unpin", "CHARGER", "end a pin", [Workplace.option, reason]
    ) { arguments in
      try perform(
        .unpin(charger: try charger(arguments), reason: arguments["reason"] ?? ""), arguments)
    },
    CommandInfo(
      "chargers accept", "CHARGER", "take a charger that came unannounced into the inventory",
      [Workplace.option]
    ) { arguments in
      try perform(.accept(charger: try charger(arguments)), arguments)
    },
    CommandInfo(
      "chargers repaired", "CHARGER --reason TEXT",
      "end a quarantine: a technician has been there, it may be planned again",
      [Workplace.option, reason]
    ) { arguments in
      try perform(
        .endQuarantine(
          charger: try charger(arguments), reason: try arguments.required("reason")), arguments)
    },
    CommandInfo(
      "chargers note", "CHARGER TEXT", "add a line to a charger's notes", [Workplace.option]
    ) { arguments in
      let name = try arguments.word(0, "a charger")
      let text = try arguments.word(1, "a text")
      try arguments.noMoreWords(than: 2)
      try perform(.note(charger: name, text: text), arguments)
    },
    CommandInfo(
      "chargers rollback", "CHARGER --reason TEXT", "take the new version back: 1.6 and a reset",
      [Workplace.option, reason]
    ) { arguments in
      try perform(
        .rollBack(charger: try charger(arguments), reason: try arguments.required("reason")),
        arguments)
    },
  ]

  /// `swell send`.
  static let send = CommandInfo(
    "send", "CHARGER ACTION JSON", "send any message of the charger's version and print the answer",
    [
      Workplace.option,
      OptionInfo("override", "REASON", "send what the guard rails forbid; kept in the audit"),
    ]
  ) { arguments in
    let name = try arguments.word(0, "a charger")
    let action = try arguments.word(1, "an action")
    let payload = arguments.words.count > 2 ? arguments.words[2] : "{}"
    try arguments.noMoreWords(than: 3)
    try perform(
      .send(charger: name, action: action, payload: payload, override: arguments["override"]),
      arguments)
  }

  static func charger(_ arguments: Arguments) throws -> String {
    try arguments.noMoreWords(than: 1)
    return try arguments.word(0, "a charger")
  }

  private static func perform(_ command: Command, _ arguments: Arguments) throws {
    Out.line(try Workplace(arguments).perform(command).message)
  }

  private static func markEndOfLife(_ arguments: inout Arguments) throws {
    let text = try arguments.required("reason")
    let known = EndOfLife.Reason.allCases
    guard
      let reason = known.first(where: {
        $0.rawValue == text || $0.rawValue.replacing(" ", with: "-") == text
      })
    else {
      throw UsageError(
        "--reason wants one of: \(known.map(\.rawValue).joined(separator: ", ")); not \"\(text)\".")
    }
    try perform(
      .markEndOfLife(
        charger: try charger(arguments), reason, evidence: arguments["evidence"] ?? "",
        replacement: arguments["replacement"] ?? ""), arguments)
  }

  private static func list(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 0)
    let place = try Workplace(arguments)
    let column: FleetQuery.Column
    if let text = arguments["sort"] {
      guard let known = FleetQuery.Column(rawValue: text) else {
        throw UsageError(
          "--sort wants \(FleetQuery.Column.allCases.map(\.rawValue).joined(separator: ", ")), not \"\(text)\"."
        )
      }
      column = known
    } else {
      column = .charger
    }
    let limit = try arguments.number("limit", in: 1...10_000_000) ?? Int.max
    let filter = try FilterText.checked(arguments["filter"], place)
    var rows: [FleetRow] = []
    while rows.count < limit {
      let query = FleetQuery(
        filter: filter, sort: column, offset: rows.count,
        limit: min(5000, limit - rows.count))
      guard case .fleet(let page) = try place.ask(.fleet(query)), !page.rows.isEmpty else { break }
      rows += page.rows
      if rows.count >= page.matching { break }
    }
    try Listing.show(
      rows, arguments,
      [
        "CHARGER", "SITE", "MODEL", "FIRMWARE", "FLASH", "RAM", "SPEAKS", "ONLINE", "READY",
        "UPGRADE", "WHY",
      ],
      right: [4, 5]
    ) { row in
      [
        row.identity, row.site, row.kind, row.firmware,
        row.flashFree.map(String.init) ?? "?", row.ramFree.map(String.init) ?? "?",
        row.speaks?.label ?? "-", row.online ? "yes" : "no", row.verdict.label,
        row.upgrade ?? "-", row.why,
      ]
    }
  }

  private static func show(_ arguments: inout Arguments) throws {
    let name = try charger(arguments)
    guard case .charger(let found) = try Workplace(arguments).ask(.charger(name)), let found else {
      throw ControlError.unknownCharger(name)
    }
    if Out.wantsJSON(arguments) { return try Out.json(found) }
    Out.line("\(found.row.identity)   \(found.row.site)   \(found.row.kind)")
    Out.line(found.readiness.reason)
    for line in found.readiness.evidence { Out.line("  \(line)") }
    Out.line(
      "released \(found.released.label)   speaks \(found.row.speaks?.label ?? "-")   \(found.row.online ? "online" : "offline")   sessions \(found.openSessions)\n"
    )
    Out.table(
      ["FACT", "OBSERVED", "BY", "CLAIMED", "BY"],
      found.known.map {
        [$0.name, $0.observed ?? "-", $0.observedBy ?? "", $0.claimed ?? "-", $0.claimedBy ?? ""]
      })
    if !found.connectors.isEmpty {
      Out.line("")
      Out.table(
        ["EVSE", "CONNECTOR", "STATE", "SINCE"],
        found.connectors.map {
          [String($0.id.evse), String($0.id.connector), $0.state.label, Out.time($0.at)]
        })
    }
    if !found.notes.isEmpty { Out.line("\nnotes\n  \(found.notes.replacing("\n", with: "\n  "))") }
    showHoldings(found.holdings)
    showOddities(found)
    showSessions(found.sessions)
    if !found.messages.isEmpty {
      Out.line("")
      Out.table(
        ["MESSAGE", "", "ACTION", "GIST"],
        found.messages.map {
          [Out.time($0.at), $0.isInbound ? "from" : "to", $0.action, $0.gist]
        })
    }
    if let upgrade = found.upgrade {
      Out.line("\nupgrade in \(upgrade.campaign): \(upgrade.explanation.now)")
      for sentence in upgrade.explanation.next { Out.line("  \(sentence)") }
    }
    if !found.story.isEmpty {
      Out.line("")
      for line in found.story { Out.line("\(Out.time(line.at))  \(line.text)") }
    }
  }

  private static func showHoldings(_ holdings: [HoldingRow]) {
    if holdings.isEmpty { return }
    Out.line("")
    Out.table(
      ["HOLDS", "", "WHAT", "SINCE", "UNTIL"],
      holdings.map {
        [$0.topic, $0.key, $0.summary, Out.time($0.at), $0.ends.map { Out.time($0) } ?? ""]
      })
  }

  private static func showOddities(_ found: ChargerDetail) {
    if !found.quirks.isEmpty {
      Out.line("")
      QuirksCommand.showQuirks(found.quirks)
    }
    QuirksCommand.showTolerations(found.tolerations)
  }

  private static func showSessions(_ sessions: [SessionRow]) {
    if sessions.isEmpty { return }
    Out.line("")
    Out.table(
      ["SESSION", "UNTIL", "EVSE", "CONNECTOR", "SPOKE", "TOKEN", "KWH", "ENDED BY"],
      sessions.map { session in
        [
          Out.time(session.startedAt), session.stoppedAt.map { Out.time($0) } ?? "runs",
          String(session.connector.evse), String(session.connector.connector),
          session.version.label, session.token,
          session.energy.map { kilowattHours($0) } ?? "?", session.stopReason ?? "",
        ]
      }, right: [2, 3, 6])
  }

  /// `18.4`, of Wh.
  private static func kilowattHours(_ energy: Double) -> String {
    let tenths = Int((energy / 100).rounded())
    return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }
}

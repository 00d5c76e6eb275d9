import CSMS
import Control
import Fleet
import FleetStore
import OCPP
import Transport

/// `swell sessions …`: charging sessions for whoever bills.
enum SessionsCommand {
  private static let span = [
    OptionInfo("from", "TIME", "begun then or later; as 2026-11-23 or 2026-11-23T14:00:00Z"),
    OptionInfo("until", "TIME", "begun before then"),
  ]
  private static let wanted =
    span + [
      OptionInfo("token", "TOKEN", "begun with it"),
      OptionInfo("open", nil, "only those that go on"),
    ]

  static let all: [CommandInfo] = [
    CommandInfo(
      "sessions list", "[FILTER]", "charging sessions, newest first; the filter selects chargers",
      [Workplace.option] + wanted + [OptionInfo("limit", "N", "newest so many; 50"), Out.option],
      run: list),
    CommandInfo(
      "sessions show", "NUMBER", "a session with its messages and meter values",
      [Workplace.option, Out.option], run: show),
    CommandInfo(
      "sessions export", "[FILTER]", "every session, oldest first, for other programs",
      [
        Workplace.option
      ] + wanted + [
        OptionInfo("meter-values", nil, "each with its meter values; in CSV a row a value"),
        OptionInfo("format", "json|csv", "how to print; csv when left out"),
      ], run: export),
    CommandInfo(
      "sessions compare", "CHARGER | --site SITE",
      "whether billing noticed a migration: sessions, energy and tokens before and after",
      [Workplace.option, OptionInfo("site", "SITE", "all its migrated chargers"), Out.tableOrJSON],
      run: compare),
  ]

  private static func query(
    _ arguments: Arguments, _ place: Workplace, limit: Int
  ) throws -> SessionQuery {
    try arguments.noMoreWords(than: 1)
    return SessionQuery(
      chargers: try FilterText.checked(arguments.words.first, place), token: arguments["token"],
      from: try moment("from", arguments), until: try moment("until", arguments),
      onlyOpen: arguments.has("open"), limit: limit)
  }

  /// A day begins at midnight where this machine is.
  static func moment(_ name: String, _ arguments: Arguments) throws -> Instant? {
    guard let text = arguments[name] else { return nil }
    if let day = CivilDay(iso: text) { return Out.localMidnight(day) }
    guard let time = DateTime.parse(text), time.zoned else {
      throw UsageError(
        "--\(name) wants a day as 2026-11-23, or a time with its zone as 2026-11-23T14:00:00Z, "
          + "not \"\(text)\".")
    }
    return Instant(milliseconds: time.ms)
  }

  private static func list(_ arguments: inout Arguments) throws {
    let limit = try arguments.number("limit", in: 1...10_000) ?? 50
    let place = try Workplace(arguments)
    let query = try query(arguments, place, limit: limit)
    guard case .sessions(let page) = try place.ask(.sessions(query)) else { return }
    switch try arguments.choice("format", Out.Format.self) ?? .table {
    case .json: try Out.json(page.sessions.map { SessionLine($0) })
    case .csv: Out.csv(SessionLine.titles, page.sessions.map { SessionLine($0).cells })
    case .table:
      Out.table(
        [
          "NUMBER", "STARTED", "CHARGER", "CONN", "TOKEN", "LASTED", "KWH", "COST", "END",
          "REMARKS",
        ], page.sessions.map { row($0, at: page.at) }, right: [0, 5, 6, 7])
      if page.hasMore {
        Out.talk(
          "There are more: --limit, or --until \(SessionLine.iso(page.sessions.last?.startedAt ?? page.at))."
        )
      }
    }
  }

  private static func row(_ session: SessionRecord, at now: Instant) -> [String] {
    [
      String(session.number), Out.time(session.startedAt), session.charger,
      "\(session.connector.evse).\(session.connector.connector)", session.token,
      lasted((session.stoppedAt ?? now) - session.startedAt),
      session.energy.map { kilowattHours($0) } ?? "?", cost(session),
      session.stoppedAt == nil ? "charging now" : session.stopReason ?? "",
      session.remarks.map(\.label).joined(separator: ", "),
    ]
  }

  private static func show(_ arguments: inout Arguments) throws {
    let word = try arguments.word(0, "a session's number")
    try arguments.noMoreWords(than: 1)
    guard let number = Int64(word), number > 0 else {
      throw UsageError("A session's number is wanted, not \"\(word)\": see swell sessions list.")
    }
    guard case .session(let found) = try Workplace(arguments).ask(.session(number)) else { return }
    guard let detail = found else {
      throw Failure("There is no session \(number): see swell sessions list.")
    }
    let line = SessionLine(detail.record)
    switch try arguments.choice("format", Out.Format.self) ?? .table {
    case .json: try Out.json(SessionLine.Whole(detail))
    case .csv:
      Out.csv(
        SessionLine.titles + SessionLine.sampleTitles, line.rows(with: detail.samples))
    case .table: sheet(detail)
    }
    if let note = detail.note { Out.talk("swell: \(note)") }
  }

  /// A session for a person.
  private static func sheet(_ detail: SessionDetail) {
    let session = detail.record
    func line(_ name: String, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      Out.line(name + String(repeating: " ", count: max(1, 13 - name.count)) + value)
    }
    line("session", String(session.number))
    line(
      "charger",
      [session.charger, session.site, session.version.label].filter { !$0.isEmpty }
        .joined(separator: ", "))
    line("transaction", session.transactionID)
    line("connector", "\(session.connector.evse).\(session.connector.connector)")
    line(
      "token", session.token + (session.tokenType.isEmpty ? "" : " (\(session.tokenType))"))
    line("started", Out.time(session.startedAt))
    line("stopped", session.stoppedAt.map { "\(Out.time($0)), \(session.stopReason ?? "")" })
    line("register", "\(register(session.meterStart)) to \(register(session.meterStop))")
    line("energy", session.energy.map { kilowattHours($0) + " kWh" } ?? "not known")
    line("tariff", session.tariff)
    line("cost", cost(session))
    line("remarks", session.remarks.map(\.label).joined(separator: ", "))
    if !detail.samples.isEmpty {
      Out.line("")
      Out.table(
        ["TIME", "MEASURAND", "VALUE", "UNIT", "PHASE", "CONTEXT", "SIGNED"],
        detail.samples.map {
          [
            Out.time($0.at), $0.measurand, SessionLine.number($0.value), $0.unit, $0.phase ?? "",
            $0.context ?? "", $0.signed == nil ? "" : "yes",
          ]
        }, right: [2])
    }
    if !detail.entries.isEmpty {
      Out.line("")
      Out.table(
        ["RECEIVED", "VERSION", "MESSAGE", "PAYLOAD"],
        detail.entries.map { [Out.time($0.at), $0.version.label, $0.action, legible($0.payload)] })
    }
  }

  private static func export(_ arguments: inout Arguments) throws {
    let place = try Workplace(arguments)
    let query = try query(arguments, place, limit: 0)
    let reader = try place.reader()
    let wantsJSON = arguments["format"] == "json"
    let wantsValues = arguments.has("meter-values")
    let now = SystemClock.now
    var out = RowStream(isJSON: wantsJSON)
    if !wantsJSON {
      out.write([SessionLine.titles + (wantsValues ? SessionLine.sampleTitles : [])])
    }
    try reader.export(query, at: now) { session in
      let line = SessionLine(session)
      guard wantsValues else {
        return wantsJSON ? try out.write(line) : out.write([line.cells])
      }
      guard case .session(let detail?) = try reader.answer(.session(session.number), at: now)
      else { return }
      let samples = SessionSamples.read(detail.entries)
      if wantsJSON {
        try out.write(SessionLine.Valued(line, samples))
      } else {
        out.write(line.rows(with: samples))
      }
    }
    out.finish()
  }

  private static func compare(_ arguments: inout Arguments) throws {
    let subject: Continuity.Subject
    if let site = arguments["site"] {
      try arguments.noMoreWords(than: 0)
      subject = .site(site)
    } else {
      subject = .charger(try arguments.word(0, "a charger or --site"))
      try arguments.noMoreWords(than: 1)
    }
    guard case .continuity(let found) = try Workplace(arguments).ask(.continuity(subject)) else {
      return
    }
    guard let continuity = found else {
      throw Failure("Nothing of it has migrated yet, so there is nothing to compare.")
    }
    if Out.wantsJSON(arguments) { return try Out.json(continuity) }
    show(continuity)
  }

  /// The proof that billing did not notice, or what it would notice.
  static func show(_ continuity: Continuity) {
    let chargers = continuity.chargers == 1 ? "" : ", \(continuity.chargers) chargers"
    Out.line("billing   \(continuity.subject)\(chargers)")
    for line in continuity.lines {
      let when =
        line.name == "before"
        ? span(continuity.before) : line.name == "after" ? span(continuity.after) : ""
      Out.line(
        line.name + String(repeating: " ", count: max(1, 10 - line.name.count)) + line.text + when)
    }
  }

  private static func span(_ span: Continuity.Span) -> String {
    "  (\(Out.time(span.from)) to \(Out.time(span.until)))"
  }

  private static func cost(_ session: SessionRecord) -> String {
    session.cost.map { "\(SessionLine.number($0)) \(session.currency ?? "")" } ?? ""
  }

  private static func register(_ wattHours: Double?) -> String {
    wattHours.map { kilowattHours($0) + " kWh" } ?? "?"
  }

  static func kilowattHours(_ wattHours: Double) -> String {
    let whole = Int((min(max(wattHours, -1e15), 1e15)).rounded())
    let (units, rest) = (whole.magnitude / 1000, whole.magnitude % 1000)
    let digits = String(rest)
    return
      "\(whole < 0 ? "-" : "")\(units).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
  }

  private static func lasted(_ span: Span) -> String {
    let minutes = max(0, span.milliseconds) / 60_000
    return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }

  /// What chargers wrote must not move a terminal's cursor.
  private static func legible(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
  }
}

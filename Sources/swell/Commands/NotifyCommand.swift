import Control
import Fleet

/// `swell notify …`: what the engine tells people outside.
enum NotifyCommand {
  static let all: [CommandInfo] = [
    CommandInfo(
      "notify list", "", "what was told, and what still waits to be; the newest first",
      [
        Workplace.option, OptionInfo("limit", "N", "newest so many; 50"), Out.option,
      ]
    ) { arguments in
      try arguments.noMoreWords(than: 0)
      let limit = try arguments.number("limit", in: 1...100_000) ?? 50
      guard case .notices(let notices) = try Workplace(arguments).ask(.notices(limit: limit))
      else { return }
      try Listing.show(
        notices, arguments, ["ID", "TIME", "KIND", "SUBJECT", "TRIES", "STATE"], right: [0, 4]
      ) { notice in
        [
          "\(notice.id)", Out.time(notice.at), notice.kind.rawValue, notice.subject,
          "\(notice.attempts)",
          notice.doneAt.map { "taken \(Out.time($0))" }
            ?? notice.lastError.map { "\($0); next try \(Out.time(notice.nextAt))" } ?? "waits",
        ]
      }
    },
    CommandInfo(
      "notify test", "", "have the engine hand a test to its --notify command", [Workplace.option]
    ) { arguments in
      try arguments.noMoreWords(than: 0)
      Out.line(try Workplace(arguments).perform(.testNotice).message)
    },
  ]

  /// Of `swell serve`.
  static let options = [
    OptionInfo(
      "notify", "COMMAND",
      "run for each thing people should hear of, with a JSON object on its standard input (id, kind, at, subject, text, attempt; campaign, wave, stratum, charger where it has them); again, with the same id, until it exits 0"
    ),
    OptionInfo("notify-timeout", "SECONDS", "after which that command is ended; 30"),
  ]
}

import Control
import Fleet
import Glibc
import OCPP

/// `swell logs …`: what chargers keep of themselves, and leave here when they are asked.
enum LogsCommand {
  static let all: [CommandInfo] = [
    CommandInfo(
      "logs get", "CHARGER [--kind diagnostics|security] [--wait]",
      "ask a charger to upload a log here",
      [
        Workplace.option,
        OptionInfo("kind", "diagnostics|security", "which log; diagnostics"),
        OptionInfo("since", "TIME", "from then on; as 2026-11-23 or 2026-11-23T14:00:00Z"),
        OptionInfo("until", "TIME", "up to then"),
        OptionInfo("wait", nil, "until the file is there; prints its path"),
        OptionInfo("timeout", "SECONDS", "how long to wait; 900"),
      ], run: get),
    CommandInfo(
      "logs list", "[CHARGER]", "files that chargers have left, newest first",
      [Workplace.option, Out.option], run: list),
  ]

  private static func get(_ arguments: inout Arguments) throws {
    let name = try arguments.word(0, "a charger")
    try arguments.noMoreWords(than: 1)
    let request = LogRequest(
      charger: name, kind: try arguments.choice("kind", ChargerLog.self) ?? .diagnostics,
      since: try SessionsCommand.moment("since", arguments),
      until: try SessionsCommand.moment("until", arguments))
    let patience = try arguments.number("timeout", in: 1...86_400) ?? 900
    let workplace = try Workplace(arguments)
    let outcome = try workplace.perform(.getLog(request))
    guard arguments.has("wait"), let number = outcome.request else {
      return Out.line(outcome.message)
    }
    Out.talk(outcome.message)
    Out.line(try awaitFile(of: name, number, workplace, seconds: patience).path)
  }

  private static func awaitFile(
    of charger: String, _ number: Int, _ workplace: Workplace, seconds: Int
  ) throws -> UploadedFile {
    for _ in 0..<seconds * 4 {
      if case .uploads(let files) = try workplace.ask(.uploads(charger: nil)),
        let file = files.first(where: { $0.request == number })
      {
        return file
      }
      if let failure = try failure(of: charger, number, workplace) {
        throw Failure("\(charger) could not upload its log: \(failure).")
      }
      usleep(250_000)
    }
    throw Failure(
      "No file came from \(charger) in \(seconds) s. It may still: see swell logs list \(charger).")
  }

  /// What the charger says of that request, when it is that nothing will come. GetDiagnostics of
  /// 1.6 has no numbers: its status may be of an earlier one, and is not believed.
  private static func failure(
    of charger: String, _ number: Int, _ workplace: Workplace
  ) throws -> String? {
    guard case .charger(let detail?) = try workplace.ask(.charger(charger)) else { return nil }
    let status = detail.holdings.first { $0.topic == "log upload" && $0.key == String(number) }
    guard let word = status?.summary, word != "Uploading", word != "Uploaded", !word.isEmpty
    else { return nil }
    return word
  }

  private struct Row: Encodable {
    var charger: String
    var kind: String
    var request: Int
    var time: String
    var bytes: Int
    var path: String
  }

  private static func list(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 1)
    let workplace = try Workplace(arguments)
    var name: String?
    if let word = arguments.words.first {
      guard case .charger(let detail?) = try workplace.ask(.charger(word)) else {
        throw ControlError.unknownCharger(word)
      }
      name = detail.row.identity
    }
    guard case .uploads(let files) = try workplace.ask(.uploads(charger: name)) else { return }
    let rows = files.map {
      Row(
        charger: $0.charger, kind: $0.kind.rawValue, request: $0.request,
        time: SessionLine.iso($0.at), bytes: $0.bytes, path: $0.path)
    }
    try Listing.show(
      rows, arguments, ["CHARGER", "LOG", "REQUEST", "TIME", "BYTES", "PATH"], right: [2, 4]
    ) {
      [$0.charger, $0.kind, String($0.request), $0.time, String($0.bytes), $0.path]
    }
  }
}

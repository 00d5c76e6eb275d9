import Control
import ControlLink
import Fleet
import FleetStore
import Glibc
import Rollout
import Terminal

/// Finds the subcommand, runs it, and turns what it throws into one sentence and an exit code.
enum Shell {
  /// 0 done · 1 refused or failed · 2 usage · 3 nobody answers, or another engine holds the file ·
  /// 4 an import with refused rows.
  enum ExitCode: Int32 {
    case failed = 1
    case usage = 2
    case unavailable = 3
    case refusedRows = 4
  }

  static var commands: [CommandInfo] {
    [
      ConsoleCommand.info, ServeCommand.info, RunCommand.info, DemoCommand.info,
      ImportCommand.info, ExportCommand.info,
    ] + ChargersCommand.all + ChargerSecurityCommand.all + EndOfLifeCommand.all
      + FirmwareCommand.all + PlaybooksCommand.all + PlanCommand.all
      + CampaignsCommand.all + CampaignRecordCommands.all + WaveCommand.all + UpgradeCommand.all
      + SessionsCommand.all
      + LogsCommand.all
      + SelectionsCommand.all + RolesCommand.all + SecurityCommand.all + CertificatesCommand.all
      + SitesCommand.all + NotifyCommand.all + [
        WorkOrdersCommand.info,
        ChargersCommand.send, MessagesCommand.info, QuirksCommand.info, TraceCommand.info,
        StatusCommand.info, AuditCommand.info, BackupCommand.info, ServiceCommand.info,
        SimulateCommand.info, SimulateCommand.image,
      ] + BenchCommand.all
  }

  /// The exit code; the caller leaves with it once the error is gone, which a finder of leaks would
  /// else count as one.
  static func run(_ words: [String]) -> Int32 {
    do {
      try dispatch(words)
      return 0
    } catch {
      let (message, code) = explain(error)
      Out.talk("swell: \(message)")
      return code.rawValue
    }
  }

  private static func dispatch(_ words: [String]) throws {
    guard let first = words.first, !first.hasPrefix("--") || first == "--help" else {
      // "swell --db FILE chargers list": an option in front of the command belongs to it.
      if words.count > 2, words[0] == "--db", !words[2].hasPrefix("--") {
        return try dispatch(Array(words.dropFirst(2) + words.prefix(2)))
      }
      var arguments = try Arguments(words, for: ConsoleCommand.info)
      return try ConsoleCommand.info.run(&arguments)
    }
    if first == "help" || first == "--help" { return try Help.show(Array(words.dropFirst())) }
    // Two-word commands first: "chargers list" before "chargers".
    for count in [2, 1] where words.count >= count {
      let name = words.prefix(count).joined(separator: " ")
      guard let command = commands.first(where: { $0.name == name }) else { continue }
      let rest = Array(words.dropFirst(count))
      if rest.contains("--help") { return try Help.show(Array(words.prefix(count))) }
      var arguments = try Arguments(rest, for: command)
      return try command.run(&arguments)
    }
    let verbs = commands.map(\.name).filter { $0.hasPrefix(first + " ") }
      .map { String($0.dropFirst(first.count + 1)) }
    if !verbs.isEmpty {
      if words.contains("--help") { return try Help.show([first]) }
      let given = words.dropFirst().first { !$0.hasPrefix("--") }
      throw UsageError(
        "swell \(first) wants one of: \(verbs.joined(separator: ", "))"
          + (given.map { "; not \"\($0)\".\(Arguments.suggestion($0, verbs))" } ?? "."))
    }
    throw UsageError(
      "There is no command \"\(first)\".\(Arguments.suggestion(first, commands.map(\.name))) See swell help."
    )
  }

  /// The one place where an error becomes a person's sentence.
  private static func explain(_ error: any Error) -> (String, ExitCode) {
    switch error {
    case let error as UsageError: (error.message, .usage)
    case let error as ControlError: (error.message, .failed)
    case let error as Failure: (error.message, error.code)
    case let error as StoreError where error.isBusy: (error.message, .unavailable)
    case let error as StoreError: (error.message, .failed)
    case let error as QuirkError: ("the quirk table can't be used: \(error)", .usage)
    case let error as PlaybookError: ("the playbook can't be used: \(error.sentence)", .failed)
    case let error as TerminalError: (Self.sentence(error), .failed)
    case let error as LinkError: (Self.sentence(error), .unavailable)
    default: ("\(error)", .failed)
    }
  }

  private static func sentence(_ error: LinkError) -> String {
    switch error {
    case .noEngine(let path): "No engine answers at \(path). Start one: swell serve."
    case .pathTooLong(let path):
      "The socket's path is too long: \(path). Move the database to a shorter path."
    case .system(let call, let code): "\(call) failed: \(String(cString: strerror(code)))."
    case .broken(let why): "The link to the engine broke: \(why)."
    }
  }

  private static func sentence(_ error: TerminalError) -> String {
    switch error {
    case .notATerminal: "This is no terminal. Use the subcommands instead: swell help."
    case .unknown(let term):
      "The terminal type \"\(term)\" is not known here. Set TERM, for example to xterm-256color."
    case .noCursorAddressing(let term):
      "The terminal \"\(term)\" can't place its cursor. Use the subcommands instead: swell help."
    case .system(let call, let code): "\(call) failed: \(String(cString: strerror(code)))."
    }
  }
}

/// A subcommand's own failure, in words for a person.
struct Failure: Error {
  let message: String
  let code: Shell.ExitCode
  init(_ message: String, _ code: Shell.ExitCode = .failed) {
    (self.message, self.code) = (message, code)
  }
}

extension StoreError {
  /// Another process has the inventory.
  fileprivate var isBusy: Bool {
    if case .engineRunning = self { return true }
    return false
  }
}

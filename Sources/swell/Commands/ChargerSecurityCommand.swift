import Control
import Fleet
import Glibc
import Trust

/// How a charger proves who it is: `swell chargers password` and what people decide of profiles.
enum ChargerSecurityCommand {
  private static let reason = OptionInfo("reason", "TEXT", "why; kept in the audit")

  static let all = [
    CommandInfo(
      "chargers password", "CHARGER [--generate]",
      "set the Basic password, read from standard input; the old one is right until the charger "
        + "comes with it",
      [
        Workplace.option,
        OptionInfo("generate", nil, "make one and print it once, as text and as 1.6 wants it"),
        OptionInfo("hex", nil, "what is read is 1.6's AuthorizationKey, hexadecimal"),
        OptionInfo("any", nil, "take one of other length and characters than OCPP allows"),
        OptionInfo("at-once", nil, "the old one is wrong from now on"),
        OptionInfo("remove", nil, "ask for none any more"),
      ], run: password),
    CommandInfo(
      "chargers allow-downgrade", "CHARGER --reason TEXT",
      "let a charger come back with security profile 2 after 3, once",
      [Workplace.option, reason]
    ) { arguments in
      try perform(
        .allowDowngrade(
          charger: try ChargersCommand.charger(arguments),
          reason: try arguments.required("reason")), arguments)
    },
    CommandInfo(
      "chargers reset-security", "CHARGER --reason TEXT",
      "forget with which security profile, serial number and certificate it came: its hardware was "
        + "replaced",
      [
        Workplace.option, reason,
        OptionInfo("profile", "0|1|2|3", "the least that is asked of it now; else as before"),
      ]
    ) { arguments in
      let profile = try arguments.number("profile", in: 0...3)
      try perform(
        .resetSecurity(
          charger: try ChargersCommand.charger(arguments),
          profile: profile.flatMap(SecurityProfile.init(rawValue:)),
          reason: try arguments.required("reason")), arguments)
    },
  ]

  private static func perform(_ command: Command, _ arguments: Arguments) throws {
    Out.line(try Workplace(arguments).perform(command).message)
  }

  private static func password(_ arguments: inout Arguments) throws {
    let name = try ChargersCommand.charger(arguments)
    let ways = ["generate", "hex", "any", "remove"].filter(arguments.has)
    guard ways.count < 2 else {
      throw UsageError("--\(ways[0]) and --\(ways[1]) exclude each other; say one.")
    }
    let endsOld = arguments.has("at-once")
    if arguments.has("remove") {
      return try perform(.setPassword(charger: name, password: nil), arguments)
    }
    guard !arguments.has("generate") else {
      let secret = generated()
      let outcome = try Workplace(arguments).perform(
        .setPassword(charger: name, password: secret, form: .madeText, endsOldAtOnce: endsOld))
      Out.talk(outcome.message)
      Out.line("password: \(secret)")
      Out.line("AuthorizationKey: \(Hex.encode(Array(secret.utf8)))")
      return
    }
    guard let password = typed("Password of \(name): ") else {
      throw UsageError(
        "The password is read from standard input; there was none. --generate makes one.")
    }
    let form: PasswordForm =
      arguments.has("hex") ? .hex : arguments.has("any") ? .anyText : .text
    try perform(
      .setPassword(charger: name, password: password, form: form, endsOldAtOnce: endsOld),
      arguments)
  }

  /// A line of standard input; from a terminal it is asked for and not shown.
  private static func typed(_ prompt: String) -> String? {
    guard isatty(STDIN_FILENO) == 1 else { return readLine(strippingNewline: true) }
    // Its memory is the C library's, until the next call.
    return getpass(prompt).map { String(cString: $0) }
  }

  /// 20 characters that OCPP 2.x allows (120 bits): as text a BasicAuthPassword, and their bytes an
  /// AuthorizationKey of 1.6, so that it is the same secret before a migration and behind it.
  private static func generated() -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    return String(decoding: Random.bytes(20).map { letters[Int($0 & 63)] }, as: UTF8.self)
  }
}

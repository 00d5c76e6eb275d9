import CSMS
import Fleet
import Glibc

/// `swell serve`: the engine.
enum ServeCommand {
  static let options: [OptionInfo] =
    [Workplace.option] + ListenerOptions.all + [
      OptionInfo("prefix", "PATH", "path before the identity; /ocpp when left out"),
      OptionInfo("loops", "N", "event loops; one per core when left out"),
      OptionInfo("admit", "known|pending|any", "chargers that are not in the inventory; known"),
      OptionInfo("authorize", "known|any", "tokens that are not in the list; known"),
      OptionInfo("public-url", "URL", "where chargers reach this engine for firmware"),
      OptionInfo("heartbeat", "SECONDS", "heartbeat interval that chargers are given; 300"),
      OptionInfo("quiet", "SECONDS", "before the first order on a new connection; 5"),
      QuirkOptions.own,
      OptionInfo("log", "debug|info|warning|error", "least level of the log; info"),
      OptionInfo("log-format", "text|json", "a line of the log is logfmt or JSON; text"),
    ] + BandwidthOptions.all + TraceOptions.all + NotifyCommand.options

  static let info = CommandInfo(
    "serve", "[--db FILE] [--listen HOST:PORT] [--tls-listen HOST:PORT --cert FILE --key FILE]",
    "run the engine", options
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    let service = try Service(arguments)
    Out.talk(
      "swell serves \(service.path): chargers connect to "
        + service.engine.info.listening.joined(separator: ", "))
    let manager = ServiceManager()
    if let manager { service.report(to: manager) }
    service.waitForSignal()
    manager?.tell("STOPPING=1", "STATUS=writes everything back and ends")
    service.stop()
  }

  /// Reads the value of `--listen`; brackets around an IPv6 address are taken off.
  static func address(_ listen: String) throws -> (host: String, port: UInt16) {
    guard let colon = listen.lastIndex(of: ":"),
      let port = UInt16(listen[listen.index(after: colon)...])
    else {
      throw UsageError("--listen wants HOST:PORT, for example 0.0.0.0:8180, not \"\(listen)\".")
    }
    let host = listen[..<colon]
    return (host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host), port)
  }

  static func settings(_ arguments: Arguments) throws -> EngineSettings {
    var settings = EngineSettings()
    settings.listeners = try ListenerOptions.listeners(arguments)
    if let prefix = arguments["prefix"] {
      guard prefix.hasPrefix("/") else {
        throw UsageError("--prefix wants a path that starts with /.")
      }
      settings.prefix = prefix
    }
    settings.loops =
      try arguments.number("loops", in: 1...64) ?? sysconf(Int32(_SC_NPROCESSORS_ONLN))
    settings.admit = try arguments.choice("admit", EngineSettings.Admit.self) ?? .known
    settings.authorize =
      try arguments.choice("authorize", EngineSettings.AuthorizePolicy.self) ?? .known
    settings.heartbeatInterval = try arguments.number("heartbeat", in: 1...86_400) ?? 300
    if let quiet = try arguments.number("quiet", in: 0.0...600.0) {
      settings.quietAfterConnect = .milliseconds(Int64(quiet * 1000))
      settings.quietAfterBoot = min(settings.quietAfterBoot, settings.quietAfterConnect)
    }
    settings.bandwidth = try BandwidthOptions.rate("bandwidth", arguments)
    settings.siteBandwidth = try BandwidthOptions.rate("site-bandwidth", arguments)
    if let command = arguments["notify"] {
      guard !command.isEmpty else { throw UsageError("--notify wants a command.") }
      var notify = NotifySettings(command: command)
      notify.timeout = .seconds(
        Double(try arguments.number("notify-timeout", in: 1...3600) ?? 30))
      settings.notify = notify
    } else if arguments.has("notify-timeout") {
      throw UsageError("--notify-timeout belongs to --notify COMMAND.")
    }
    settings.quirks = try StockContent.quirks(arguments["quirks"])
    settings.publicURL = try arguments["public-url"].map(ListenerOptions.origin)
    if settings.publicURL == nil, let url = ListenerOptions.publicURL(settings.listeners) {
      settings.publicURL = url
      Out.talk(
        "swell: firmware links will name \(settings.publicURL ?? ""); say --public-url when chargers know this machine by another name"
      )
    } else if settings.publicURL == nil, settings.listeners.count > 1,
      let first = settings.listeners.first(where: { $0.tls == nil })
    {
      Out.talk(
        "swell: firmware and log links will name http://\(first.address(first.port)) for all chargers; say --public-url when some can't reach that, or should use TLS"
      )
    }
    return settings
  }

  static func level(_ arguments: Arguments) throws -> Log.Level {
    guard let text = arguments["log"] else { return .info }
    guard let level = Log.Level.allCases.first(where: { $0.word == text }) else {
      throw UsageError("--log wants debug, info, warning or error, not \"\(text)\".")
    }
    return level
  }
}

import Foundation
import Glibc

/// `swell service`: a systemd unit for this binary, this inventory and these options.
enum ServiceCommand {
  static let info = CommandInfo(
    "service", "[--db FILE] [--user NAME]", "print a systemd unit that runs the engine",
    ServeCommand.options + [OptionInfo("user", "NAME", "who runs it; this user")]
  ) { arguments in
    try arguments.noMoreWords(than: 0)
    // Whatever serve would refuse is refused here.
    _ = try ServeCommand.settings(arguments)
    _ = try ServeCommand.level(arguments)
    _ = try TraceOptions(arguments)
    Out.text(try unit(arguments))
  }

  private static func unit(_ arguments: Arguments) throws -> String {
    let database = absolute(Workplace.path(arguments))
    let directory = database.split(separator: "/").dropLast().joined(separator: "/")
    let user =
      try arguments["user"]
      ?? getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) }
      ?? { throw Failure("This user has no name here; say --user NAME.") }()
    var words = [program, "serve", "--db", database]
    for option in ServeCommand.options where option.name != "db" {
      let isFile = option.name == "quirks" || ListenerOptions.files.contains(option.name)
      for value in arguments.all(option.name) {
        words += ["--" + option.name, isFile ? absolute(value) : value]
      }
    }
    let capability = isPrivileged(arguments) ? "CAP_NET_BIND_SERVICE" : ""
    // The control socket of a long path is elsewhere.
    let isBeside = Workplace.socket(of: database).hasPrefix(database)
    let places = ["/" + directory] + (isBeside ? [] : ["/tmp"])
    return """
      # Put this into /etc/systemd/system/swell.service, then: systemctl enable --now swell
      [Unit]
      Description=Swell, CSMS for \(unitText(database))
      After=network-online.target
      Wants=network-online.target
      StartLimitIntervalSec=300
      StartLimitBurst=10

      [Service]
      Type=notify
      ExecStart=\(words.map(quoted).joined(separator: " "))
      \(reload(arguments))
      User=\(user)
      Restart=on-failure
      RestartSec=2
      # Wrong options: trying again is no help.
      RestartPreventExitStatus=2
      WatchdogSec=60
      # A large inventory is brought up to date before it serves.
      TimeoutStartSec=600
      KillSignal=SIGTERM
      TimeoutStopSec=60
      LimitNOFILE=262144
      UMask=0027

      NoNewPrivileges=yes
      ProtectSystem=strict
      ProtectHome=read-only
      ReadWritePaths=\(places.map(quoted).joined(separator: " "))
      PrivateDevices=yes
      ProtectKernelTunables=yes
      ProtectKernelModules=yes
      ProtectKernelLogs=yes
      ProtectControlGroups=yes
      ProtectClock=yes
      ProtectHostname=yes
      RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
      RestrictNamespaces=yes
      RestrictRealtime=yes
      RestrictSUIDSGID=yes
      LockPersonality=yes
      MemoryDenyWriteExecute=yes
      SystemCallArchitectures=native
      SystemCallFilter=@system-service
      CapabilityBoundingSet=\(capability)
      AmbientCapabilities=\(capability)

      [Install]
      WantedBy=multi-user.target

      """
  }

  /// HUP reads certificates anew where there are any, and ends the engine where there are none.
  private static func reload(_ arguments: Arguments) -> String {
    arguments.has("tls-listen")
      ? "# New certificates: systemctl reload swell\nExecReload=/bin/kill -HUP $MAINPID"
      : "# Without --tls-listen there are no certificates to reload."
  }

  /// Whether it listens where only root may by itself.
  private static func isPrivileged(_ arguments: Arguments) -> Bool {
    let listeners = (try? ListenerOptions.listeners(arguments)) ?? []
    return listeners.contains { (1..<1024).contains($0.port) }
  }

  private static var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "swell"
  }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  /// One word of a command line as systemd reads it (systemd.service(5), systemd.unit(5)).
  private static func quoted(_ word: String) -> String {
    let text = unitText(word).replacing("\\", with: "\\\\").replacing("$", with: "$$")
    guard word.contains(where: { " \t\"';".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\\\"") + "\""
  }

  private static func unitText(_ text: String) -> String { text.replacing("%", with: "%%") }
}

import Fleet

/// The policy of a campaign: waves, budgets, gate, soaks, time limits.
package struct Playbook: Sendable, Equatable, Codable {
  package var name: String
  package var title: String
  /// What is done with each charger.
  package var route = Route.inPlace
  /// Messages of its own on the way, in the order of sending at each point.
  package var steps: [CustomStep] = []
  /// What has to hold before a charger begins.
  package var requires: [Requirement] = []
  /// Version to end on.
  package var target: ProtocolVersion
  package var waves: WavePolicy
  package var gate: GatePolicy
  package var soak: SoakPolicy
  package var limits: Limits
  /// Used for a site without a budget of its own.
  package var siteBudget: Int
  package var windows = WindowPolicy()
  package var budgets = BudgetPolicy()
  /// When all shall be done; nil: whenever it is.
  package var deadline: Instant?
  /// Proof wants one completed session besides the charger's own reports.
  package var provesSession: Bool

  package init(
    name: String, title: String, target: ProtocolVersion, waves: WavePolicy = .init(),
    gate: GatePolicy = .init(), soak: SoakPolicy = .init(), limits: Limits = .init(),
    siteBudget: Int = 1, provesSession: Bool = false
  ) {
    self.name = name
    self.title = title
    self.target = target
    self.waves = waves
    self.gate = gate
    self.soak = soak
    self.limits = limits
    self.siteBudget = siteBudget
    self.provesSession = provesSession
  }
}

extension Playbook {
  /// A playbook that was stored before a policy was thought of goes by its default.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try values.decode(String.self, forKey: .name),
      title: try values.decode(String.self, forKey: .title),
      target: try values.decode(ProtocolVersion.self, forKey: .target))
    route = try values.decodeIfPresent(Route.self, forKey: .route) ?? route
    steps = try values.decodeIfPresent([CustomStep].self, forKey: .steps) ?? steps
    requires = try values.decodeIfPresent([Requirement].self, forKey: .requires) ?? requires
    waves = try values.decodeIfPresent(WavePolicy.self, forKey: .waves) ?? waves
    gate = try values.decodeIfPresent(GatePolicy.self, forKey: .gate) ?? gate
    soak = try values.decodeIfPresent(SoakPolicy.self, forKey: .soak) ?? soak
    limits = try values.decodeIfPresent(Limits.self, forKey: .limits) ?? limits
    siteBudget = try values.decodeIfPresent(Int.self, forKey: .siteBudget) ?? siteBudget
    windows = try values.decodeIfPresent(WindowPolicy.self, forKey: .windows) ?? windows
    budgets = try values.decodeIfPresent(BudgetPolicy.self, forKey: .budgets) ?? budgets
    deadline = try values.decodeIfPresent(Instant.self, forKey: .deadline)
    provesSession = try values.decodeIfPresent(Bool.self, forKey: .provesSession) ?? provesSession
  }
}

/// How long evidence must mature.
package struct SoakPolicy: Sendable, Equatable, Codable {
  /// On 1.6 with the new firmware.
  package var onFirmware = Span.hours(24)
  /// On 1.6 with an image that is only passed through.
  package var betweenHops = Span.hours(24)
  /// On the new version.
  package var onVersion = Span.hours(24)
  package init() {}
}

extension SoakPolicy {
  /// A playbook that was stored before a soak was thought of goes by its default.
  package init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    onFirmware = try values.decodeIfPresent(Span.self, forKey: .onFirmware) ?? onFirmware
    betweenHops = try values.decodeIfPresent(Span.self, forKey: .betweenHops) ?? betweenHops
    onVersion = try values.decodeIfPresent(Span.self, forKey: .onVersion) ?? onVersion
  }
}

/// How long a step may take before silence becomes Unknown and then a failure.
package struct Limits: Sendable, Equatable, Codable {
  package var answer = Span.seconds(90)
  package var drain = Span.hours(4)
  /// Quiet after the last session so that queued messages arrive.
  package var quiet = Span.minutes(2)
  package var download = Span.hours(2)
  package var install = Span.hours(1)
  package var reboot = Span.minutes(15)
  /// From the first boot in the new version to its proof.
  package var verify = Span.minutes(15)
  /// Most sends of one disruptive step.
  package var attempts = 2
  /// Reboots that nobody ordered which a soak tolerates.
  package var boots = 3
  /// How long an absent charger is waited for.
  package var absence = Span.hours(24)
  package init() {}
}

extension Limits {
  /// A playbook that was stored before a limit was thought of goes by its default.
  package init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    answer = try values.decodeIfPresent(Span.self, forKey: .answer) ?? answer
    drain = try values.decodeIfPresent(Span.self, forKey: .drain) ?? drain
    quiet = try values.decodeIfPresent(Span.self, forKey: .quiet) ?? quiet
    download = try values.decodeIfPresent(Span.self, forKey: .download) ?? download
    install = try values.decodeIfPresent(Span.self, forKey: .install) ?? install
    reboot = try values.decodeIfPresent(Span.self, forKey: .reboot) ?? reboot
    verify = try values.decodeIfPresent(Span.self, forKey: .verify) ?? verify
    attempts = try values.decodeIfPresent(Int.self, forKey: .attempts) ?? attempts
    boots = try values.decodeIfPresent(Int.self, forKey: .boots) ?? boots
    absence = try values.decodeIfPresent(Span.self, forKey: .absence) ?? absence
  }
}

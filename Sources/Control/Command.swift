import Fleet
import Rollout

/// Something a person wants done. Every way in (console, command line, socket) goes through this.
package enum Command: Sendable, Equatable, Codable {
  /// Rows of a CSV; `source` names the file in evidence and refusals.
  case importChargers(csv: String, source: String, dryRun: Bool)
  case importTokens(csv: String, source: String, dryRun: Bool)
  /// Rows of a site file.
  case importSites(csv: String, source: String, dryRun: Bool)
  /// Adds a site, or changes what is said of one.
  case setSite(ImportedSite)
  /// `by`: whose word it is that the system is ready for what the site's chargers will send.
  case signOff(site: String, integration: String, by: String)
  case revokeSignOff(site: String, integration: String, reason: String)
  /// Has a notice handed out that tells of nothing.
  case testNotice
  case addFirmware(Firmware)
  /// Changes the entry with the same number.
  case changeFirmware(Firmware)
  case removeFirmware(FirmwareID)
  /// Believes signatures of images under this authority (PEM).
  case trustAuthority(pem: String)
  /// Fingerprint, or enough of its beginning.
  case distrustAuthority(fingerprint: String)
  case markEndOfLife(charger: String, EndOfLife.Reason, evidence: String, replacement: String)
  case undoEndOfLife(charger: String, reason: String)
  case pin(charger: String, reason: String)
  case unpin(charger: String, reason: String)
  /// Takes a charger that came unannounced into the inventory.
  case accept(charger: String)
  /// A technician has been there: a quarantined charger may be planned again.
  case endQuarantine(charger: String, reason: String)
  /// Adds a line to the charger's notes.
  case note(charger: String, text: String)
  /// nil removes the password; the text is hashed before it is stored. The password before stays
  /// right until the charger comes with this one, unless it ends at once.
  case setPassword(
    charger: String, password: String?, form: PasswordForm = .text, endsOldAtOnce: Bool = false)
  /// Lets a charger come back once with security profile 2 after 3.
  case allowDowngrade(charger: String, reason: String)
  /// Forgets with which security profile, serial number and certificate a charger came: its
  /// hardware was replaced. `profile`: what is asked of it from now on; nil: as before.
  case resetSecurity(charger: String, profile: SecurityProfile?, reason: String)
  /// Reads the certificates, authorities and revocation lists of TLS anew.
  case reloadCertificates
  case plan(PlanRequest)
  /// `planHash` binds the approval to what was shown; nil approves what is there.
  case approve(campaign: String, planHash: String?)
  case start(campaign: String)
  case hold(campaign: String, reason: String)
  /// A hold that also takes back what can still be cancelled: chargers that wait to be free go back
  /// to planned, and drivers get their connectors.
  case recall(campaign: String, reason: String)
  case resume(campaign: String, reason: String)
  case abort(campaign: String, reason: String)
  /// A decision that lets a stratum go on although its gate did not pass.
  case overrideGate(campaign: String, stratum: String, reason: String)
  /// Opens a gate that passed and waits for a person.
  case openGate(campaign: String, stratum: String, reason: String)
  /// Ends a stratum whose gate did not pass.
  case stopStratum(campaign: String, stratum: String, reason: String)
  case holdEverything(reason: String)
  /// Back to 1.6: the version is taken back and the charger reset.
  case rollBack(charger: String, reason: String)
  /// Any CSMS-initiated message of the charger's version. `override` is the reason for sending what
  /// the guard rails forbid: something disruptive while a car charges or an upgrade runs, or to a
  /// charger that is end-of-life or pinned.
  case send(charger: String, action: String, payload: String, override: String?)
  /// Asks a charger to upload a log here.
  case getLog(LogRequest)
  case grantRole(RoleGrant.Subject, name: String, role: Role)
  case revokeRole(RoleGrant.Subject, name: String)
  /// Keeps a filter under a name, in place of the one that had it.
  case saveSelection(name: String, terms: String)
  case removeSelection(name: String)
  case setRolePolicy(RolePolicy)
  /// Whether every frame of a charger is written to the message trace.
  case trace(charger: String, on: Bool)

  /// Least role that may.
  package var role: Role {
    switch self {
    case .markEndOfLife, .undoEndOfLife, .pin, .unpin, .note, .endQuarantine, .trace, .hold,
      .holdEverything, .getLog:
      .technician
    case .importChargers, .importTokens, .importSites, .setSite, .addFirmware, .changeFirmware,
      .removeFirmware, .accept,
      .plan, .saveSelection,
      .removeSelection:
      .planner
    case .signOff, .revokeSignOff, .approve, .start, .recall, .resume, .abort, .overrideGate,
      .openGate, .stopStratum,
      .rollBack, .send:
      .approver
    case .testNotice, .setPassword, .trustAuthority, .distrustAuthority, .grantRole, .revokeRole,
      .setRolePolicy, .allowDowngrade, .resetSecurity,
      .reloadCertificates:
      .admin
    }
  }

  /// Word of the audit.
  package var word: String {
    switch self {
    case .importChargers: "import chargers"
    case .importTokens: "import tokens"
    case .importSites: "import sites"
    case .setSite: "set site"
    case .signOff: "sign off"
    case .revokeSignOff: "revoke sign-off"
    case .testNotice: "test notice"
    case .addFirmware: "add firmware"
    case .changeFirmware: "change firmware"
    case .removeFirmware: "remove firmware"
    case .trustAuthority: "trust authority"
    case .distrustAuthority: "distrust authority"
    case .markEndOfLife: "mark end-of-life"
    case .undoEndOfLife: "undo end-of-life"
    case .pin: "pin"
    case .unpin: "unpin"
    case .accept: "accept"
    case .endQuarantine: "end quarantine"
    case .note: "note"
    case .setPassword: "set password"
    case .allowDowngrade: "allow downgrade"
    case .resetSecurity: "reset security"
    case .reloadCertificates: "reload certificates"
    case .plan: "plan"
    case .approve: "approve"
    case .start: "start"
    case .hold: "hold"
    case .recall: "recall"
    case .resume: "resume"
    case .abort: "abort"
    case .overrideGate: "override gate"
    case .openGate: "open gate"
    case .stopStratum: "stop stratum"
    case .holdEverything: "hold everything"
    case .rollBack: "roll back"
    case .send(_, let action, _, _): "send \(action)"
    case .getLog(let request): "get \(request.kind.rawValue) log"
    case .grantRole(_, _, let role): "grant \(role.label)"
    case .revokeRole: "revoke role"
    case .saveSelection: "save selection"
    case .removeSelection: "remove selection"
    case .setRolePolicy(let policy): policy.fourEyes ? "four eyes on" : "four eyes off"
    case .trace(_, let on): on ? "trace on" : "trace off"
    }
  }
}

/// What a campaign shall be.
package struct PlanRequest: Sendable, Equatable, Codable {
  package var name: String
  /// Name of a stock playbook or the text of one.
  package var playbook: Playbook
  /// Filter over the fleet; empty: every charger.
  package var selection: String
  /// Shows the plan and stores nothing.
  package var dryRun: Bool
  /// Lays it out in time too; nil: no.
  package var lays: Bool?
  /// Names every charger with its wave; nil: no.
  package var lists: Bool?
  /// Of a dry run: chargers of this campaign count as free.
  package var besides: String?
  package init(name: String, playbook: Playbook, selection: String, dryRun: Bool = false) {
    self.name = name
    self.playbook = playbook
    self.selection = selection
    self.dryRun = dryRun
  }
}

/// What came of a command.
package struct Outcome: Sendable, Equatable, Codable {
  /// One sentence for a person.
  package var message: String
  /// Refused rows of an import: line and reason.
  package var refused: [RefusedRow]
  /// What of an import's file is not read, a sentence each; nil for nothing.
  package var unread: [String]?
  package var imported: ImportCounts?
  package var plan: PlanView?
  /// The number of a request whose fruit comes later.
  package var request: Int?
  package init(
    message: String, refused: [RefusedRow] = [], imported: ImportCounts? = nil,
    plan: PlanView? = nil
  ) {
    self.message = message
    self.refused = refused
    self.imported = imported
    self.plan = plan
  }
}

/// Why a command was not carried out.
package enum ControlError: Error, Sendable, Equatable, Codable {
  /// The caller's role does not suffice.
  /// `whoMay` names who has the role, for example `anna, group fleetops`; empty: nobody but admins.
  case forbidden(needs: Role, has: Role?, action: String, whoMay: [String])
  case unknownCharger(String)
  case unknownCampaign(String)
  /// - Parameter fits: labels that it could be, when there are several.
  case unknownStratum(String, fits: [String])
  /// The state of the thing does not allow it; the text says why and what would.
  case refused(String)
  case invalid(String)
  /// Storage or transport failed; nothing was done.
  case failed(String)

  package var message: String {
    switch self {
    case .forbidden(let needs, let has, let action, let whoMay):
      "Not allowed: \(action) needs the role \(needs.label); "
        + (has.map { "you are \($0.label). " } ?? "nobody gave you one here. ")
        + (whoMay.isEmpty ? "Only an admin may." : "These may: \(whoMay.joined(separator: ", ")).")
        + (has == nil ? " An admin gives roles: swell roles grant USER \(needs.label)." : "")
    case .unknownCharger(let id): "No charger \"\(id)\" in the inventory."
    case .unknownCampaign(let name): "No campaign \"\(name)\"."
    case .unknownStratum(let name, let fits):
      fits.isEmpty
        ? "No stratum \"\(name)\" in this campaign."
        : "\"\(name)\" fits \(fits.count) strata of this campaign: say which of them: "
          + fits.joined(separator: "; ") + "."
    case .refused(let why), .invalid(let why), .failed(let why): why
    }
  }
}

/// What kind of secret a password is.
package enum PasswordForm: String, Sendable, Codable, CaseIterable {
  /// A person's own: kept as a memory-hard hash, and checked for what OCPP allows.
  case text
  /// As `text`, without the check: a charger that can't be told another has it.
  case anyText
  /// A machine's random text: kept as a fast hash.
  case madeText
  /// OCPP 1.6's AuthorizationKey in hexadecimal: its bytes are the password.
  case hex
}

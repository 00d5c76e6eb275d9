import OCPP

/// What a CALL of a station is answered with before anybody looks at what it says: taken, taken
/// although a rule is broken, or refused. The verdict on its payload is one thing (`Violation`),
/// what becomes of it another.
enum AnswerPolicy {
  /// What the last boot on the connection was answered; of an identity that is not accepted yet,
  /// `pending` from the start.
  enum Registration: Sendable, CaseIterable {
    /// No boot on this connection. Legal: a station boots again only when what it says has changed
    /// (OCPP-J 1.6 §5.4, OCPP 2.0.1 part 4 §5.3).
    case none
    case accepted, pending, rejected
  }

  /// A rule that was broken.
  enum Breach: Sendable, Equatable {
    case payload(Violation)
    /// A CALL before the boot was accepted.
    case beforeBoot
    /// A CALL while another of the same side waited for its answer (OCPP 2.0.1 part 4 §4.1.1).
    case secondCall
    /// A CALL where the version has a SEND.
    case callForSend
    /// A CALLRESULTERROR: the station could not process our answer.
    case resultError
  }

  enum Verdict: Sendable, Equatable {
    case take
    /// Taken all the same; `quirk` names what lets it pass, empty for this policy.
    case tolerate(Breach, quirk: String)
    case refuse(ErrorCode, String)
  }

  /// - Parameters:
  ///   - wasAsked: the engine asked for this very action on this connection (`asksFor`).
  ///   - quirk: names the quirk that lets the violation pass; asked only when it decides.
  static func verdict(
    on action: String, in version: OCPPVersion, _ codes: ViolationCodes,
    _ registration: Registration, wasAsked: Bool, _ violation: Violation?,
    quirk: (Violation) -> String?
  ) -> Verdict {
    let isEarly = registration == .pending || registration == .rejected
    if violation == nil, !isEarly { return .take }
    // An error here costs billing data: answered whenever the id can be read.
    if Core.carriesMoney.contains(action) {
      return .tolerate(violation.map { .payload($0) } ?? .beforeBoot, quirk: "")
    }
    if let reason = refusal(of: action, registration, wasAsked: wasAsked) {
      return .refuse(codes.code(for: .callBeforeBoot, in: version), reason)
    }
    guard let violation else { return .take }
    // A time that can be read is no reason to lose a boot or a status (evcc-io/evcc#10399).
    if violation.kind == .looseTime { return .tolerate(.payload(violation), quirk: "") }
    if let quirk = quirk(violation) { return .tolerate(.payload(violation), quirk: quirk) }
    return .refuse(codes.code(for: violation.kind, in: version), violation.description)
  }

  /// Why a CALL may not be sent before the boot is accepted; nil when it may. Pending: only the
  /// boot and what was asked for (B01.FR.10, B02.FR.09); Rejected: only the boot (B03.FR.07).
  /// 1.6 recommends the same (OCPP-J 1.6 errata §3.10).
  private static func refusal(
    of action: String, _ registration: Registration, wasAsked: Bool
  ) -> String? {
    guard action != "BootNotification" else { return nil }
    switch registration {
    case .none, .accepted: return nil
    case .pending:
      return wasAsked ? nil : "\(action) before the boot is accepted: it is Pending"
    case .rejected: return "\(action) although the boot was rejected"
    }
  }

  /// The action that a call of the engine makes a station send; nil when it asks for none. Wider
  /// than the three of B02.FR.09: whatever the engine asks for it must answer.
  static func asksFor(_ action: String, _ payload: JSON) -> String? {
    switch action {
    case "TriggerMessage", "ExtendedTriggerMessage":
      guard let message = payload["requestedMessage"]?.string else { return nil }
      // SignChargePointCertificate, SignV2GCertificate, … ask for one message.
      if message.hasPrefix("Sign"), message.hasSuffix("Certificate") { return "SignCertificate" }
      return message == "CustomTrigger" ? "DataTransfer" : message
    case "GetBaseReport", "GetReport": return "NotifyReport"
    case "GetMonitoringReport": return "NotifyMonitoringReport"
    case "GetLog": return "LogStatusNotification"
    case "GetDiagnostics": return "DiagnosticsStatusNotification"
    case "GetDisplayMessages": return "NotifyDisplayMessages"
    case "GetChargingProfiles": return "ReportChargingProfiles"
    case "GetDERControl": return "ReportDERControl"
    case "CustomerInformation": return "NotifyCustomerInformation"
    case "UpdateFirmware": return "FirmwareStatusNotification"
    case "SignedUpdateFirmware": return "SignedFirmwareStatusNotification"
    case "PublishFirmware": return "PublishFirmwareStatusNotification"
    default: return nil
    }
  }

  /// Whether an answer of a station to a call of ours cannot be processed: what was asked for is
  /// not in it. 2.1 tells the station so with a CALLRESULTERROR (part 4 §4.2.3).
  static func isUnusable(_ violation: Violation) -> Bool {
    switch violation.kind {
    case .missing, .type, .enumeration:
      !violation.path.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") }
    default: false
    }
  }
}

extension AnswerPolicy.Breach: CustomStringConvertible {
  var description: String {
    switch self {
    case .payload(let violation): violation.description
    case .beforeBoot: "sent before its boot was accepted"
    case .secondCall: "sent while another call waits for its answer"
    case .callForSend: "sent as a CALL; the version has a SEND for it"
    case .resultError: "it could not process our answer"
    }
  }
}

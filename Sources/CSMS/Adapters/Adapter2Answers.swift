import Fleet
import OCPP

/// What stations are answered in OCPP 2.0.1 and 2.1.
extension Adapter2 {
  func answer(_ facts: ReplyFacts, now: Instant) -> JSON {
    switch facts {
    case .empty:
      [:]
    case .accepted:
      ["status": "Accepted"]
    case .boot(let registration, let interval):
      [
        "currentTime": .string(DateTime.format(now.milliseconds)),
        "interval": .int(Int64(interval)),
        "status": .string(registration.word),
      ]
    case .heartbeat:
      ["currentTime": .string(DateTime.format(now.milliseconds))]
    case .authorize(let verdict):
      .compact([
        ("idTokenInfo", info(verdict)),
        // OCPP 2.0.1 C07.FR.17: "cannot be verified".
        ("certificateStatus", verdict.hasCertificate ? .string("CertChainError") : JSON?.none),
      ])
    case .sessionStarted(_, let verdict):
      .compact([("idTokenInfo", verdict.isOfNone ? JSON?.none : info(verdict))])
    case .session(let verdict):
      .compact([("idTokenInfo", verdict.map(info))])
    case .dataTransfer(let answer):
      .compact([("status", .string(answer.status.rawValue)), ("data", answer.data.map(data))])
    case .unavailable(let service):
      unavailable(service, now: now)
    }
  }

  /// Without limit on its kind in 2.x: JSON where it is JSON.
  private func data(_ text: String) -> JSON { (try? JSON(text: text)) ?? .string(text) }

  private func info(_ verdict: TokenVerdict) -> JSON {
    let limit = version == .v201 ? 36 : 255
    return .compact([
      ("status", .string(verdict.status.rawValue)),
      ("cacheExpiryDateTime", verdict.expires.map { .string(DateTime.format($0.milliseconds)) }),
      (
        "groupIdToken",
        verdict.group.map { ["idToken": .string($0.bounded(to: limit)), "type": "Central"] }
      ),
    ])
  }

  private func unavailable(_ service: Service, now: Instant) -> JSON {
    switch service {
    case .certificateSigning:
      return refusal("Rejected", "This CSMS issues no certificates yet")
    case .contractCertificate:
      // exiResponse is required though there is none (OCPP 2.0.1 Iso15118EVCertificateStatusEnumType).
      return refusal(
        "Failed", "Contract certificates are not available here", [("exiResponse", "")])
    case .certificateStatus:
      return refusal("Failed", "This CSMS asks no OCSP responder yet")
    case .certificateChainStatus(let queries):
      return ["certificateStatus": .array(queries.map { failed($0, now) })]
    case .chargingSchedule(let isISO20):
      // OCPP 2.0.1 K15.FR.04, 2.1 K18.FR.04 and K19.FR.04.
      return refusal(
        isISO20 && version == .v21 ? "NoChargingProfile" : "Rejected",
        "This CSMS makes no charging schedules")
    case .dynamicSchedule:
      // OCPP 2.1 K28.FR.12: no profile of a dynamic kind is kept up from here.
      return refusal("Rejected", "No dynamic profile is kept up here", reason: "InvalidProfile")
    case .vatValidation(let number, let evse):
      // The number and the EVSE come back as they were sent (OCPP 2.1 C18.FR.10).
      var echo: [(String, JSON)] = [("vatNumber", .string(number.bounded(to: 20)))]
      if let evse { echo.append(("evseId", .int(Int64(max(0, evse))))) }
      return refusal("Rejected", "VAT numbers can't be checked here", echo)
    }
  }

  private func refusal(
    _ status: String, _ text: String, _ more: [(String, JSON)] = [],
    reason: String = "UnsupportedRequest"
  ) -> JSON {
    .object(
      [
        ("status", .string(status)),
        (
          "statusInfo",
          ["reasonCode": .string(reason), "additionalInfo": .string(text)] as JSON
        ),
      ] + more)
  }

  /// "Failed": the status could not be had. Asking again sooner than after a day changes nothing.
  private func failed(_ query: CertificateQuery, _ now: Instant) -> JSON {
    [
      "certificateHashData": [
        "hashAlgorithm": .string(query.algorithm),
        "issuerNameHash": .string(query.issuerName),
        "issuerKeyHash": .string(query.issuerKey),
        "serialNumber": .string(query.serial),
      ],
      "source": .string(query.source),
      "status": "Failed",
      "nextUpdate": .string(DateTime.format((now + .hours(24)).milliseconds)),
    ]
  }
}

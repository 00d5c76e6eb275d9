import Fleet
import OCPP

/// What stations are answered in OCPP 2.0.1 and 2.1.
extension Adapter2 {
  func write(_ facts: ReplyFacts, now: Instant, into writer: inout JSONWriter) {
    switch facts {
    case .empty, .session(nil):
      writer.raw("{}")
    case .accepted:
      writer.raw(#"{"status":"Accepted"}"#)
    case .boot(let registration, let interval):
      writer.object {
        $0.key("currentTime")
        $0.time(now.milliseconds)
        $0.key("interval")
        $0.int(interval)
        $0.key("status")
        $0.string(registration.word)
      }
    case .heartbeat:
      writer.object {
        $0.key("currentTime")
        $0.time(now.milliseconds)
      }
    case .authorize(let verdict):
      writer.object {
        write(verdict, into: &$0)
        // OCPP 2.0.1 C07.FR.17: "cannot be verified".
        guard verdict.hasCertificate else { return }
        $0.key("certificateStatus")
        $0.string("CertChainError")
      }
    case .sessionStarted(_, let verdict):
      writer.object { if !verdict.isOfNone { write(verdict, into: &$0) } }
    case .session(let verdict?):
      writer.object { write(verdict, into: &$0) }
    case .dataTransfer(let answer):
      writer.object {
        $0.key("status")
        $0.string(answer.status.rawValue)
        guard let data = answer.data else { return }
        $0.key("data")
        // Without limit on its kind in 2.x: JSON where it is JSON.
        ((try? JSON(text: data)) ?? .string(data)).write(into: &$0)
      }
    case .unavailable(let service):
      unavailable(service, now: now).write(into: &writer)
    }
  }

  private func write(_ verdict: TokenVerdict, into writer: inout JSONWriter) {
    writer.key("idTokenInfo")
    if verdict == .accepted { return writer.raw(#"{"status":"Accepted"}"#) }
    writer.object {
      $0.key("status")
      $0.string(verdict.status.rawValue)
      if let expires = verdict.expires {
        $0.key("cacheExpiryDateTime")
        $0.time(expires.milliseconds)
      }
      guard let group = verdict.group else { return }
      $0.key("groupIdToken")
      $0.object {
        $0.key("idToken")
        $0.string(group.bounded(to: version == .v201 ? 36 : 255))
        $0.key("type")
        $0.string("Central")
      }
    }
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

import Fleet
import OCPP
import Testing

@testable import CSMS

/// What adapters answer, whatever they are given to say.
struct AnswerTests {
  /// Each with the messages that it may answer.
  private static let facts: [(facts: ReplyFacts, actions: [String])] = {
    let long = String(repeating: "ü", count: 400)
    let query = CertificateQuery(
      algorithm: "SHA256", issuerName: "a", issuerKey: "b", serial: "c", source: "CRL")
    var certified = TokenVerdict(.invalid)
    certified.hasCertificate = true
    let verdicts =
      TokenVerdict.Status.allCases.map {
        TokenVerdict($0, group: long, expires: Instant(seconds: 1_795_420_800))
      } + [certified]
    var all: [(ReplyFacts, [String])] = [
      (.empty, ["StatusNotification", "NotifyReport", "NotifySettlement"]),
      (.accepted, ["OpenPeriodicEventStream", "NotifyEVChargingSchedule"]),
      (.heartbeat, ["Heartbeat"]),
      (.session(nil), ["StopTransaction", "TransactionEvent"]),
      (.dataTransfer(.init(.accepted, data: "no JSON")), ["DataTransfer"]),
      (.dataTransfer(.init(.rejected, data: #"{"a":[1,2]}"#)), ["DataTransfer"]),
      (.unavailable(.certificateSigning), ["SignCertificate"]),
      (.unavailable(.contractCertificate), ["Get15118EVCertificate"]),
      (.unavailable(.certificateStatus), ["GetCertificateStatus"]),
      (.unavailable(.certificateChainStatus([query])), ["GetCertificateChainStatus"]),
      (.unavailable(.chargingSchedule(isISO20: true)), ["NotifyEVChargingNeeds"]),
      (.unavailable(.chargingSchedule(isISO20: false)), ["NotifyEVChargingNeeds"]),
      (.unavailable(.dynamicSchedule), ["PullDynamicScheduleUpdate"]),
      (.unavailable(.vatValidation(number: long, evse: -4)), ["VatNumberValidation"]),
    ]
    for registration in [ReplyFacts.Registration.accepted, .pending, .rejected] {
      all.append((.boot(registration, interval: 30), ["BootNotification"]))
    }
    for verdict in verdicts {
      all.append((.authorize(verdict), ["Authorize"]))
      all.append((.session(verdict), ["StopTransaction", "TransactionEvent"]))
      all.append(
        (.sessionStarted(number: 7, verdict), ["StartTransaction", "TransactionEvent"]))
    }
    return all
  }()

  @Test(
    "every answer follows its schema, however long or odd what goes into it",
    arguments: OCPPVersion.allCases)
  func valid(version: OCPPVersion) throws {
    let adapter = Adapters()[ProtocolVersion(version)]
    var checked = 0
    for (facts, actions) in Self.facts {
      for action in actions {
        guard Messages.catalogue.action(named: action, version: version) != nil else { continue }
        var writer = JSONWriter()
        adapter.write(facts, now: Instant(seconds: 1_795_420_800), into: &writer)
        let answer = try JSON(text: writer.text)
        let violation = try Messages.violation(response: answer, to: action, in: version)
        #expect(violation == nil, "\(action): \(answer.text)")
        checked += 1
      }
    }
    #expect(checked > 20)
  }
}

import Fleet
import OCPP

/// What only OCPP 2.1 asks for.
extension Adapter2 {
  func event21(_ action: String, _ p: JSONValue) -> ChargerEvent {
    switch action {
    case "GetCertificateChainStatus":
      return .asked(.certificateChainStatus(Self.queries(p)))
    case "PullDynamicScheduleUpdate":
      return .asked(.dynamicSchedule)
    case "VatNumberValidation":
      return .asked(
        .vatValidation(
          number: Reading.text(p["vatNumber"]) ?? "", evse: Reading.whole(p["evseId"])))
    default:
      return .noted
    }
  }

  private static func queries(_ p: JSONValue) -> [CertificateQuery] {
    // The schema has 1 to 4 of them.
    Reading.items(p["certificateStatusRequests"]).prefix(4).map { item in
      let hashes = item["certificateHashData"]
      return CertificateQuery(
        algorithm: hashes?["hashAlgorithm"]?.string ?? "SHA256",
        issuerName: hashes?["issuerNameHash"]?.string ?? "",
        issuerKey: hashes?["issuerKeyHash"]?.string ?? "",
        serial: hashes?["serialNumber"]?.string ?? "",
        source: item["source"]?.string ?? "OCSP")
    }
  }
}

import OCPP

/// Valid payloads of OCPP 1.6 and its security extension, as stations and central systems send them.
enum Samples16 {
  static let all: [Sample] = requests + responses

  private static func request(_ action: String, _ json: String) -> Sample {
    Sample([.v16], action, .request, json)
  }

  private static func response(_ action: String, _ json: String) -> Sample {
    Sample([.v16], action, .response, json)
  }

  static let firmware = #"""
    {"retries":3,"retryInterval":60,"requestId":7,"firmware":{"location":"https://fw.example/ac11.bin",
    "retrieveDateTime":"2026-11-23T01:02:03Z","installDateTime":"2026-11-23T02:00:00Z",
    "signingCertificate":"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    "signature":"MEUCIQ=="}}
    """#

  static let meterValues = #"""
    {"connectorId":1,"transactionId":42,"meterValue":[{"timestamp":"2026-11-23T01:02:03Z",
    "sampledValue":[{"value":"12345.6","context":"Sample.Periodic","format":"Raw",
    "measurand":"Energy.Active.Import.Register","location":"Outlet","unit":"Wh"},
    {"value":"31","measurand":"Temperature","unit":"Celcius"},
    {"value":"31","measurand":"Temperature","unit":"Celsius"},
    {"value":"16.1","measurand":"Current.Import","phase":"L1-N","unit":"A"}]}]}
    """#

  static let requests: [Sample] = [
    request("BootNotification", #"{"chargePointVendor":"Acme","chargePointModel":"AC11"}"#),
    request(
      "BootNotification",
      #"""
      {"chargePointVendor":"Acme","chargePointModel":"AC11","chargePointSerialNumber":"A1",
      "chargeBoxSerialNumber":"B1","firmwareVersion":"1.9.0","iccid":"8949","imsi":"2620",
      "meterType":"EM24","meterSerialNumber":"M1"}
      """#),
    request("Heartbeat", "{}"),
    request("Heartbeat", "null"),
    request("StatusNotification", #"{"connectorId":0,"errorCode":"NoError","status":"Available"}"#),
    request(
      "StatusNotification",
      #"""
      {"connectorId":2,"errorCode":"OtherError","info":"x","status":"Faulted",
      "timestamp":"2026-11-23T01:02:03.123+01:00","vendorId":"acme","vendorErrorCode":"E7"}
      """#),
    request("Authorize", #"{"idTag":"04A1B2C3"}"#),
    request(
      "StartTransaction",
      #"""
      {"connectorId":1,"idTag":"04A1B2C3","meterStart":0,"reservationId":5,
      "timestamp":"2026-11-23T01:02:03Z"}
      """#),
    request(
      "StopTransaction",
      #"{"meterStop":9000,"timestamp":"2026-11-23T01:02:03Z","transactionId":42}"#),
    request(
      "StopTransaction",
      #"""
      {"idTag":"","meterStop":9000,"timestamp":"2026-11-23T01:02:03Z","transactionId":42,
      "reason":"EVDisconnected","transactionData":[{"timestamp":"2026-11-23T01:02:03Z",
      "sampledValue":[{"value":"","context":"Transaction.End"}]}]}
      """#),
    request("MeterValues", meterValues),
    request("DataTransfer", #"{"vendorId":"acme","messageId":"m","data":"{\"a\":1}"}"#),
    request("FirmwareStatusNotification", #"{"status":"Downloading"}"#),
    request("SignedFirmwareStatusNotification", #"{"status":"SignatureVerified","requestId":7}"#),
    request("DiagnosticsStatusNotification", #"{"status":"Uploaded"}"#),
    request(
      "SecurityEventNotification",
      #"{"type":"SettingSystemTime","timestamp":"2026-11-23T01:02:03Z","techInfo":"ntp"}"#),
    request("GetConfiguration", "{}"),
    request("GetConfiguration", #"{"key":["HeartbeatInterval","SupportedFeatureProfiles"]}"#),
    request("ChangeConfiguration", #"{"key":"HeartbeatInterval","value":"300"}"#),
    request("ChangeAvailability", #"{"connectorId":0,"type":"Inoperative"}"#),
    request(
      "UpdateFirmware",
      #"""
      {"location":"ftp://fw.example/ac11%20v2.bin","retries":1,"retryInterval":10,
      "retrieveDate":"2026-11-23T01:02:03Z"}
      """#),
    request("SignedUpdateFirmware", firmware),
    request("Reset", #"{"type":"Soft"}"#),
    request("TriggerMessage", #"{"requestedMessage":"StatusNotification","connectorId":1}"#),
    request("ExtendedTriggerMessage", #"{"requestedMessage":"SignChargePointCertificate"}"#),
  ]

  static let responses: [Sample] = [
    response(
      "BootNotification",
      #"{"status":"Accepted","currentTime":"2026-11-23T01:02:03.000Z","interval":300}"#),
    response("Heartbeat", #"{"currentTime":"2026-11-23T01:02:03Z"}"#),
    response("StatusNotification", "{}"),
    response("Authorize", #"{"idTagInfo":{"status":"Accepted"}}"#),
    response(
      "StartTransaction",
      #"""
      {"idTagInfo":{"status":"ConcurrentTx","expiryDate":"2027-01-01T00:00:00Z",
      "parentIdTag":"P"},"transactionId":42}
      """#),
    response("StopTransaction", "{}"),
    response("StopTransaction", #"{"idTagInfo":{"status":"Expired"}}"#),
    response("MeterValues", "{}"),
    response("DataTransfer", #"{"status":"UnknownVendorId"}"#),
    response("FirmwareStatusNotification", "{}"),
    response("SignedFirmwareStatusNotification", "{}"),
    response("DiagnosticsStatusNotification", "{}"),
    response("SecurityEventNotification", "{}"),
    response(
      "GetConfiguration",
      #"{"configurationKey":[{"key":"HeartbeatInterval","readonly":false,"value":"300"}]}"#),
    response("GetConfiguration", #"{"configurationKey":[],"unknownKey":["X"]}"#),
    response("ChangeConfiguration", #"{"status":"RebootRequired"}"#),
    response("ChangeAvailability", #"{"status":"Scheduled"}"#),
    response("UpdateFirmware", "{}"),
    response("SignedUpdateFirmware", #"{"status":"InvalidCertificate"}"#),
    response("Reset", #"{"status":"Accepted"}"#),
    response("TriggerMessage", #"{"status":"NotImplemented"}"#),
    response("ExtendedTriggerMessage", #"{"status":"Accepted"}"#),
  ]
}

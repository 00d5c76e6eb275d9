import OCPP

/// Valid payloads of OCPP 2.0.1 that are valid in 2.1 too, unless they say otherwise.
enum Samples2 {
  static let all: [Sample] = requests + responses

  private static func request(
    _ action: String, _ json: String, in versions: [OCPPVersion] = [.v201, .v21]
  ) -> Sample {
    Sample(versions, action, .request, json)
  }

  private static func response(
    _ action: String, _ json: String, in versions: [OCPPVersion] = [.v201, .v21]
  ) -> Sample {
    Sample(versions, action, .response, json)
  }

  static let transactionEvent = #"""
    {"eventType":"Updated","timestamp":"2026-11-23T01:02:03Z","triggerReason":"MeterValuePeriodic",
    "seqNo":3,"offline":false,"numberOfPhasesUsed":3,"cableMaxCurrent":32,"reservationId":1,
    "transactionInfo":{"transactionId":"7f3a1c52-9c1d-4b6e-8a53-0a1b2c3d4e5f",
    "chargingState":"Charging","timeSpentCharging":60,"remoteStartId":9},
    "idToken":{"idToken":"04A1B2C3","type":"ISO14443",
    "additionalInfo":[{"additionalIdToken":"x","type":"y"}]},
    "evse":{"id":1,"connectorId":1},
    "meterValue":[{"timestamp":"2026-11-23T01:02:03Z","sampledValue":[{"value":12345.6,
    "context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","location":"Outlet",
    "unitOfMeasure":{"unit":"Wh","multiplier":0}}]}],
    "customData":{"vendorId":"acme","anything":[1,{"goes":null}]}}
    """#

  static let requests: [Sample] = [
    request(
      "BootNotification",
      #"""
      {"reason":"FirmwareUpdate","chargingStation":{"model":"AC11","vendorName":"Acme",
      "serialNumber":"A1","firmwareVersion":"2.0.0","modem":{"iccid":"8949","imsi":"2620"}}}
      """#),
    request("Heartbeat", "{}"),
    request("Heartbeat", #"{"customData":{"vendorId":"acme"}}"#),
    request(
      "StatusNotification",
      #"""
      {"timestamp":"2026-11-23T01:02:03Z","connectorStatus":"Occupied","evseId":1,"connectorId":1}
      """#),
    request("Authorize", #"{"idToken":{"idToken":"04A1B2C3","type":"ISO14443"}}"#),
    request(
      "Authorize",
      #"""
      {"idToken":{"idToken":"DE-8AA","type":"eMAID"},"certificate":"PEM","iso15118CertificateHashData":[
      {"hashAlgorithm":"SHA256","issuerNameHash":"a","issuerKeyHash":"b","serialNumber":"c",
      "responderURL":"http://ocsp"}]}
      """#),
    request("TransactionEvent", transactionEvent),
    request(
      "MeterValues",
      #"""
      {"evseId":1,"meterValue":[{"timestamp":"2026-11-23T01:02:03Z","sampledValue":[{"value":-1e1,
      "signedMeterValue":{"signedMeterData":"eA==","signingMethod":"ECDSA","encodingMethod":"OCMF",
      "publicKey":""}}]}]}
      """#),
    request(
      "NotifyReport",
      #"""
      {"requestId":1,"generatedAt":"2026-11-23T01:02:03Z","tbc":true,"seqNo":0,"reportData":[
      {"component":{"name":"EVSE","evse":{"id":1}},"variable":{"name":"Power","instance":"x"},
      "variableAttribute":[{"type":"Actual","value":"1","mutability":"ReadOnly","persistent":true,
      "constant":false}],"variableCharacteristics":{"dataType":"decimal","unit":"W","maxLimit":22000.5,
      "supportsMonitoring":true}}]}
      """#),
    request(
      "NotifyEvent",
      #"""
      {"generatedAt":"2026-11-23T01:02:03Z","seqNo":0,"eventData":[{"eventId":1,
      "timestamp":"2026-11-23T01:02:03Z","trigger":"Alerting","actualValue":"90",
      "eventNotificationType":"HardWiredNotification","component":{"name":"Controller"},
      "variable":{"name":"Temperature"}}]}
      """#),
    request("DataTransfer", #"{"vendorId":"acme","messageId":"m","data":{"free":[1,null]}}"#),
    request("DataTransfer", #"{"vendorId":"acme","data":17}"#),
    request("FirmwareStatusNotification", #"{"status":"InstallScheduled","requestId":7}"#),
    request(
      "SecurityEventNotification",
      #"{"type":"FirmwareUpdated","timestamp":"2026-11-23T01:02:03Z"}"#),
    request("GetBaseReport", #"{"requestId":1,"reportBase":"FullInventory"}"#),
    request(
      "GetVariables",
      #"""
      {"getVariableData":[{"attributeType":"Target","component":{"name":"OCPPCommCtrlr"},
      "variable":{"name":"HeartbeatInterval"}}]}
      """#),
    request(
      "SetVariables",
      #"""
      {"setVariableData":[{"attributeValue":"300","component":{"name":"OCPPCommCtrlr"},
      "variable":{"name":"HeartbeatInterval"}}]}
      """#),
    request("ChangeAvailability", #"{"operationalStatus":"Inoperative","evse":{"id":1}}"#),
    request(
      "UpdateFirmware",
      #"""
      {"requestId":7,"retries":0,"retryInterval":10,"firmware":{"location":"https://fw/x",
      "retrieveDateTime":"2026-11-23T01:02:03Z","signingCertificate":"PEM","signature":"MEUC"}}
      """#),
    request("Reset", #"{"type":"OnIdle","evseId":1}"#),
    request("Reset", #"{"type":"ImmediateAndResume"}"#, in: [.v21]),
    request("TriggerMessage", #"{"requestedMessage":"BootNotification"}"#),
  ]

  static let responses: [Sample] = [
    response(
      "BootNotification",
      #"""
      {"currentTime":"2026-11-23T01:02:03Z","interval":300,"status":"Pending",
      "statusInfo":{"reasonCode":"Migrating","additionalInfo":"x"}}
      """#),
    response("Heartbeat", #"{"currentTime":"2026-11-23T01:02:03Z"}"#),
    response("StatusNotification", "{}"),
    response("Authorize", #"{"idTokenInfo":{"status":"Accepted"}}"#),
    response(
      "TransactionEvent",
      #"""
      {"totalCost":1.25,"chargingPriority":-9,"idTokenInfo":{"status":"Invalid"},
      "updatedPersonalMessage":{"format":"UTF8","content":"Grüße"}}
      """#),
    response("MeterValues", "{}"),
    response("NotifyReport", "{}"),
    response("NotifyEvent", "{}"),
    response("DataTransfer", #"{"status":"Accepted","data":[1]}"#),
    response("FirmwareStatusNotification", "{}"),
    response("SecurityEventNotification", "{}"),
    response("GetBaseReport", #"{"status":"EmptyResultSet"}"#),
    response(
      "GetVariables",
      #"""
      {"getVariableResult":[{"attributeStatus":"Accepted","attributeValue":"300",
      "component":{"name":"OCPPCommCtrlr"},"variable":{"name":"HeartbeatInterval"}}]}
      """#),
    response(
      "SetVariables",
      #"""
      {"setVariableResult":[{"attributeStatus":"RebootRequired",
      "component":{"name":"OCPPCommCtrlr"},"variable":{"name":"HeartbeatInterval"}}]}
      """#),
    response("ChangeAvailability", #"{"status":"Scheduled"}"#),
    response("UpdateFirmware", #"{"status":"AcceptedCanceled"}"#),
    response("Reset", #"{"status":"Rejected","statusInfo":{"reasonCode":"FwUpdateInProgress"}}"#),
    response("TriggerMessage", #"{"status":"NotImplemented"}"#),
  ]
}

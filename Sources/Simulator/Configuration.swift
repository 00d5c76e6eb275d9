/// The configuration keys of 1.6.
struct Configuration: Sendable {
  struct Key: Sendable {
    enum Kind: Sendable { case integer, boolean, text, list }

    var name: String
    var value: String
    var kind: Kind
    var isReadOnly = false
    /// Never shown (SEC A01).
    var isSecret = false
    var needsReboot = false
  }

  private(set) var keys: [Key]

  init(profile: StationProfile) {
    let measurands = "Energy.Active.Import.Register"
    func key(_ name: String, _ value: String, _ kind: Key.Kind) -> Key {
      Key(name: name, value: value, kind: kind)
    }
    func fixed(_ name: String, _ value: String, _ kind: Key.Kind) -> Key {
      Key(name: name, value: value, kind: kind, isReadOnly: true)
    }
    keys = [
      key("AllowOfflineTxForUnknownId", "true", .boolean),
      key("AuthorizationCacheEnabled", "false", .boolean),
      key("AuthorizeRemoteTxRequests", "false", .boolean),
      key("ClockAlignedDataInterval", "0", .integer),
      key("ConnectionTimeOut", "60", .integer),
      Key(name: "ConnectorPhaseRotation", value: "NotApplicable", kind: .list, needsReboot: true),
      fixed("GetConfigurationMaxKeys", "40", .integer),
      key("HeartbeatInterval", "300", .integer),
      key("LocalAuthorizeOffline", "true", .boolean),
      key("LocalPreAuthorize", "false", .boolean),
      key("MeterValuesAlignedData", measurands, .list),
      key("MeterValuesSampledData", measurands, .list),
      key("MeterValueSampleInterval", "60", .integer),
      fixed("NumberOfConnectors", String(profile.connectors), .integer),
      key("ResetRetries", "1", .integer),
      key("StopTransactionOnEVSideDisconnect", "true", .boolean),
      key("StopTransactionOnInvalidId", "true", .boolean),
      key("StopTxnAlignedData", "", .list),
      key("StopTxnSampledData", measurands, .list),
      fixed(
        "SupportedFeatureProfiles", "Core,FirmwareManagement,LocalAuthListManagement,RemoteTrigger",
        .list),
      key("TransactionMessageAttempts", "3", .integer),
      key("TransactionMessageRetryInterval", "60", .integer),
      key("UnlockConnectorOnEVSideDisconnect", "true", .boolean),
      key("WebSocketPingInterval", "60", .integer),
      key("LocalAuthListEnabled", "true", .boolean),
      fixed("LocalAuthListMaxLength", "1000", .integer),
      fixed("SendLocalListMaxLength", "100", .integer),
      fixed("SupportedFileTransferProtocols", "HTTP", .list),
      key("CpoName", "", .text),
      Key(name: "AuthorizationKey", value: "", kind: .text, isSecret: true),
      Key(
        name: "SecurityProfile", value: profile.password.isEmpty ? "0" : "1", kind: .integer,
        isReadOnly: true),
    ]
  }

  /// Key names are compared without case (OCPP 1.6 §9: CiString).
  func key(_ name: String) -> Key? {
    keys.first { $0.name.lowercased() == name.lowercased() }
  }

  /// Sets a key whatever it allows.
  mutating func set(_ name: String, _ value: String) {
    guard let index = keys.firstIndex(where: { $0.name == name }) else { return }
    keys[index].value = value
  }

  /// ChangeConfiguration. Returns ConfigurationStatus.
  mutating func change(_ name: String, _ value: String) -> String {
    guard let key = key(name) else { return "NotSupported" }
    let isValid =
      switch key.kind {
      case .integer: Int64(value).map { $0 >= 0 } ?? false
      case .boolean: ["true", "false"].contains(value.lowercased())
      case .text, .list: true
      }
    guard !key.isReadOnly, isValid else { return "Rejected" }
    set(key.name, value)
    return key.needsReboot ? "RebootRequired" : "Accepted"
  }

  var sampleInterval: Int64 { integer("MeterValueSampleInterval") }
  var transactionAttempts: Int { Int(max(1, integer("TransactionMessageAttempts"))) }
  var transactionRetryInterval: Int64 { integer("TransactionMessageRetryInterval") }

  private func integer(_ name: String) -> Int64 { key(name).flatMap { Int64($0.value) } ?? 0 }
}

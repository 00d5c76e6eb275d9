/// The standard components and variables of a small charger (OCPP 2.0.1 part 2, referenced
/// components and variables), as text because a long literal of values compiles slowly.
enum StockModel {
  /// component, variable[instance], type, mutability, value, then optional unit, limits, values.
  private static let station = """
    AlignedDataCtrlr Enabled boolean ReadWrite false
    AlignedDataCtrlr Interval integer ReadWrite 0 unit=s limits=0..
    AlignedDataCtrlr Measurands MemberList ReadWrite Energy.Active.Import.Register values=M
    AlignedDataCtrlr TxEndedInterval integer ReadWrite 0 unit=s limits=0..
    AlignedDataCtrlr TxEndedMeasurands MemberList ReadWrite Energy.Active.Import.Register values=M
    AuthCacheCtrlr Available boolean ReadOnly true
    AuthCacheCtrlr Enabled boolean ReadWrite false
    AuthCtrlr AuthorizeRemoteStart boolean ReadWrite false
    AuthCtrlr Enabled boolean ReadWrite true
    AuthCtrlr LocalAuthorizeOffline boolean ReadWrite true
    AuthCtrlr LocalPreAuthorize boolean ReadWrite false
    AuthCtrlr OfflineTxForUnknownIdEnabled boolean ReadWrite true
    ChargingStation AllowNewSessionsPendingFirmwareUpdate boolean ReadWrite false
    ChargingStation AvailabilityState OptionList ReadOnly Available values=A
    ChargingStation Available boolean ReadOnly true
    ChargingStation SupplyPhases integer ReadOnly 3
    ClockCtrlr DateTime dateTime ReadOnly 1970-01-01T00:00:00Z
    ClockCtrlr TimeSource SequenceList ReadWrite Heartbeat values=Heartbeat,NTP
    DeviceDataCtrlr BytesPerMessage[GetReport] integer ReadOnly 65536
    DeviceDataCtrlr BytesPerMessage[GetVariables] integer ReadOnly 65536
    DeviceDataCtrlr BytesPerMessage[SetVariables] integer ReadOnly 65536
    DeviceDataCtrlr ItemsPerMessage[GetReport] integer ReadOnly 50
    DeviceDataCtrlr ItemsPerMessage[GetVariables] integer ReadOnly 50
    DeviceDataCtrlr ItemsPerMessage[SetVariables] integer ReadOnly 50
    LocalAuthListCtrlr BytesPerMessage integer ReadOnly 65536
    LocalAuthListCtrlr Enabled boolean ReadWrite true
    LocalAuthListCtrlr Entries integer ReadOnly 0 limits=0..1000
    LocalAuthListCtrlr ItemsPerMessage integer ReadOnly 100
    OCPPCommCtrlr ActiveNetworkProfile integer ReadOnly 1
    OCPPCommCtrlr FileTransferProtocols MemberList ReadOnly HTTP values=HTTP
    OCPPCommCtrlr HeartbeatInterval integer ReadWrite 300 unit=s limits=1..
    OCPPCommCtrlr MessageAttemptInterval[TransactionEvent] integer ReadWrite 60 unit=s limits=0..
    OCPPCommCtrlr MessageAttempts[TransactionEvent] integer ReadWrite 3 limits=1..
    OCPPCommCtrlr MessageTimeout[Default] integer ReadOnly 30 unit=s
    OCPPCommCtrlr NetworkConfigurationPriority SequenceList ReadWrite 1 values=1,2 reboot
    OCPPCommCtrlr NetworkProfileConnectionAttempts integer ReadWrite 3 limits=1..
    OCPPCommCtrlr OfflineThreshold integer ReadWrite 300 unit=s limits=0..
    OCPPCommCtrlr ResetRetries integer ReadWrite 1 limits=0..
    OCPPCommCtrlr RetryBackOffRandomRange integer ReadWrite 30 unit=s limits=0..
    OCPPCommCtrlr RetryBackOffRepeatTimes integer ReadWrite 4 limits=0..
    OCPPCommCtrlr RetryBackOffWaitMinimum integer ReadWrite 10 unit=s limits=0..
    OCPPCommCtrlr UnlockOnEVSideDisconnect boolean ReadWrite true
    OCPPCommCtrlr WebSocketPingInterval integer ReadWrite 60 unit=s limits=0..
    SampledDataCtrlr Enabled boolean ReadWrite true
    SampledDataCtrlr TxEndedInterval integer ReadWrite 0 unit=s limits=0..
    SampledDataCtrlr TxEndedMeasurands MemberList ReadWrite Energy.Active.Import.Register values=M
    SampledDataCtrlr TxStartedMeasurands MemberList ReadWrite Energy.Active.Import.Register values=M
    SampledDataCtrlr TxUpdatedInterval integer ReadWrite 60 unit=s limits=0..
    SampledDataCtrlr TxUpdatedMeasurands MemberList ReadWrite Energy.Active.Import.Register values=M
    SecurityCtrlr BasicAuthPassword string WriteOnly - limits=16..40
    SecurityCtrlr CertificateEntries integer ReadOnly 0 limits=0..8
    SecurityCtrlr OrganizationName string ReadWrite - limits=0..50
    TxCtrlr EVConnectionTimeOut integer ReadWrite 60 unit=s limits=0..
    TxCtrlr MaxEnergyOnInvalidId integer ReadWrite 0 unit=Wh limits=0..
    TxCtrlr StopTxOnEVSideDisconnect boolean ReadWrite true
    TxCtrlr StopTxOnInvalidId boolean ReadWrite true
    TxCtrlr TxStartPoint MemberList ReadWrite PowerPathClosed values=P
    TxCtrlr TxStopPoint MemberList ReadWrite EVConnected,Authorized values=P
    """

  private static let evse = """
    EVSE AvailabilityState OptionList ReadOnly Available values=A
    EVSE Available boolean ReadOnly true
    EVSE Power decimal ReadOnly 11000 unit=W limits=0..22000
    EVSE SupplyPhases integer ReadOnly 3
    """

  private static let connector = """
    Connector AvailabilityState OptionList ReadOnly Available values=A
    Connector Available boolean ReadOnly true
    Connector ConnectorType string ReadOnly cType2
    Connector SupplyPhases integer ReadOnly 3
    """

  /// Lists that several variables share.
  private static let lists = [
    "A": "Available,Occupied,Reserved,Unavailable,Faulted",
    "M": "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC",
    "P": "ParkingBayOccupancy,EVConnected,Authorized,DataSigned,PowerPathClosed,EnergyTransfer",
  ]

  static func variables(_ profile: StationProfile) -> [DeviceModel.Variable] {
    var variables = station.split(separator: "\n").compactMap(variable)
    func add(_ component: String, _ name: String, _ type: String, _ value: String) {
      variables.append(
        DeviceModel.Variable(
          component: component, name: name, value: value, type: type, mutability: .readOnly))
    }
    add("ChargingStation", "Model", "string", profile.model)
    add("ChargingStation", "VendorName", "string", profile.vendor)
    add("ChargingStation", "SerialNumber", "string", profile.serial)
    // FirmwareVersion is a variable that any component may have; servers look in both.
    add("ChargingStation", "FirmwareVersion", "string", profile.firmware)
    add("Controller", "FirmwareVersion", "string", profile.firmware)
    add("SecurityCtrlr", "Identity", "string", profile.identity)
    add("SecurityCtrlr", "SecurityProfile", "integer", "1")
    let each = (profile.connectors + profile.evses - 1) / profile.evses
    for number in 1...profile.connectors {
      let id = Int64((number - 1) / each + 1)
      let position = Int64((number - 1) % each + 1)
      if position == 1 { variables += place(evse, id, nil) }
      variables += place(connector, id, position)
    }
    return variables
  }

  private static func place(
    _ table: String, _ evse: Int64, _ connector: Int64?
  ) -> [DeviceModel.Variable] {
    table.split(separator: "\n").compactMap(variable).map {
      var variable = $0
      variable.evse = evse
      variable.connector = connector
      return variable
    }
  }

  private static func variable(_ line: Substring) -> DeviceModel.Variable? {
    let words = line.split(separator: " ")
    guard words.count >= 5, let mutability = DeviceModel.Mutability(rawValue: String(words[3]))
    else { return nil }
    let name = words[1].split(separator: "[")
    var variable = DeviceModel.Variable(
      component: String(words[0]), name: String(name[0]),
      value: words[4] == "-" ? "" : String(words[4]), type: String(words[2]),
      mutability: mutability)
    if name.count > 1 { variable.instance = String(name[1].dropLast()) }
    for word in words[5...] {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      switch parts[0] {
      case "unit": variable.unit = parts[1]
      case "values": variable.values = lists[parts[1]] ?? parts[1]
      case "reboot": variable.needsReboot = true
      default:
        let ends = parts[1].split(separator: ".").compactMap { Int64($0) }
        variable.limits = ends[0]...(ends.count > 1 ? ends[1] : .max)
      }
    }
    return variable
  }
}

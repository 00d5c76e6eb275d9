/// Which keys of a 1.6 configuration may be written back after a new image has started.
enum ConfigurationGuard {
  /// Keys that an image sets by itself, that lock doors, or that name the charger and its way here.
  /// Read-only in OCPP 1.6 (§9), but not every charger says so.
  private static let never: Set<String> = [
    "authorizationkey", "securityprofile", "getconfigurationmaxkeys", "numberofconnectors",
    "supportedfeatureprofiles", "supportedfeatureprofilesmaxlength", "chargeprofilemaxstacklevel",
    "chargingscheduleallowedchargingrateunit", "chargingschedulemaxperiods",
    "connectorswitch3to1phasesupported", "maxchargingprofilesinstalled", "localauthlistmaxlength",
    "sendlocallistmaxlength", "reserveconnectorzerosupported", "metervaluesaligneddatamaxlength",
    "metervaluessampleddatamaxlength", "stoptxnaligneddatamaxlength",
    "stoptxnsampleddatamaxlength", "connectorphaserotationmaxlength", "certificatesignedmaxchain",
    "certificatestoremaxlength", "additionalrootcertificatecheck", "supportedfiletransferprotocols",
    "cponame",
  ]

  /// Words in vendors' own keys that mean the same, or that set something off when written.
  private static let dangerous = [
    "firmware", "version", "serial", "identity", "chargepointid", "chargeboxid", "password",
    "secret", "certificate", "url", "uri", "endpoint", "backend", "server", "host", "network",
    "apn", "wifi", "wlan", "ssid", "ethernet", "gateway", "dns", "vpn", "proxy", "modem", "ocpp",
    "protocol", "reset", "reboot", "factory", "update", "datetime", "uptime", "counter",
  ]

  /// In alphabetical order: keys whose value changed or vanished and may be written back.
  static func lost(
    before: [String: String], readOnly: Set<String>, now: [String: String]
  ) -> [String] {
    before.filter { key, value in
      // A key without a value is one that the charger would not tell.
      !value.isEmpty && now[key] != value && !readOnly.contains(key) && mayWrite(key)
    }.keys.sorted()
  }

  static func mayWrite(_ key: String) -> Bool {
    let key = key.lowercased()
    return !never.contains(key) && !dangerous.contains { key.contains($0) }
  }
}

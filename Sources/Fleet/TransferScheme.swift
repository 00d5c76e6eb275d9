/// How a charger fetches a file (OCPP 2.0.1 FileTransferProtocolEnumType; 1.6 SupportedFileTransferProtocols).
package enum TransferScheme: String, Sendable, CaseIterable, Codable {
  case http, https, ftp, ftps, sftp

  /// That of an address; nil when it has none of these.
  package init?(ofAddress address: some StringProtocol) {
    guard let end = address.firstRange(of: "://")?.lowerBound else { return nil }
    self.init(rawValue: address[..<end].lowercased())
  }
}

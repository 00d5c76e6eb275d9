import Foundation
import Transport
import Trust

/// A certificate for an engine on this machine, made for one bench, and a client that trusts it.
struct BenchCertificate {
  private let chain: String
  private let key: String
  let client: ClientTLS

  /// - Parameter directory: where its files are kept.
  init(in directory: String) throws {
    let authority = try DemoAuthority("Bench Root")
    let issued = try authority.issue(
      DemoAuthority.Request("bench", use: .server(["127.0.0.1"])))
    chain = directory + "/chain.pem"
    key = directory + "/key.pem"
    var tls = ClientTLS.Configuration()
    tls.authorities = directory + "/root.pem"
    for (path, text) in [
      (chain, issued.certificate), (key, String(decoding: issued.key.bytes, as: UTF8.self)),
      (directory + "/root.pem", authority.certificate),
    ] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
    client = try ClientTLS(tls)
  }

  /// Of `swell serve`.
  /// - Parameter port: 0 for one that is free.
  func options(port: UInt16 = 0) -> [String] {
    ["--tls-listen", "127.0.0.1:\(port)", "--cert", chain, "--key", key]
  }
}

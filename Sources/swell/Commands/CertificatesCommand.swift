import Control
import Fleet

/// `swell certificates …`: what TLS is served with.
enum CertificatesCommand {
  static let all = [
    CommandInfo(
      "certificates list", "", "what TLS is served with, and until when",
      [Workplace.option, Out.option], run: list),
    CommandInfo(
      "certificates reload", "",
      "read certificates, client authorities and revocation lists anew; connections stay",
      [Workplace.option]
    ) { arguments in
      try arguments.noMoreWords(than: 0)
      Out.line(try Workplace(arguments).perform(.reloadCertificates).message)
    },
  ]

  private struct Row: Encodable {
    var address: String
    var certificate: ListenerInfo.Certificate
  }

  private static func list(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 0)
    guard let engine = try Workplace(arguments).engine() else {
      throw Failure("No engine runs: swell serve starts one.", .unavailable)
    }
    let listeners = engine.info.listeners ?? []
    let rows = listeners.flatMap { listener in
      listener.certificates.map { Row(address: listener.url, certificate: $0) }
    }
    try Listing.show(rows, arguments, ["ADDRESS", "SUBJECT", "KEY", "UNTIL", "FILE"]) {
      [
        $0.address, $0.certificate.subject, $0.certificate.key, Out.time($0.certificate.notAfter),
        $0.certificate.path,
      ]
    }
    for warning in EngineWords.warnings(engine.info) { Out.talk("swell: \(warning)") }
  }
}

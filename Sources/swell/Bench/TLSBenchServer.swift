import Foundation
import Glibc
import Transport

/// An echo that `bench tls` measures, with TLS and without.
enum TLSBenchServer {
  /// Serves the certificate of a folder until it is killed.
  static let command = CommandInfo(
    "bench tls-server", "FOLDER", "the server that bench tls measures; it echoes", []
  ) { arguments in
    let folder = try arguments.word(0, "a folder with chain.pem, key.pem and root.pem")
    var configuration = ServerTLS.Configuration(
      certificates: [(chain: "\(folder)/chain.pem", key: "\(folder)/key.pem")])
    configuration.clientAuthorities = "\(folder)/root.pem"
    Service.raiseDescriptorLimit()
    let tls: ServerTLS
    do { tls = try ServerTLS(configuration) } catch { throw Failure("\(error)") }
    let loop = try EventLoop(name: "echo")
    let secure = try Listener.start(on: loop, host: "127.0.0.1", port: 0, tls: tls) { Echo() }
    let plain = try Listener.start(on: loop, host: "127.0.0.1", port: 0) { Echo() }
    Out.line("\(secure.port) \(plain.port)")
    while true { pause() }
  }

  private final class Echo: ServerDelegate {
    func upgradeRequested(_ connection: ServerConnection, _ request: UpgradeRequest) {
      connection.accept(subprotocol: request.offeredSubprotocols.first)
    }
    func requested(_ connection: ServerConnection, _ head: RequestHead) {
      connection.respond(HTTPResponse(404, "Not Found"))
    }
    func opened(_ connection: ServerConnection) {}
    func received(_ connection: ServerConnection, text: UnsafeBufferPointer<UInt8>) {
      connection.send(text: UnsafeRawBufferPointer(text))
    }
    func closed(_ connection: ServerConnection, _ reason: CloseReason) {}
  }

  /// The server in a process of its own, which ends with this object.
  final class Remote {
    let folder: String
    let securePort: UInt16
    let plainPort: UInt16
    private let child: Child

    init(_ folder: String) throws {
      self.folder = folder
      let output = "\(folder)/ports-\(Moment.now)"
      let child = try Child(["bench", "tls-server", folder], output: output)
      var ports: [UInt16] = []
      try wait("the echo listened", patience: 20_000) {
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        guard text.hasSuffix("\n") else { return false }
        ports = text.split(whereSeparator: \.isWhitespace).compactMap { UInt16($0) }
        if ports.count != 2 { throw Failure("the echo did not start: \(text)") }
        return true
      }
      (securePort, plainPort) = (ports[0], ports[1])
      self.child = child
    }

    var id: pid_t { child.id }
  }
}

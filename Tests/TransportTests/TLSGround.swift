import Glibc
import Testing
import Trust

@testable import Transport

/// Certificates on disk for a test, gone with it.
///
/// The authority is made anew for each ground: no test leans on another's.
final class TLSGround {
  let folder: String
  let authority: DemoAuthority
  private var count = 0

  init() throws {
    var template = Array("/tmp/swell-tls-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    folder = String(cString: made)
    authority = try DemoAuthority("Fleet Root", organization: "Swell Tests")
  }

  deinit {
    for number in 0...count { unlink("\(folder)/\(number).pem") }
    rmdir(folder)
  }

  /// A file with this content; its path.
  func file(_ text: String) throws -> String {
    count += 1
    let path = "\(folder)/\(count).pem"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    try #require(descriptor >= 0)
    let bytes = Array(text.utf8)
    #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
    return path
  }

  func replace(_ path: String, by text: String) {
    let descriptor = open(path, O_WRONLY | O_TRUNC)
    let bytes = Array(text.utf8)
    #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
  }

  func root() throws -> String { try file(authority.certificate) }

  func pair(_ issued: DemoAuthority.Issued) throws -> (chain: String, key: String) {
    (
      chain: try file(issued.certificate),
      key: try file(String(decoding: issued.key.bytes, as: UTF8.self))
    )
  }

  func serverPair(_ name: String = "server", isRSA: Bool = false) throws -> (
    chain: String, key: String
  ) {
    var request = DemoAuthority.Request(name, use: .server(["127.0.0.1", "csms.example"]))
    request.isRSA = isRSA
    return try pair(try authority.issue(request))
  }

  /// A server with the kinds of certificates wanted.
  func server(
    isRSA: [Bool] = [false], _ change: (inout ServerTLS.Configuration) throws -> Void = { _ in }
  ) throws -> ServerTLS {
    var configuration = ServerTLS.Configuration(
      certificates: try isRSA.map { try serverPair(isRSA: $0) })
    try change(&configuration)
    return try ServerTLS(configuration)
  }

  /// A client that trusts the ground's authority.
  func client(
    _ change: (inout ClientTLS.Configuration) throws -> Void = { _ in }
  ) throws -> ClientTLS {
    var configuration = ClientTLS.Configuration()
    configuration.authorities = try root()
    try change(&configuration)
    return try ClientTLS(configuration)
  }
}

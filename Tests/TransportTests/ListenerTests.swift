import Glibc
import Testing

@testable import Transport

@Suite("Listeners") struct ListenerTests {
  @Test("a port is shared among loops that say so, and with nobody else")
  func sharing() throws {
    let script = Script()
    try withLoop { loop in
      let first = try script.listen(on: loop)
      #expect(throws: TransportError.system(call: "bind", code: EADDRINUSE)) {
        try script.listen(on: loop, port: first.port)
      }
      let second = try script.listen(on: loop, port: first.port, isShared: true)
      #expect(second.port == first.port)
    }
  }
}

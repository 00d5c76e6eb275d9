import Threads
import Transport

/// What an echo endpoint saw.
struct EchoCounts: Sendable {
  var connections = 0
  /// Of those, how many agreed on permessage-deflate.
  var compressed = 0
  var messages = 0
  /// Of payloads, inflated, in one direction.
  var bytes = 0
  /// Connections that ended because the peer broke the protocol.
  var failures = 0

  var figures: [Figure] {
    [
      Figure("connections", Double(connections), ""),
      Figure("of those, with compression", Double(compressed), ""),
      Figure("messages echoed", Double(messages), ""),
      Figure("bytes echoed", Double(bytes), "B"),
      Figure("protocol failures of peers", Double(failures), ""),
    ]
  }
}

/// Carries the counts from the loop's thread.
final class EchoLedger: Sendable {
  private let kept = Monitor(EchoCounts())

  var counts: EchoCounts { kept.withLock { $0 } }

  func update(_ body: (inout EchoCounts) -> Void) { kept.withLock { body(&$0) } }
}

/// Sends every message back in its own kind.
final class EchoServer: ServerDelegate {
  private let ledger: EchoLedger

  init(_ ledger: EchoLedger) { self.ledger = ledger }

  func upgradeRequested(_ connection: ServerConnection, _ request: UpgradeRequest) {
    connection.accept(subprotocol: request.offeredSubprotocols.first, compress: true)
  }

  func requested(_ connection: ServerConnection, _ head: RequestHead) {
    connection.respond(HTTPResponse(404, "Not Found", text: "A WebSocket is echoed here."))
  }

  func opened(_ connection: ServerConnection) {
    ledger.update {
      $0.connections += 1
      if connection.isCompressed { $0.compressed += 1 }
    }
  }

  func received(_ connection: ServerConnection, text: UnsafeBufferPointer<UInt8>) {
    connection.send(text: UnsafeRawBufferPointer(text))
    count(text.count)
  }

  func received(_ connection: ServerConnection, binary: UnsafeBufferPointer<UInt8>) {
    connection.send(binary: UnsafeRawBufferPointer(binary))
    count(binary.count)
  }

  func closed(_ connection: ServerConnection, _ reason: CloseReason) {
    if case .protocolFailure = reason { ledger.update { $0.failures += 1 } }
  }

  private func count(_ bytes: Int) {
    ledger.update {
      $0.messages += 1
      $0.bytes += bytes
    }
  }
}

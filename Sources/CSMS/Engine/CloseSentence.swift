import Glibc
import Transport

extension CloseReason {
  /// For the log: who ended the connection, and why.
  var sentence: String {
    switch self {
    case .peer(let code, let reason): "it closed" + Self.detail(code?.description, reason)
    case .local(let code, let reason): "closed from here" + Self.detail(code.description, reason)
    case .protocolFailure(let code, let reason):
      "it broke the WebSocket protocol" + Self.detail(code.description, reason)
    case .lost(0): "the connection ended without a closing handshake"
    case .lost(let code): "the connection was lost: \(String(cString: strerror(code)))"
    case .slowReader(let queued): "it took too little: \(queued) bytes were waiting"
    case .noPong: "it answered no ping"
    case .timedOut: "it took too long to connect"
    case .answered(let status): "answered with HTTP \(status)"
    case .refused(let error): "the handshake failed: \(error)"
    case .insecure(let failure): "TLS failed: \(failure)"
    case .aborted: "cut from here"
    case .stopped: "this engine stops"
    }
  }

  private static func detail(_ code: String?, _ reason: String) -> String {
    let parts = [code, reason.isEmpty ? nil : reason].compactMap(\.self)
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ": ")))"
  }
}

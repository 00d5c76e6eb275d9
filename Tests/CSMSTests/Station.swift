import Glibc
import OCPP
import Testing
import Transport
import Trust

/// A charger whose every frame the test writes itself, over a blocking socket.
final class Station {
  /// The server did not upgrade.
  struct Refused: Error {
    var status: Int
    var answer: HTTPAnswer
  }

  enum Event: Equatable {
    case text(String)
    case closed(code: Int)
  }

  let socket: RawSocket
  let version: OCPPVersion
  /// Sub-protocol that the engine chose.
  let chosen: String
  private var lastID = 0
  /// Calls of the engine that came while an answer was awaited.
  private(set) var waiting: [Call] = []

  struct Call {
    var id: String
    var action: String
    var payload: JSON
  }

  /// - Parameter offers: the header's value; nil leaves it out.
  init(
    _ identity: String, port: UInt16, offers: String? = "ocpp1.6", user: String? = nil,
    password: String? = nil, prefix: String = "/ocpp/", from own: UInt8 = 1,
    tls: ClientTLS? = nil
  ) throws {
    socket = try RawSocket(port: port, from: own, tls: tls)
    var text = "GET \(prefix)\(identity) HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
    text += "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    text += "Sec-WebSocket-Version: 13\r\n"
    if let offers { text += "Sec-WebSocket-Protocol: \(offers)\r\n" }
    if let password {
      let credentials = Base64.encode(Array("\(user ?? identity):\(password)".utf8))
      text += "Authorization: Basic \(credentials)\r\n"
    }
    socket.say(text + "\r\n")
    let answer = try socket.response()
    guard answer.status == 101 else { throw Refused(status: answer.status, answer: answer) }
    chosen = answer.fields["sec-websocket-protocol"] ?? ""
    version = try #require(OCPPVersion(subprotocol: chosen))
  }

  /// Status of a handshake; 101 when it was accepted.
  static func status(
    _ identity: String, port: UInt16, offers: String? = "ocpp1.6", user: String? = nil,
    password: String? = nil, prefix: String = "/ocpp/"
  ) throws -> Int {
    do {
      _ = try Station(
        identity, port: port, offers: offers, user: user, password: password, prefix: prefix)
      return 101
    } catch let refused as Refused {
      return refused.status
    }
  }

  // MARK: Frames

  /// A frame with an all-zero mask, which RFC 6455 allows.
  func frame(_ payload: [UInt8], opcode: UInt8 = 1, claiming length: Int? = nil) {
    let length = length ?? payload.count
    var bytes: [UInt8] = [0x80 | opcode]
    if length < 126 {
      bytes.append(0x80 | UInt8(length))
    } else if length < 65_536 {
      bytes += [0x80 | 126, UInt8(length >> 8), UInt8(length & 255)]
    } else {
      bytes.append(0x80 | 127)
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: length >> (56 - 8 * $0)) }
    }
    socket.say(bytes + [0, 0, 0, 0] + payload)
  }

  func say(_ text: String) { frame(Array(text.utf8)) }

  /// The next message or close, pings left out.
  func hear() throws -> Event {
    while true {
      let head = try socket.take(2)
      var length = Int(head[1] & 0x7F)
      if length == 126 {
        length = try socket.take(2).reduce(0) { $0 << 8 | Int($1) }
      } else if length == 127 {
        length = try socket.take(8).reduce(0) { $0 << 8 | Int($1) }
      }
      let payload = try socket.take(length)
      switch head[0] & 0x0F {
      case 1: return .text(String(decoding: payload, as: UTF8.self))
      case 8:
        return .closed(code: payload.count < 2 ? 1005 : Int(payload[0]) << 8 | Int(payload[1]))
      default: continue
      }
    }
  }

  /// Reads until the connection ends; the close code, or nil when it ended without one.
  func end() -> Int? {
    while true {
      do {
        if case .closed(let code) = try hear() { return code }
      } catch { return nil }
    }
  }

  func hangUp() { socket.hangUp() }

  // MARK: Calls

  func nextID() -> String {
    lastID += 1
    return "m\(lastID)"
  }

  func send(_ action: String, _ payload: String, id: String? = nil) -> String {
    let id = id ?? nextID()
    say("[2,\"\(id)\",\"\(action)\",\(payload)]")
    return id
  }

  /// Calls and returns the answer's frame, whatever it is.
  func ask(_ action: String, _ payload: String, id: String? = nil) throws -> JSON {
    let id = send(action, payload, id: id)
    while true {
      guard case .text(let text) = try hear() else { throw RawSocket.Failure.ended }
      let frame = try JSON(text: text)
      if frame.array?.first?.int == 2 {
        waiting.append(try Self.call(frame))
      } else {
        #expect(frame.array?[1].string == id)
        return frame
      }
    }
  }

  /// Calls and returns the payload of the CALLRESULT.
  @discardableResult
  func call(_ action: String, _ payload: String, id: String? = nil) throws -> JSON {
    let frame = try ask(action, payload, id: id)
    try #require(frame.array?.first?.int == 3, "\(action): \(frame.text)")
    return try #require(frame.array?[2])
  }

  private static func call(_ frame: JSON) throws -> Call {
    let items = try #require(frame.array)
    return Call(
      id: try #require(items[1].string), action: try #require(items[2].string), payload: items[3])
  }

  /// The next call of the engine.
  func nextCall() throws -> Call {
    if !waiting.isEmpty { return waiting.removeFirst() }
    while true {
      guard case .text(let text) = try hear() else { throw RawSocket.Failure.ended }
      let frame = try JSON(text: text)
      if frame.array?.first?.int == 2 { return try Self.call(frame) }
    }
  }

  /// The next call, which must be this one and follow its schema.
  func expectCall(_ action: String) throws -> Call {
    let call = try nextCall()
    try #require(call.action == action, "\(call.action) \(call.payload.text)")
    let violation = try Messages.violation(request: call.payload, of: action, in: version)
    #expect(violation == nil)
    return call
  }

  func answer(_ call: Call, _ payload: String) { say("[3,\"\(call.id)\",\(payload)]") }

  func refuse(_ call: Call, _ code: String) { say("[4,\"\(call.id)\",\"\(code)\",\"\",{}]") }

  // MARK: Usual messages

  @discardableResult
  func boot(_ firmware: String = "2.3.1") throws -> JSON {
    try call(
      "BootNotification",
      version == .v16
        ? #"{"chargePointVendor":"Volta","chargePointModel":"AC22","firmwareVersion":"\#(firmware)"}"#
        : #"{"reason":"PowerUp","chargingStation":{"vendorName":"Volta","model":"AC22","firmwareVersion":"\#(firmware)"}}"#
    )
  }

  func status(_ word: String = "Available", connector: Int = 1) throws {
    try call(
      "StatusNotification",
      version == .v16
        ? #"{"connectorId":\#(connector),"errorCode":"NoError","status":"\#(word)"}"#
        : #"{"evseId":\#(connector),"connectorId":1,"connectorStatus":"\#(word)","timestamp":"2026-11-23T01:02:03Z"}"#
    )
  }
}

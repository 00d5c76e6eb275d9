import Glibc
import OCPP

/// What a charger of a load client can say.
enum LoadMessage: Int, Sendable, CaseIterable {
  case boot, heartbeat, occupied, free, start, meter, stop
}

/// The frames of a version, made once: only digits are written into them before they are sent.
struct LoadFrames {
  /// What stands in a frame's places.
  struct Values {
    var id: UInt32 = 0
    /// Of 1.6, as the engine gave it.
    var transaction = 0
    /// Of 2.x: the id of the message that began it.
    var session: UInt32 = 0
    var sequence = 0
    var meter = 0
  }

  private enum Place { case id, transaction, session, sequence, meter, time }

  private struct Frame {
    var bytes: [UInt8]
    var places: [(place: Place, range: Range<Int>)]
  }

  private let frames: [Frame]

  /// Where the digits of a frame's id stand, in what is sent and in its answer.
  static let id = 4..<12

  /// - Parameter era: makes the names of this run's transactions unlike those of others.
  init(_ version: OCPPVersion, era: String) {
    frames = LoadMessage.allCases.map { message in
      Self.frame(version == .v16 ? Self.text16(message) : Self.text2(message, era))
    }
  }

  /// Writes a message into `buffer`, in place of what it holds.
  func write(_ message: LoadMessage, _ values: Values, _ time: LoadTime, into buffer: inout [UInt8])
  {
    let frame = frames[message.rawValue]
    buffer.removeAll(keepingCapacity: true)
    buffer.append(contentsOf: frame.bytes)
    for (place, range) in frame.places {
      switch place {
      case .id: Self.put(Int(values.id), in: range, &buffer, fill: UInt8(ascii: "0"))
      case .session: Self.put(Int(values.session), in: range, &buffer, fill: UInt8(ascii: "0"))
      case .meter: Self.put(values.meter, in: range, &buffer, fill: UInt8(ascii: "0"))
      // Numbers have no leading zeros in JSON, but may have spaces before them.
      case .transaction: Self.put(values.transaction, in: range, &buffer, fill: UInt8(ascii: " "))
      case .sequence: Self.put(values.sequence, in: range, &buffer, fill: UInt8(ascii: " "))
      case .time: buffer.replaceSubrange(range, with: time.text)
      }
    }
  }

  private static func put(
    _ number: Int, in range: Range<Int>, _ buffer: inout [UInt8], fill: UInt8
  ) {
    var left = number
    for index in range.reversed() {
      buffer[index] =
        left > 0 || index == range.upperBound - 1 ? UInt8(ascii: "0") + UInt8(left % 10) : fill
      left /= 10
    }
  }

  private static func frame(_ text: String) -> Frame {
    let places: [(mark: Character, place: Place, width: Int)] = [
      ("i", .id, 8), ("x", .transaction, 10), ("s", .session, 8), ("q", .sequence, 6),
      ("m", .meter, 7), ("t", .time, LoadTime.width),
    ]
    var frame = Frame(bytes: [], places: [])
    var rest = Substring(text)
    while let at = rest.firstIndex(of: "$") {
      frame.bytes += rest[..<at].utf8
      let mark = rest[rest.index(after: at)]
      rest = rest[rest.index(at, offsetBy: 2)...]
      for (known, place, width) in places where known == mark {
        frame.places.append((place, frame.bytes.count..<frame.bytes.count + width))
        frame.bytes += [UInt8](repeating: UInt8(ascii: "0"), count: width)
      }
    }
    frame.bytes += rest.utf8
    return frame
  }

  private static func text16(_ message: LoadMessage) -> String {
    switch message {
    case .boot:
      #"[2,"$i","BootNotification",{"chargePointVendor":"Load","chargePointModel":"L1","#
        + #""firmwareVersion":"1.0"}]"#
    case .heartbeat: #"[2,"$i","Heartbeat",{}]"#
    case .occupied, .free:
      #"[2,"$i","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":""#
        + (message == .free ? "Available" : "Charging") + #"","timestamp":"$t"}]"#
    case .start:
      #"[2,"$i","StartTransaction",{"connectorId":1,"idTag":"LOAD","meterStart":1$m,"#
        + #""timestamp":"$t"}]"#
    case .meter:
      #"[2,"$i","MeterValues",{"connectorId":1,"transactionId":$x,"meterValue":[{"timestamp":"$t","#
        + #""sampledValue":[{"value":"1$m","measurand":"Energy.Active.Import.Register","#
        + #""unit":"Wh"},{"value":"11034.5","measurand":"Power.Active.Import","unit":"W"}]}]}]"#
    case .stop:
      #"[2,"$i","StopTransaction",{"transactionId":$x,"idTag":"LOAD","meterStop":1$m,"#
        + #""timestamp":"$t","reason":"EVDisconnected"}]"#
    }
  }

  private static func text2(_ message: LoadMessage, _ era: String) -> String {
    switch message {
    case .boot:
      #"[2,"$i","BootNotification",{"reason":"PowerUp","chargingStation":{"model":"L1","#
        + #""vendorName":"Load","firmwareVersion":"1.0"}}]"#
    case .heartbeat: #"[2,"$i","Heartbeat",{}]"#
    case .occupied, .free:
      #"[2,"$i","StatusNotification",{"timestamp":"$t","connectorStatus":""#
        + (message == .free ? "Available" : "Occupied") + #"","evseId":1,"connectorId":1}]"#
    case .start: event("Started", "CablePluggedIn", "Transaction.Begin", era)
    case .meter: event("Updated", "MeterValuePeriodic", "Sample.Periodic", era)
    case .stop: event("Ended", "EVCommunicationLost", "Transaction.End", era)
    }
  }

  private static func event(
    _ type: String, _ trigger: String, _ context: String, _ era: String
  ) -> String {
    #"[2,"$i","TransactionEvent",{"eventType":"\#(type)","timestamp":"$t","triggerReason":""#
      + #"\#(trigger)","seqNo":$q,"transactionInfo":{"transactionId":"\#(era)-$s"},"#
      + #""evse":{"id":1,"connectorId":1},"meterValue":[{"timestamp":"$t","sampledValue":"#
      + #"[{"value":1$m,"context":"\#(context)","measurand":"Energy.Active.Import.Register","#
      + #""unitOfMeasure":{"unit":"Wh"}}]}]}]"#
  }
}

/// The time as frames have it, written anew when it has changed.
struct LoadTime {
  static let width = 24
  private(set) var text = Array("1970-01-01T00:00:00.000Z".utf8)
  private var shown = -1

  mutating func update() {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let milliseconds = now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    guard milliseconds != shown else { return }
    if milliseconds / 1000 != shown / 1000 || shown < 0 {
      var parts = tm()
      gmtime_r(&now.tv_sec, &parts)
      put(Int(parts.tm_year) + 1900, 0..<4)
      put(Int(parts.tm_mon) + 1, 5..<7)
      put(Int(parts.tm_mday), 8..<10)
      put(Int(parts.tm_hour), 11..<13)
      put(Int(parts.tm_min), 14..<16)
      put(Int(parts.tm_sec), 17..<19)
    }
    put(milliseconds % 1000, 20..<23)
    shown = milliseconds
  }

  private mutating func put(_ number: Int, _ range: Range<Int>) {
    var left = number
    for index in range.reversed() {
      text[index] = UInt8(ascii: "0") + UInt8(left % 10)
      left /= 10
    }
  }
}

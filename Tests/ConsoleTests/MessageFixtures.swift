import Canvas
import Control
import Fleet

@testable import Console

extension Fixture {
  /// The first so many frames of a quarter of an hour.
  static func traffic(
    _ count: Int, of charger: String?, traced: [String]? = ["KLN-DTZ-00007", "KLN-DTZ-00012"],
    query: TrafficQuery? = nil, at: Instant = now
  ) -> TrafficPage {
    let lines = (0..<count).map { index in
      var line = day[index % day.count]
      line.at = now + .milliseconds(Int64(index - 200) * 4730)
      line.id = "7f3a\(1000 + index / 2)"
      line.charger = charger ?? ["KLN-DTZ-00007", "KLN-DTZ-00012"][index / 2 % 2]
      return line
    }
    return TrafficPage(
      at: at, query: query ?? TrafficQuery(charger: charger), traced: traced, lines: lines,
      dropped: 0)
  }

  private static func frame(
    _ isInbound: Bool, _ kind: TrafficPage.Line.Kind, _ action: String, _ payload: String,
    _ latency: Int? = nil, _ fault: MessageFault? = nil
  ) -> TrafficPage.Line {
    TrafficPage.Line(
      at: now, charger: "", isInbound: isInbound, version: .ocpp16, kind: kind, id: "",
      action: action, payload: payload, latency: latency, fault: fault)
  }

  private static let day: [TrafficPage.Line] = [
    frame(true, .call, "Heartbeat", "{}"),
    frame(false, .result, "Heartbeat", #"{"currentTime":"2026-11-24T13:03:07Z"}"#, 2),
    frame(
      true, .call, "StatusNotification",
      #"{"connectorId":1,"errorCode":"NoError","status":"Charging"}"#),
    frame(false, .result, "StatusNotification", "{}", 3),
    frame(false, .call, "TriggerMessage", #"{"requestedMessage":"MeterValues","connectorId":1}"#),
    frame(
      true, .result, "TriggerMessage", #"{"status":"Rejected"}"#, 412,
      MessageFault(path: "status", what: "Rejected")),
    frame(
      true, .call, "StopTransaction",
      #"{"transactionId":4711,"idTag":"04A2F1B3","meterStop":18420,"timestamp":"2026-11-24T12:58:01Z"}"#
    ),
    frame(
      true, .call, "MeterValues",
      #"{"connectorId":1,"transactionId":4711,"meterValue":[{"timestamp":"2026-11-24T13:03:00Z","sampledValue":[{"value":"2140","measurand":"Energy.Active.Import.Register","unit":"Wh"},{"value":"16.1","measurand":"Current.Import","phase":"L4","unit":"A"}]}]}"#,
      nil,
      MessageFault(
        path: "meterValue[0].sampledValue[1].phase",
        what: #""L4" is none of L1, L2, L3, N, L1-N, L2-N, …"#)),
    frame(false, .result, "MeterValues", "{}", 1_240),
    frame(
      false, .error, "DataTransfer", #"{"code":"NotSupported","description":"","details":{}}"#, 5,
      MessageFault(path: "", what: "NotSupported")),
    frame(
      false, .call, "GetConfiguration", #"{"key":["HeartbeatInterval","AuthorizationKey"]}"#, nil,
      MessageFault(path: "", what: "not answered")),
    frame(
      true, .unreadable, "", #"[2,"77","Heartbeat",{"#, nil,
      MessageFault(path: "", what: "not JSON: text ends early at byte 21")),
  ]

  static func messages(
    _ question: MessageQuestion, _ count: Int, at: Instant = now
  ) -> MessageReply {
    switch question {
    case .actions: return .actions(ComposerFixture.actions)
    case .form(_, let action): return .form(ComposerFixture.form(action))
    case .check(_, let action, let payload):
      return .fault(ComposerFixture.fault(payload, action))
    case .traffic(let query):
      return .traffic(
        traffic(min(count, query.limit), of: query.charger, query: query, at: at))
    }
  }
}

enum ComposerFixture {
  static let charger = "KLN-DTZ-00007"

  static let actions: [MessageAction] = [
    .init(name: "GetBaseReport", group: "B Provisioning"),
    .init(name: "Reset", group: "B Provisioning"),
    .init(name: "SetVariables", group: "B Provisioning"),
    .init(name: "GetVariables", group: "B Provisioning"),
    .init(name: "TriggerMessage", group: "F RemoteControl"),
    .init(name: "UnlockConnector", group: "F RemoteControl"),
    .init(name: "GetLocalListVersion", group: "D LocalAuthorizationListManagement"),
    .init(name: "UpdateFirmware", group: "L FirmwareManagement"),
    .init(name: "GetLog", group: "N Diagnostics"),
  ]

  private static let component = MessageField(
    name: "component", isRequired: true,
    kind: .group([
      .init(name: "name", isRequired: true, kind: .text(limit: 50)),
      .init(name: "instance", isRequired: false, kind: .text(limit: 50)),
    ]))

  static func form(_ action: String) -> MessageForm? {
    func form(_ fields: [MessageField]) -> MessageForm {
      MessageForm(version: .ocpp201, action: action, fields: fields)
    }
    switch action {
    case "TriggerMessage":
      return form(
        [
          .init(
            name: "evse", isRequired: false,
            kind: .group([
              .init(name: "id", isRequired: true, kind: .whole(least: 0, most: nil)),
              .init(name: "connectorId", isRequired: false, kind: .whole(least: 0, most: nil)),
            ])),
          .init(
            name: "requestedMessage", isRequired: true,
            kind: .choice([
              "BootNotification", "LogStatusNotification", "FirmwareStatusNotification",
              "Heartbeat", "MeterValues", "SignChargingStationCertificate",
              "StatusNotification", "TransactionEvent",
            ])),
          .init(name: "at", isRequired: false, kind: .dateTime),
          .init(name: "force", isRequired: false, kind: .boolean),
        ])
    case "SetVariables":
      return form(
        [
          .init(
            name: "setVariableData", isRequired: true, items: 1...Int.max,
            kind: .group([
              .init(
                name: "attributeType", isRequired: false,
                kind: .choice(["Actual", "Target", "MinSet", "MaxSet"])),
              .init(name: "attributeValue", isRequired: true, kind: .text(limit: 1000)),
              component,
            ]))
        ])
    case "Reset":
      return form(
        [.init(name: "type", isRequired: true, kind: .choice(["Immediate", "OnIdle"]))])
    default: return actions.contains { $0.name == action } ? form([]) : nil
    }
  }

  /// As the message tables would judge the few payloads of these tests.
  static func fault(_ payload: String, _ action: String) -> MessageFault? {
    guard let value = PayloadValue(payload) else {
      return MessageFault(path: "", what: "no JSON: text ends early at byte \(payload.utf8.count)")
    }
    if let id = value["evse"]?["id"], case .text = id {
      return MessageFault(path: "evse.id", what: "string where a number is wanted")
    }
    return missing(form(action)?.fields ?? [], value, []).map {
      MessageFault(path: $0, what: "required field is missing")
    }
  }

  /// The first required field that is not there.
  private static func missing(
    _ fields: [MessageField], _ value: PayloadValue, _ path: [PayloadStep]
  ) -> String? {
    for field in fields {
      let here = path + [.member(field.name)]
      guard let inner = value[field.name] else {
        if field.isRequired { return PayloadValue.label(here) }
        continue
      }
      guard case .group(let fields) = field.kind else { continue }
      if case .list(let items) = inner {
        for (index, item) in items.enumerated() {
          if let found = missing(fields, item, here + [.item(index)]) { return found }
        }
      } else if let found = missing(fields, inner, here) {
        return found
      }
    }
    return nil
  }

  static let answer =
    #"{"setVariableResult":[{"attributeStatus":"RebootRequired","component":{"name":"OCPPCommCtrlr"},"variable":{"name":"HeartbeatInterval"},"attributeStatusInfo":{"reasonCode":"Later","additionalInfo":"applies after the next reset"}}]}"#

  /// A person who makes a message, up to some point.
  struct Maker {
    var state: ConsoleState
    var speaks: ProtocolVersion?
    private(set) var sent: [Command] = []

    mutating func take(_ event: ConsoleEvent) {
      let speaks = speaks
      let effects = state.settle([event]) { question in
        if case .charger(let identity) = question {
          var detail = Fixture.detail(identity)
          detail.row.speaks = speaks
          return .success(.charger(detail))
        }
        return .success(Fixture.answer(question, matching: 12))
      }
      for case .perform(let command) in effects { sent.append(command) }
    }

    mutating func press(_ keys: Key...) { for key in keys { take(.key(key)) } }
    mutating func type(_ text: String) { for letter in text { press(.character(letter)) } }

    mutating func choose(_ action: String) {
      type(action)
      press(.enter)
    }

    /// From the first row of a form of SetVariables.
    mutating func fillVariable() {
      press(.down, .down)
      type("60")
      press(.down, .down)
      type("OCPPCommCtrlr")
    }

    mutating func reply(_ result: Result<Outcome, ControlError>) {
      guard let command = sent.last else { return }
      take(.performed(command, result))
    }

    init(_ state: ConsoleState, speaks: ProtocolVersion? = .ocpp201) {
      (self.state, self.speaks) = (state, speaks)
      self.state.compose(to: ComposerFixture.charger)
      take(.clock(state.now))
    }
  }

  static func scene(
    _ name: String, speaks: ProtocolVersion? = .ocpp201,
    _ act: @escaping @Sendable (inout Maker) -> Void
  ) -> Scene {
    Scene(name, [.charger(charger)]) { state in
      var maker = Maker(state, speaks: speaks)
      act(&maker)
      state = maker.state
    }
  }
}

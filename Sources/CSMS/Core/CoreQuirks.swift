import Fleet
import OCPP
import Trust

/// The quirk table, asked by kind of charger: a fleet has thousands of chargers and few kinds.
struct QuirkBook {
  private let table: QuirkTable
  private var known: [QuirkSubject: QuirkSet] = [:]
  /// A charger may say another firmware at every boot.
  private static let limit = 1000

  init(_ table: QuirkTable) { self.table = table }

  mutating func quirks(of subject: QuirkSubject) -> QuirkSet {
    if let quirks = known[subject] { return quirks }
    if known.count >= Self.limit { known.removeAll() }
    let quirks = table.quirks(of: subject)
    known[subject] = quirks
    return quirks
  }
}

extension Core {
  func quirks(of charger: Charger) -> QuirkSet {
    quirkBook.quirks(of: charger.quirkSubject)
  }

  /// After what is known of a charger has changed: its loop learns what applies now.
  func refreshQuirks(_ charger: LiveCharger) {
    let quirks = quirks(of: charger.charger)
    guard quirks !== charger.quirks else { return }
    charger.quirks = quirks
    if let connection = charger.connection { out(connection, .quirks(connection.id, quirks)) }
  }

  /// What comes without a sub-protocol, or with its password in the wrong form, is what its row says.
  func adapted(_ knock: Knock, _ charger: Charger) -> Knock {
    let quirks = quirks(of: charger)
    var knock = knock
    if knock.offeredNames.isEmpty, let version = quirks.assumedVersion { knock.offered = [version] }
    if quirks.acceptsHexPassword, let password = knock.password {
      knock.otherPassword = String(validating: password, as: UTF8.self).flatMap(Hex.decode)
    }
    return knock
  }

  /// For whoever looks after the charger: what would let it in.
  func adviceOnMissingSubprotocol(_ charger: Charger) -> String {
    let subject = charger.quirkSubject
    let row = CSV.line([
      "", "no-subprotocol", subject.vendor.isEmpty ? "*" : subject.vendor,
      subject.model.isEmpty ? "*" : subject.model, "*", "assume-version", "1.6", "",
    ])
    return "it offers no sub-protocol (Sec-WebSocket-Protocol). If its kind speaks 1.6 all the"
      + " same, add this row to the file of swell serve --quirks: \(row.dropLast(1))"
  }
}

extension Knock {
  /// Whether its password, in one of its forms, is the stored one.
  func fits(_ secret: StoredSecret) -> Bool {
    if let password, secret.verify(password) { return true }
    return otherPassword.map { secret.verify($0) } ?? false
  }
}

extension QuirkSet {
  /// Why a message must not be sent to the charger; nil when it may.
  func objection(to action: String, _ payload: JSON) -> String? {
    guard let row = bans.first(where: { $0.quirk.forbids(action, payload) }) else { return nil }
    let seen = row.reference.isEmpty ? "" : ", seen in \(row.reference.replacing(" ", with: ", "))"
    return "\(row.whom): \(row.does) (quirk \(row.name)\(seen))."
  }
}

extension Quirk {
  fileprivate func forbids(_ action: String, _ payload: JSON) -> Bool {
    switch self {
    case .neverSend(let ban):
      ban.action == action
        && (ban.field.isEmpty
          || Self.texts(of: payload, ban.field[...]).contains { ban.pattern.matches($0) })
    case .noKeys: action == "GetConfiguration" && payload["key"]?.array?.isEmpty == false
    case .hexTokens: Self.tokens(of: action, payload).contains { !Self.isHexToken($0) }
    default: false
    }
  }

  private static func texts(of value: JSON, _ path: ArraySlice<String>) -> [String] {
    if let items = value.array { return items.flatMap { texts(of: $0, path) } }
    guard let name = path.first else {
      return value.string.map { [$0] } ?? (value.isLeaf ? [value.text] : [])
    }
    return value[name].map { texts(of: $0, path.dropFirst()) } ?? []
  }

  /// Tokens that the charger is to start a session for.
  private static func tokens(of action: String, _ payload: JSON) -> [String] {
    switch action {
    case "RemoteStartTransaction", "ReserveNow", "RequestStartTransaction":
      [payload["idTag"], payload["idToken"]?["idToken"]].compactMap { $0?.string }
    default: []
    }
  }

  private static func isHexToken(_ token: String) -> Bool {
    (8...20).contains(token.utf8.count) && token.allSatisfy { $0.isASCII && $0.isHexDigit }
  }
}

extension JSON {
  fileprivate var isLeaf: Bool {
    switch self {
    case .object, .array, .null: false
    case .string, .int, .double, .bool: true
    }
  }
}

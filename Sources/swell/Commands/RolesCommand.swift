import Control
import Fleet
import Glibc

/// `swell roles …`: who may do what on this machine.
enum RolesCommand {
  private static let roles = Role.allCases.map(\.label).joined(separator: ", ")

  static let all = [
    CommandInfo(
      "roles list", "", "who may do what", [Workplace.option, Out.option], run: list),
    CommandInfo(
      "roles grant", "USER|group:GROUP ROLE",
      "give a role: \(roles); each may what those before may",
      [Workplace.option]
    ) { arguments in
      let who = try arguments.word(0, "a user, or group:GROUP")
      let word = try arguments.word(1, "a role (\(roles))")
      try arguments.noMoreWords(than: 2)
      guard let role = Role.allCases.first(where: { $0.label == word }) else {
        throw UsageError(
          "There is no role \"\(word)\"; there are \(roles)."
            + Arguments.suggestion(word, Role.allCases.map(\.label)))
      }
      let (subject, name) = try Self.subject(who)
      Out.line(
        try Workplace(arguments).perform(.grantRole(subject, name: name, role: role)).message)
    },
    CommandInfo(
      "roles revoke", "USER|group:GROUP", "take a role away", [Workplace.option]
    ) { arguments in
      let who = try arguments.word(0, "a user, or group:GROUP")
      try arguments.noMoreWords(than: 1)
      let place = try Workplace(arguments)
      // One that is no longer known to this machine is still on the list, under its old name.
      let known = try grants(place).first { spelt($0) == who }
      let (subject, name) = try known.map { ($0.subject, $0.name) } ?? Self.subject(who)
      Out.line(try place.perform(.revokeRole(subject, name: name)).message)
    },
    CommandInfo(
      "roles policy", "[four-eyes on|off]",
      "what holds for everybody: whether who plans a campaign may approve it",
      [Workplace.option, Out.tableOrJSON], run: policy),
  ]

  private static func policy(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 2)
    let place = try Workplace(arguments)
    guard let name = arguments.words.first else {
      guard case .rolePolicy(let policy) = try place.ask(.rolePolicy) else { return }
      if Out.wantsJSON(arguments) { return try Out.json(policy) }
      return Out.line("four-eyes \(policy.fourEyes ? "on" : "off")")
    }
    guard name == "four-eyes" else {
      throw UsageError("There is no policy \"\(name)\"; there is four-eyes.")
    }
    let word = try arguments.word(1, "on or off")
    guard word == "on" || word == "off" else {
      throw UsageError("\"\(word)\" is neither on nor off.")
    }
    Out.line(try place.perform(.setRolePolicy(RolePolicy(fourEyes: word == "on"))).message)
  }

  private static func list(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 0)
    try Listing.show(
      try grants(try Workplace(arguments)), arguments, ["WHO", "NUMBER", "ROLE", "BY", "SINCE"],
      right: [1]
    ) { grant in
      let number =
        switch grant.subject {
        case .user(let number), .group(let number): number
        }
      return [spelt(grant), String(number), grant.role.label, grant.by, Out.time(grant.at)]
    }
  }

  private static func grants(_ place: Workplace) throws -> [RoleGrant] {
    guard case .roles(let grants) = try place.ask(.roles) else { return [] }
    return grants
  }

  /// As the command line takes it.
  private static func spelt(_ grant: RoleGrant) -> String {
    if case .group = grant.subject { return "group:\(grant.name)" }
    return grant.name
  }

  /// A name as this machine knows it, or a number.
  static func subject(_ text: String) throws -> (RoleGrant.Subject, name: String) {
    let prefix = "group:"
    if text.hasPrefix(prefix) {
      let name = String(text.dropFirst(prefix.count))
      if let entry = getgrnam(name) { return (.group(entry.pointee.gr_gid), name) }
      if let number = UInt32(name) { return (.group(number), name) }
      throw Failure(
        "This machine has no group \"\(name)\"; getent group lists them. A number is taken too.")
    }
    if let entry = getpwnam(text) { return (.user(entry.pointee.pw_uid), text) }
    if let number = UInt32(text) { return (.user(number), text) }
    let group = getgrnam(text) == nil ? "" : " There is a group of that name: group:\(text)."
    throw Failure(
      "This machine has no user \"\(text)\"; getent passwd lists them. A number is taken too.\(group)"
    )
  }
}

/// `swell eol list`: the register of chargers that will never move.
enum EndOfLifeCommand {
  static let all = [
    CommandInfo(
      "eol list", "[--filter TERMS]", "chargers marked end-of-life, newest mark first",
      [
        Workplace.option, FilterText.option,
        OptionInfo("limit", "N", "at most so many; all when left out"), Out.option,
      ], run: list)
  ]

  private static func list(_ arguments: inout Arguments) throws {
    try arguments.noMoreWords(than: 0)
    let place = try Workplace(arguments)
    let limit = try arguments.number("limit", in: 1...10_000_000) ?? Int.max
    let filter = try FilterText.checked(arguments["filter"], place)
    var rows: [EndOfLifePage.Row] = []
    while rows.count < limit {
      let query = RegisterQuery(
        filter: filter, offset: rows.count, limit: min(2000, limit - rows.count))
      guard case .endOfLife(let page) = try place.ask(.endOfLife(query)), !page.rows.isEmpty
      else { break }
      rows += page.rows
      if rows.count >= page.matching { break }
    }
    try Listing.show(
      rows, arguments,
      ["CHARGER", "SITE", "MODEL", "SPEAKS", "REASON", "EVIDENCE", "REPLACED BY", "BY", "MARKED"]
    ) { row in
      let mark = row.endOfLife
      return [
        row.charger.identity, row.charger.site, row.charger.kind, row.charger.speaks?.label ?? "-",
        mark.reason.rawValue, mark.evidence, mark.replacement, mark.by, Out.time(mark.at),
      ]
    }
  }
}

extension FleetRow {
  /// Vendor and model, the vendor once.
  var kind: String {
    if vendor.isEmpty || model.hasPrefix(vendor) { return model }
    return model.isEmpty ? vendor : "\(vendor) \(model)"
  }

  /// The reason without the verdict's own words, which stand beside it.
  var why: String {
    let label = "\(verdict.label): "
    return reason.hasPrefix(label) ? String(reason.dropFirst(label.count)) : reason
  }
}

import Fleet

/// When a campaign installs. Without one it does at any time.
package struct WindowPolicy: Sendable, Equatable, Codable {
  /// For sites without windows of their own, and in UTC for chargers without a site.
  package var windows = Windows.anyTime
  /// Days on which nothing is installed at any site, each by its own calendar.
  package var blackouts: [Blackout] = []
  package init() {}
}

extension WindowPolicy {
  package init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    windows = try values.decodeIfPresent(Windows.self, forKey: .windows) ?? windows
    blackouts = try values.decodeIfPresent([Blackout].self, forKey: .blackouts) ?? blackouts
  }

  /// `{ local: ["Mon-Fri 22:00-05:00"], blackouts: ["12-24..12-26 Christmas"] }`; `local: "any"`
  /// is the default.
  init(reading value: JSON5Value) throws(PlaybookError) {
    self.init()
    var fields = try Fields(value, of: "`windows`")
    if let value = fields.take("local") {
      let texts = try value.asTexts()
      do throws(WindowFlaw) {
        windows = try Windows(label: texts.joined(separator: ";"))
      } catch {
        throw value.error("`local`: \(error.reason)")
      }
    }
    if let value = fields.take("blackouts") {
      let texts = try value.asTexts()
      do throws(WindowFlaw) {
        blackouts = try [Blackout](label: texts.joined(separator: ";"))
      } catch {
        throw value.error("`blackouts`: \(error.reason)")
      }
    }
    try fields.end()
  }

  /// Empty for the default, so that plans made before there were windows keep their hash.
  var canonical: [String] {
    self == WindowPolicy()
      ? [] : ["windows", windows.label.debugDescription, blackouts.label.debugDescription]
  }
}

extension JSON5Value {
  /// A text, or a list of texts.
  func asTexts() throws(PlaybookError) -> [String] {
    guard case .list(let values) = kind else { return [try asText()] }
    var texts: [String] = []
    for value in values { texts.append(try value.asText()) }
    return texts
  }
}

/// The openings of sites under one policy. Sites of the same zone, windows and blackouts share them:
/// twenty thousand sites have some hundred.
package struct OpeningsBook {
  private struct Key: Hashable {
    var zone: String
    var windows: Windows
    var blackouts: [Blackout]
  }

  private let policy: WindowPolicy
  private let zone: (String) -> Zone?
  private var known: [Key: Openings] = [:]
  private var closed: [[Blackout]: ClosedDays] = [:]

  /// - Parameter zone: by its IANA name; nil where nothing is known of it.
  package init(policy: WindowPolicy, zone: @escaping (String) -> Zone?) {
    (self.policy, self.zone) = (policy, zone)
  }

  /// Of a zone that is not known nobody can tell when its windows open: they never do.
  /// - Parameter site: nil for chargers without one, which go by UTC.
  package mutating func openings(of site: Site?) -> Openings {
    let key = Key(
      zone: site?.zone ?? Zone.utc.name, windows: site?.terms.windows ?? policy.windows,
      blackouts: site?.terms.blackouts ?? [])
    if let openings = known[key] { return openings }
    let openings = compile(key)
    known[key] = openings
    return openings
  }

  private mutating func compile(_ key: Key) -> Openings {
    let blackouts = policy.blackouts + key.blackouts
    if key.windows == .anyTime, blackouts.isEmpty { return .always }
    guard let zone = key.zone == Zone.utc.name ? .utc : zone(key.zone) else { return .never }
    let days = closed[key.blackouts] ?? ClosedDays(blackouts)
    closed[key.blackouts] = days
    return Openings(zone: zone, windows: key.windows, closed: days)
  }
}

import Fleet
import Rollout

/// Words that several read models share.
enum Wording {
  /// `71 s`, `4 min`, `3 h`, `2 d`.
  static func span(_ span: Span) -> String {
    let seconds = max(0, Int(span.seconds))
    if seconds < 120 { return "\(seconds) s" }
    if seconds < 7200 { return "\(seconds / 60) min" }
    if seconds < 172_800 { return "\(seconds / 3600) h" }
    return "\(seconds / 86_400) d"
  }

  static func chargers(_ n: Int) -> String { n == 1 ? "1 charger" : "\(n) chargers" }

  /// A site's name as the filter reads it.
  static func filter(site: String) -> String {
    // The filter has no escape inside quotation marks; any one character stands for one.
    "site:\"\(site.replacing("\"", with: "?"))\""
  }
}

extension Upgrade.Deferral {
  /// What a charger does, or what it waits for.
  var wording: String {
    switch self {
    case .busy: "charging"
    case .offline: "offline"
    case .window: "outside its window"
    case .budget: "no place free at its site"
    case .atRisk: "enough are at risk already"
    case .signOff: "not signed off at its site"
    }
  }
}

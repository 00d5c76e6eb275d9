import Control
import OCPP

extension Announcement {
  /// Longest text that is handed out; it fits a pipe together with all else.
  private static let textLimit = 8000

  /// One JSON object in a line, with `id`, `kind`, `at` (UTC), `subject`, `text` and `attempt`, and
  /// `campaign`, `wave`, `stratum` and `charger` where it has them.
  var json: String {
    JSON.compact([
      ("id", .int(id)), ("kind", .string(kind.rawValue)),
      ("at", .string(DateTime.format(at.milliseconds))),
      ("subject", .string(subject.bounded(to: Self.textLimit / 4))),
      ("text", .string(details.text.bounded(to: Self.textLimit))),
      ("campaign", details.campaign.map { .string($0) }),
      ("wave", details.wave.map { .int(Int64($0)) }),
      ("stratum", details.stratum.map { .string($0) }),
      ("charger", details.charger.map { .string($0) }), ("attempt", .int(Int64(attempts) + 1)),
    ]).text + "\n"
  }
}

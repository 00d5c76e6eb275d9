import Fleet

/// What a loop is told of a charger that it lets in.
struct Welcome: Sendable {
  var charger: ChargerID
  var identity: String
  var version: ProtocolVersion
  /// It offered sub-protocols, and is answered with the one that was taken.
  var namesVersion: Bool
  /// It is asked for a boot when none comes by itself.
  var wantsBoot: Bool
  /// Nobody has accepted it yet.
  var isStranger: Bool
  var quirks: QuirkSet
}

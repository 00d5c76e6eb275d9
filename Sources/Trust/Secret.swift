/// Bytes that must reach no log, no trace and no screen.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The bytes themselves; hand them to the one call that needs them.
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// A secret of `count` random bytes as base64 text, fit for a charger's AuthorizationKey.
  package static func random(_ count: Int) -> Secret {
    Secret(Array(Base64.encode(Random.bytes(count)).utf8))
  }

  package var description: String { "‹secret›" }
  package var debugDescription: String { "‹secret›" }
  package var customMirror: Mirror { Mirror(self, children: []) }

  package static func == (a: Secret, b: Secret) -> Bool { constantTimeEquals(a.bytes, b.bytes) }
}

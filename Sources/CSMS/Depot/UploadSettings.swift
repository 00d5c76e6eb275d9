/// Where what chargers leave is kept, and how much of it. Sizes are bytes.
package struct UploadSettings: Sendable, Equatable {
  package var directory: String
  /// Of one file.
  package var each = 100_000_000
  /// Of one charger; its oldest files make room for new ones.
  package var charger = 400_000_000
  /// How many of one charger are kept; the oldest make room here too.
  package var files = 500
  /// Of all; no charger's files make room for another's.
  package var total = 4_000_000_000
  /// What stays free on the disk, which is likely the database's too.
  package var reserve = 256_000_000
  /// Uploads that run at a time, of all and of one charger.
  package var atOnce = 32
  package var atOnceEach = 2

  package init(directory: String) { self.directory = directory }
}

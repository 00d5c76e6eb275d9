import Fleet

/// Time limits that follow what was observed.
package struct ObservedLimits: Sendable, Equatable {
  package var limits: Limits
  /// One sentence for each limit that is not the playbook's.
  package var notes: [String] = []
}

extension Durations {
  /// Observations below which the playbook's limit stands.
  static let enough = 20

  /// The playbook's limits are ceilings. A phase that was seen often enough gets three times what
  /// 99 of 100 took, but never less than a sixth of the playbook's limit or five minutes: a hung
  /// charger is found sooner, and a slow day fails nobody. Drains depend on drivers and keep theirs.
  package func limits(for stratum: Stratum, playbook: Limits) -> ObservedLimits {
    var result = ObservedLimits(limits: playbook)
    func follow(_ phases: [Upgrade.Phase], _ limit: inout Span, _ name: String) {
      var longest: Int64 = 0
      for phase in phases {
        guard observed(.phase(phase), of: stratum) >= Self.enough else { return }
        let table = table(
          .phase(phase), of: stratum, prior: Self.prior(limit.milliseconds / 6))
        longest = max(longest, Self.quantile(table, 0.99))
      }
      let floor = max(limit.milliseconds / 6, Span.minutes(5).milliseconds)
      let wanted = Span.milliseconds(max(3 * longest, floor))
      guard wanted < limit else { return }
      result.notes.append(
        "\(name): \(Phrase.span(wanted)), three times what 99 of 100 took; the playbook's limit of "
          + "\(Phrase.span(limit)) is its ceiling")
      limit = wanted
    }
    follow([.downloading], &result.limits.download, "download")
    follow([.installing], &result.limits.install, "install")
    follow([.rebooting], &result.limits.reboot, "reboot")
    follow([.verifying], &result.limits.verify, "verify")
    return result
  }
}

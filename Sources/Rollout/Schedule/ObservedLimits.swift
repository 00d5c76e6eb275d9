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
    var limits = playbook
    var notes: [String] = []
    func learnt(_ phases: [Upgrade.Phase], _ limit: Span, _ name: String) -> Span {
      var longest: Int64 = 0
      for phase in phases {
        guard observed(.phase(phase), of: stratum) >= Self.enough else { return limit }
        let table = table(
          .phase(phase), of: stratum, prior: Self.prior(limit.milliseconds / 6))
        longest = max(longest, Self.quantile(table, 0.99))
      }
      let floor = max(limit.milliseconds / 6, Span.minutes(5).milliseconds)
      let wanted = Span.milliseconds(max(3 * longest, floor))
      guard wanted < limit else { return limit }
      notes.append(
        "\(name): \(Phrase.span(wanted)), three times what 99 of 100 took; the playbook's limit of "
          + "\(Phrase.span(limit)) is its ceiling")
      return wanted
    }
    limits.download = learnt([.downloading], playbook.download, "download")
    limits.install = learnt([.installing], playbook.install, "install")
    limits.reboot = learnt([.rebooting], playbook.reboot, "reboot")
    limits.verify = learnt([.verifying], playbook.verify, "verify")
    return ObservedLimits(limits: limits, notes: notes)
  }
}

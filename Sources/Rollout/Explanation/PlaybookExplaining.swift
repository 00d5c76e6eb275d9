import Fleet

/// A playbook in plain language.
extension Playbook {
  /// What has to be there before it can be used, in a few words.
  package var needs: String {
    ([images] + requires.map(\.words)).joined(separator: "; ")
  }

  private var images: String {
    switch route {
    case .inPlace:
      "an image in the catalogue that speaks 1.6 and \(target.label) and installs on what runs"
    case .overHops:
      "images in the catalogue that lead from what runs to one that speaks 1.6 and \(target.label)"
    case .switchOnly:
      "chargers whose image speaks 1.6 and \(target.label) already, by the catalogue"
    case .rollBack: "chargers for which a newer version was released; no image"
    }
  }

  /// What a campaign with it does, step by step with its times. Lines that begin with spaces belong
  /// to the one above.
  package var summary: [String] {
    var lines = ["\(name): \(title)", "Needs \(needs).", "", "Waves"]
    lines += waveSentences
    switch route {
    case .inPlace: lines += ["", "Outage 1: the image"] + imageSentences
    case .overHops: lines += ["", "An outage for each image"] + imageSentences
    case .switchOnly, .rollBack: break
    }
    switch route {
    case .inPlace: lines += ["", "Outage 2: the version"] + switchSentences
    case .overHops: lines += ["", "The last outage: the version"] + switchSentences
    case .switchOnly: lines += ["", "The only outage: the version"] + switchSentences
    case .rollBack: lines += ["", "The only outage: the way back"] + wayBackSentences
    }
    return lines + ["", "What goes wrong"] + failureSentences
  }

  private func time(_ span: Span) -> String { Phrase.span(span) }

  private var waveSentences: [String] {
    let needed = Gate.needed(
      limit: gate.maxFailureRate, confidence: gate.confidence, failures: waves.canaryFailures)
    let rate = Phrase.percent(gate.maxFailureRate)
    let sure = Phrase.percent(gate.confidence)
    let budget = siteBudget == 1 ? "1 charger" : "\(siteBudget) chargers"
    var lines = [
      "  A canary of \(max(needed, waves.canaryAtLeast)) chargers of each stratum; each wave after"
        + " it is at most \(Self.factor(waves.growth)) times the one before.",
      "  A wave passes when at most \(rate) of its kind fail, at \(sure) confidence; else a person"
        + " decides.",
      "  While evidence is thin, as many are under way as may be lost: \(gate.acceptedHarm) at first.",
    ]
    lines.append(
      siteBudget == 0
        ? "  Sites without a budget of their own let nobody begin."
        : "  \(budget) of a site without a budget of its own may be out of service at once.")
    return lines
  }

  private static func factor(_ factor: Double) -> String {
    factor == factor.rounded() ? String(Int(factor)) : String(factor)
  }

  private var drain: String {
    "  Its connectors are closed to new drivers; free and quiet for \(time(limits.quiet)), at most"
      + " \(time(limits.drain)) long, else it gets them back and is tried again later."
  }

  /// `Step "both": ChangeConfiguration in 1.6; status is "Accepted", else it fails.`
  private func steps(_ point: CustomStep.Point) -> [String] {
    steps.filter { $0.point == point }.map { step in
      let wish = step.expect.map { "; \($0.words)" } ?? ""
      let retries = step.retries == 0 ? "" : ", after \(step.retries + 1) tries,"
      let ends =
        switch step.otherwise {
        case .fail: point.isInNewVersion ? "it goes back to 1.6" : "it fails"
        case .skip: "it is left out"
        case .goOn: "it goes on"
        }
      let free = step.order.isDisruptive ? " (once no car is there)" : ""
      return
        "  Step \"\(step.name)\": \(step.action) in \(step.version(target: target).label)\(free)"
        + "\(wish); else\(retries) \(ends)."
    }
  }

  private var imageSentences: [String] {
    let isOverHops = route == .overHops
    let soaks =
      isOverHops
      ? "\(time(soak.betweenHops)) on an image it passes through, \(time(soak.onFirmware)) on the last"
      : "\(time(soak.onFirmware)) on 1.6"
    return (isOverHops ? ["  As often as there are images on its way:"] : []) + [
      "  Its configuration is read and kept.", drain,
    ] + steps(.beforeFirmware) + [
      "  The update is ordered: \(time(limits.download)) to download, \(time(limits.install)) to"
        + " install, \(time(limits.reboot)) to reboot. Only a boot with the new image counts."
    ] + steps(.afterFirmware) + [
      "  Its connectors are given back; it soaks \(soaks), and settings that"
        + " the image lost are written back."
    ]
  }

  private var switchSentences: [String] {
    var lines = [drain] + steps(.beforeSwitch)
    lines += [
      "  \(target.label) is released for it and it is reset; back in \(target.label) within"
        + " \(time(limits.reboot + limits.reboot)).",
      "  Its settings are carried over and read back; proof within \(time(limits.verify)).",
    ]
    lines += steps(.afterSwitch) + steps(.afterVerified)
    lines.append(
      "  Its connectors are given back; it soaks \(time(soak.onVersion)) on \(target.label).")
    if provesSession { lines.append("  One session has to be completed before it is migrated.") }
    return lines
  }

  private var wayBackSentences: [String] {
    [
      drain,
      "  1.6 alone is released for it and it is reset; proof is that it speaks 1.6, within"
        + " \(time(limits.reboot + limits.drain)).",
      "  Its connectors are given back.",
    ]
  }

  private var failureSentences: [String] {
    var lines = [
      "  A step that was refused or came to nothing is sent \(limits.attempts == 1 ? "no second time" : "at most \(limits.attempts) times"),"
        + " and only on evidence that it had no effect; no answer for \(time(limits.answer)) is"
        + " looked into, not repeated.",
      "  A charger that is away is waited for \(time(limits.absence)); then it is a technician's.",
    ]
    if route != .rollBack {
      lines.append("  More than \(limits.boots) boots that nobody ordered end a soak.")
      lines.append(
        "  What is not proved in \(target.label) goes back to 1.6: un-released and reset.")
    }
    return lines
  }
}

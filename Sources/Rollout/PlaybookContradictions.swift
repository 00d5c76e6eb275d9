import Fleet

/// Two settings that can't both be meant.
struct Contradiction: Equatable {
  /// Keys from the top to the setting that should change.
  var path: [String]
  var message: String
}

extension Playbook {
  /// What contradicts itself, in the order in which a person should look at it.
  ///
  /// - Parameter isGiven: whether the file names a setting; defaults that do not matter are none of
  ///   the person's faults.
  func contradictions(isGiven: ([String]) -> Bool) -> [Contradiction] {
    timeContradictions(isGiven) + placeContradictions(isGiven) + routeContradictions(isGiven)
  }

  private func placeContradictions(_ isGiven: ([String]) -> Bool) -> [Contradiction] {
    var found: [Contradiction] = []
    if isGiven(["siteBudget"]), budgets.site != nil {
      found.append(
        .init(
          path: ["siteBudget"],
          message: "`budgets.site` stands in its place: leave one of them out"))
    }
    if case .weekly(let windows) = windows.windows,
      let longest = windows.map({ Span.minutes(Double($0.until - $0.from)) }).max(),
      longest < limits.quiet + limits.reboot
    {
      found.append(
        .init(
          path: ["windows", "local"],
          message: "the longest window (\(Phrase.span(longest))) is shorter than `quiet` and"
            + " `reboot` together (\(Phrase.span(limits.quiet + limits.reboot))): nothing would"
            + " ever fit in"))
    }
    return found
  }

  private func timeContradictions(_ isGiven: ([String]) -> Bool) -> [Contradiction] {
    var found: [Contradiction] = []
    func compare(_ short: String, _ a: Span, isMoreThan long: String, _ b: Span, _ effect: String) {
      guard a > b else { return }
      let path = ["limits", isGiven(["limits", short]) ? short : long]
      found.append(
        .init(
          path: path,
          message: "`\(short)` (\(Phrase.span(a))) is longer than `\(long)` (\(Phrase.span(b))): "
            + effect))
    }
    compare(
      "quiet", limits.quiet, isMoreThan: "drain", limits.drain,
      "no charger would be quiet before its time to become free is over")
    compare(
      "answer", limits.answer, isMoreThan: "drain", limits.drain,
      "one answer could outlast the time to become free")
    compare(
      "answer", limits.answer, isMoreThan: "verify", limits.verify,
      "one answer could outlast the time for the proof")
    return found
  }

  private func routeContradictions(_ isGiven: ([String]) -> Bool) -> [Contradiction] {
    var paths: [[String]] = []
    if !route.installs {
      paths += [
        ["soak", "onFirmware"], ["limits", "download"], ["limits", "install"],
      ]
    }
    if route != .overHops { paths.append(["soak", "betweenHops"]) }
    if route == .rollBack {
      paths += [["soak", "onVersion"], ["limits", "verify"], ["limits", "boots"]]
      if provesSession { paths.append(["provesSession"]) }
    }
    return paths.filter(isGiven).map {
      .init(
        path: $0,
        message: "`\($0.last ?? "")` has no effect on the route `\(route.rawValue)`: leave it out")
    }
  }
}

extension JSON5Value {
  /// The value at a path of keys; nil where there is none.
  func find(_ path: some Collection<String>) -> JSON5Value? {
    guard let key = path.first else { return self }
    switch kind {
    case .object(let members):
      return members.first { $0.key == key }?.value.find(path.dropFirst())
    case .list(let elements):
      guard let at = Int(key), elements.indices.contains(at) else { return nil }
      return elements[at].find(path.dropFirst())
    default: return nil
    }
  }
}

import Control
import Fleet

/// Filters that people keep under a name.
extension Core {
  /// A filter with the saved selections that it names put in.
  func filter(_ text: String) throws -> FleetFilter {
    do {
      return try FleetFilter(text, saved: try savedTerms())
    } catch let error as FleetFilterError {
      throw ControlError.invalid(error.message)
    }
  }

  private func savedTerms() throws -> [String: String] {
    var saved: [String: String] = [:]
    for selection in try store.selections() { saved[selection.name] = selection.terms }
    return saved
  }

  func saveSelection(
    _ name: String, _ terms: String, _ caller: Caller, _ now: Instant
  ) throws -> Outcome {
    guard FleetFilter.isName(name) else {
      throw ControlError.invalid(
        "A selection's name has 1 to 64 letters, digits and - _ . and does not begin with -; "
          + "\"\(name.prefix(80))\" is none.")
    }
    guard terms.utf8.count <= FleetFilter.longestSaved else {
      throw ControlError.invalid(
        "A saved selection has at most \(FleetFilter.longestSaved) bytes; this one has "
          + "\(terms.utf8.count).")
    }
    var saved = try savedTerms()
    let old = saved.updateValue(terms, forKey: name)
    guard saved.count <= FleetFilter.mostSaved else {
      throw ControlError.refused("There are \(saved.count - 1) saved selections; remove one first.")
    }
    let filter: FleetFilter
    do throws(FleetFilterError) {
      guard !(try FleetFilter(terms)).isEmpty else {
        throw FleetFilterError(offset: 0, reason: "no terms: it would be the whole fleet")
      }
      // In its own name, so that what is made of itself shows.
      filter = try FleetFilter("@\(name)", saved: saved)
    } catch {
      throw ControlError.invalid("Nothing was saved: \(error.reason).")
    }
    // What others made of it must still be readable, for example not too long.
    for (other, terms) in saved.sorted(by: { $0.key < $1.key }) where other != name {
      do throws(FleetFilterError) {
        _ = try FleetFilter(terms, saved: saved)
      } catch {
        throw ControlError.invalid("Nothing was saved: @\(other) would break: \(error.reason).")
      }
    }
    try flush()
    let count = try store.chargers(matching: filter, for: .ocpp201, at: now).count
    try store.save(SavedSelection(name: name, terms: terms, by: caller.name, at: now))
    return Outcome(
      message: "@\(name) is \(old == nil ? "saved" : "saved anew"): "
        + "\(count) \(count == 1 ? "charger" : "chargers") now.")
  }

  func removeSelection(_ name: String) throws -> Outcome {
    let saved = try savedTerms()
    guard saved[name] != nil else {
      throw ControlError.refused(
        "There is no saved selection @\(name)\(Nearest.hint(name, saved.keys.sorted())).")
    }
    let users = saved.filter { (try? FleetFilter($0.value))?.names.contains(name) ?? false }
    guard users.isEmpty else {
      throw ControlError.refused(
        "@\(name) is part of \(users.keys.sorted().map { "@" + $0 }.joined(separator: ", ")); "
          + "save them without it first. Campaigns keep their own text.")
    }
    try store.removeSelection(name)
    return Outcome(message: "@\(name) is gone.")
  }
}

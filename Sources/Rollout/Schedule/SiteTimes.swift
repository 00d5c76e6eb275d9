import Fleet

extension OpenTimes {
  package init(_ openings: Openings) {
    self.init { moment in
      openings.opening(endingAfter: moment).map { ($0.start, $0.end) }
    }
  }
}

/// Numbers the openings of sites under one policy; sites with the same ones share a number.
package struct SiteTimes {
  private struct Key: Hashable {
    var zone: String
    var windows: Windows?
    var blackouts: [Blackout]
  }

  private var book: OpeningsBook
  private var numbers: [Key: Int] = [:]

  /// - Parameter zone: by its IANA name; nil where nothing is known of it.
  package init(_ policy: WindowPolicy, zone: @escaping (String) -> Zone?) {
    book = OpeningsBook(policy: policy, zone: zone)
  }

  /// The index of a site's openings in `list`, which grows where they are new; nil where it is open
  /// day and night.
  package mutating func number(of site: Site?, in list: inout [OpenTimes]) -> Int? {
    let key = Key(
      zone: site?.zone ?? "", windows: site?.terms.windows, blackouts: site?.terms.blackouts ?? [])
    if let number = numbers[key] { return number < 0 ? nil : number }
    let openings = book.openings(of: site)
    if openings.isAlways {
      numbers[key] = -1
      return nil
    }
    numbers[key] = list.count
    list.append(OpenTimes(openings))
    return list.count - 1
  }
}

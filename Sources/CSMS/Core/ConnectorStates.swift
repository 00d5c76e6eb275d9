import Fleet

/// The connectors of one charger by their numbers, in order. A list, because there are few and a
/// dictionary for each of 10,000 chargers would take three times the memory.
struct ConnectorStates {
  private var list: [Connector] = []

  init() {}

  /// Of two with one number the later one counts.
  init(_ connectors: [Connector]) {
    for connector in connectors { self[connector.id] = connector }
  }

  var count: Int { list.count }
  var isEmpty: Bool { list.isEmpty }
  var ids: [ConnectorID] { list.map(\.id) }
  /// In the order of their numbers.
  var all: [Connector] { list }

  subscript(id: ConnectorID) -> Connector? {
    get { list.first { $0.id == id } }
    set {
      let place = list.firstIndex { $0.id >= id } ?? list.endIndex
      let isKnown = place < list.endIndex && list[place].id == id
      switch (newValue, isKnown) {
      case (let connector?, true): list[place] = connector
      case (let connector?, false): list.insert(connector, at: place)
      case (nil, true): list.remove(at: place)
      case (nil, false): break
      }
    }
  }
}

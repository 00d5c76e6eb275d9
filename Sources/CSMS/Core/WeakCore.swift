import Threads

/// Breaks the circle between the core and the inbox that wakes it: the inventory's lock is given
/// back with the last reference to the core.
final class WeakCore: Sendable {
  struct Reference {
    weak var core: Core?
  }
  let core = Monitor(Reference())
}

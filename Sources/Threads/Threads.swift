/// Threads owns what two threads may hold in common: `Monitor`, the one lock of the house.
///
/// It refuses threads themselves, queues and work: those who run them own them. It imports nothing.
///
/// The lock is pthread's and not `Synchronization.Mutex`: a sanitizer that looks for data races
/// follows pthread's locks, and not a lock that libswiftSynchronization makes out of futexes.
/// Uncontended both cost one exchange.

/// Fleet: the subject of Swell.
///
/// Owns chargers, connectors, sites, hardware and firmware, tokens, sessions, readiness, the
/// version-neutral events that chargers cause, the protocols of the stores that the engine asks
/// for, and the reading of what operators import. Refuses I/O, clocks and anything that knows how
/// a protocol version spells a message. Imports nothing but Swift itself.

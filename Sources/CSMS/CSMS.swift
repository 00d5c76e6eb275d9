/// CSMS: the engine.
///
/// Owns charger sessions, the version adapters, the core that stores and reduces what chargers
/// say in one transaction, the driver of Rollout's commands, the firmware depot, and the carrying
/// out of Control's commands. Its stores are injected; it speaks no SQL and draws no screen.
/// Imports OCPP, Transport, Trust, Control, Rollout, Fleet.
///
/// The way of the data: a loop reads frames and makes version-neutral events; once a poll round it
/// hands the core one batch; the core stores and reduces all batches it finds in one transaction;
/// after the commit each loop gets one completion with the answers and orders that it sends.

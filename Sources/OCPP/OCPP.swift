/// OCPP: the language of chargers. JSON, OCPP-J frames, the 194 actions of OCPP 1.6 (with its
/// security extension), 2.0.1 and 2.1, and the rules their payloads obey.
///
/// Owns: reading and writing JSON without Foundation, frames and what a broken one is answered,
/// error codes and their spellings, the message tables and the one validator that runs on them, the
/// queue that keeps one call open, and timestamps.
///
/// Refuses: sockets, clocks, random identifiers, and any opinion about chargers. Every time and
/// every identifier is passed in; a verdict is given, what to do with it is the caller's policy.
///
/// Imports nothing.

/// Console: the screens of Swell, as a pure state.
///
/// Owns what a person sees and what a key does: `ConsoleState` takes one `ConsoleEvent` after the
/// other, answers each with `ConsoleEffect`s and draws itself into a `Canvas`. Refuses I/O, clocks
/// and terminals: answers, engine, time and size come in as events; questions and commands go out
/// as effects and are worked on elsewhere, so a slow answer never stops a key. Imports Control,
/// Canvas, and the vocabulary that Control speaks in: Fleet and Rollout.

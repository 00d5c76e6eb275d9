/// Rehearsal: whole campaigns in virtual time.
///
/// The planner, the director, gates and machines that an engine runs, under chargers with habits,
/// people who change their minds, clocks that are set, and deaths at every place where one can
/// happen. `Proof` judges what came of it.
enum Rehearsal {}

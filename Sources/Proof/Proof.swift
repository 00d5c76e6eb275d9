/// Proof: what a rollout did, held against what it may never do.
///
/// Reads a record of facts and knows nothing of the code that made them: its rules are its own,
/// written from the invariants alone, and the package lets it import none of what it judges.
enum Proof {}

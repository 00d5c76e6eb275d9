/// FleetStore: the inventory in one SQLite file.
///
/// Owns the schema's way from any earlier number to the newest, the one writer (`Store`) that an
/// engine confines to a thread, and the readers (`Reader`) that answer Control's questions. It is
/// the only target that speaks SQL. Refuses decisions: what a row means is for Fleet and Rollout to
/// say. Imports Fleet, Rollout, Control, CSQLite, and FoundationEssentials for JSON documents.
///
/// Debian's SQLite 3.40.1 can lose pages when a checkpoint and a commit of two connections overlap.
/// So only the writer's connection commits and checkpoints, automatic checkpoints are off, and
/// readers open the file read-only.

/// Control: the one control surface, as vocabulary.
///
/// Owns commands with role and reason, the questions a console or a command line may ask and the
/// read models that answer them. Refuses I/O and any knowledge of who answers. Imports Fleet and
/// Rollout.

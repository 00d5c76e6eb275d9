-- With a trigger on it, an INSERT that touches eight indexes has SQLite copy every page it changes,
-- in case a statement of the trigger fails: half of the time that a new charger takes. The only
-- place that adds chargers counts them in `tallies` and notes `first_seen` itself; changes and
-- removals stay with the triggers.
DROP TRIGGER charger_added;
DROP TRIGGER dossier_first_seen;

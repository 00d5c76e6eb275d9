-- What a selection of chargers looks at besides, and selections that people keep.

-- Of the dossiers, beside what else a filter reads.
ALTER TABLE chargers ADD COLUMN hardware TEXT NOT NULL DEFAULT '';
ALTER TABLE chargers ADD COLUMN serial TEXT NOT NULL DEFAULT '';
ALTER TABLE chargers ADD COLUMN connector_count INTEGER;
-- The security profile: what it connected with, else what an import demands.
ALTER TABLE chargers ADD COLUMN profile INTEGER NOT NULL DEFAULT 0;
-- The versions between the one that runs and the one to move to, as JSON; NULL where there are none.
ALTER TABLE chargers ADD COLUMN hops TEXT;
UPDATE chargers SET (hardware, serial, connector_count, profile) = (
  SELECT ifnull(ifnull(hardware_observed, hardware_claimed), ''),
    ifnull(ifnull(serial_observed, serial_claimed), ''),
    ifnull(connector_count_observed, connector_count_claimed),
    ifnull(profile_seen, security_profile)
  FROM dossiers WHERE charger = chargers.id);
-- The reason of the verdict "needs hop" ends in them: it goes through 2.2, then 2.3.
UPDATE chargers SET hops = (
  SELECT '[' || replace(json_quote(rtrim(
    substr(reason, instr(reason, ' it goes through ') + 17), '.')), ', then ', '","') || ']'
  FROM dossiers WHERE charger = chargers.id) WHERE verdict = 9;

-- Few chargers have any.
CREATE INDEX dossiers_notes ON dossiers(charger, notes) WHERE notes <> '';

CREATE TABLE selections (
  name TEXT PRIMARY KEY,
  terms TEXT NOT NULL,
  saved_by TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Chargers that need a technician, roles of people, and how the fleet stood over time.

ALTER TABLE dossiers ADD COLUMN quarantine TEXT;

-- The verdict "quarantined" comes after "pinned" (1), so those behind it move on by one. The
-- triggers keep the tallies.
UPDATE chargers SET verdict = verdict + 1 WHERE verdict >= 2;

-- Until now only the newest upgrade of a charger said that it is quarantined.
UPDATE dossiers SET quarantine = (
  SELECT json_object('at', u.entered_at, 'campaign', k.name, 'reason', ifnull(u.failure, ''))
  FROM upgrades u JOIN campaigns k ON k.id = u.campaign
  WHERE u.charger = dossiers.charger AND u.phase = 'quarantined'
    AND NOT EXISTS (SELECT 1 FROM upgrades n WHERE n.charger = u.charger AND n.id > u.id))
WHERE migration IS NULL
  AND charger IN (SELECT charger FROM upgrades WHERE phase = 'quarantined');
-- In the words of the engine, which would write the same at the charger's next change.
UPDATE dossiers SET reason = 'quarantined: ' || (quarantine ->> 'reason') || ' ('
  || (quarantine ->> 'campaign') || ', '
  || CAST(strftime('%d', (quarantine ->> 'at') / 1000, 'unixepoch') AS INTEGER) || ' '
  || substr('JanFebMarAprMayJunJulAugSepOctNovDec',
    3 * strftime('%m', (quarantine ->> 'at') / 1000, 'unixepoch') - 2, 3)
  || '). Nothing is sent until a technician looks at it; then swell chargers repaired.'
WHERE quarantine IS NOT NULL AND end_of_life IS NULL AND pin IS NULL;
UPDATE chargers SET verdict = 2 WHERE id IN (
  SELECT charger FROM dossiers
  WHERE quarantine IS NOT NULL AND end_of_life IS NULL AND pin IS NULL);

-- The register of those that will never move, newest mark first.
ALTER TABLE dossiers ADD COLUMN eol_at INTEGER
  GENERATED ALWAYS AS (end_of_life ->> 'at') VIRTUAL;
ALTER TABLE dossiers ADD COLUMN eol_reason TEXT
  GENERATED ALWAYS AS (end_of_life ->> 'reason') VIRTUAL;
CREATE INDEX dossiers_end_of_life ON dossiers(eol_at, eol_reason) WHERE end_of_life IS NOT NULL;

-- What people may do, by their number on this machine.
CREATE TABLE roles (
  kind TEXT NOT NULL CHECK (kind IN ('user', 'group')),
  number INTEGER NOT NULL CHECK (number BETWEEN 0 AND 4294967295),
  -- What the number was called when the role was given.
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'technician', 'planner', 'approver', 'admin')),
  given_by TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (kind, number)
) STRICT, WITHOUT ROWID;

-- How many chargers spoke which version, and how many are held on 1.6. A row holds until the next;
-- rows are thinned as they age.
CREATE TABLE history (
  at INTEGER PRIMARY KEY,
  ocpp16 INTEGER NOT NULL,
  ocpp201 INTEGER NOT NULL,
  ocpp21 INTEGER NOT NULL,
  held INTEGER NOT NULL
) STRICT;

-- Of the documents, what the screens count. A disruptive order was written: from there an upgrade
-- is evidence.
ALTER TABLE upgrades ADD COLUMN counts_for_gate INTEGER NOT NULL DEFAULT 0
  CHECK (counts_for_gate IN (0, 1));
-- An order went out and nothing tells its outcome.
ALTER TABLE upgrades ADD COLUMN is_unknown INTEGER NOT NULL DEFAULT 0 CHECK (is_unknown IN (0, 1));
UPDATE upgrades SET counts_for_gate = ifnull(document ->> 'countsForGate', 0),
  is_unknown = ifnull(document ->> 'isUnknown', 0) WHERE document IS NOT NULL;
CREATE INDEX upgrades_unknown ON upgrades(campaign, wave) WHERE is_unknown = 1;
CREATE INDEX upgrades_ended_badly ON upgrades(campaign, stratum, wave, phase, failure,
  counts_for_gate) WHERE phase IN ('rollingBack', 'rolledBack', 'quarantined', 'failed');
-- The pace of a campaign: what migrated since a moment.
CREATE INDEX upgrades_migrated ON upgrades(campaign, entered_at) WHERE phase = 'migrated';

-- Who held or started a campaign.
CREATE INDEX audit_by_subject ON audit(subject, action);

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
CREATE INDEX upgrades_ended_badly ON upgrades(campaign, wave)
  WHERE phase IN ('rollingBack', 'rolledBack', 'quarantined', 'failed');
CREATE INDEX upgrades_deferred ON upgrades(campaign, wave, deferral)
  WHERE phase = 'planned' AND deferral IS NOT NULL;
-- The pace of a campaign: what migrated since a moment.
CREATE INDEX upgrades_migrated ON upgrades(campaign, entered_at) WHERE phase = 'migrated';

-- Failures of the last days, without a look at their rows.
DROP INDEX upgrades_failed;
CREATE INDEX upgrades_failures ON upgrades(entered_at, failure, has_ended)
  WHERE failure IS NOT NULL;

-- How many upgrades of a campaign are where, and came to what; kept by the triggers below in the
-- transaction that changes an upgrade. `failure` is empty where there is none.
CREATE TABLE upgrade_tallies (
  campaign INTEGER NOT NULL,
  wave INTEGER NOT NULL,
  stratum INTEGER NOT NULL,
  phase TEXT NOT NULL,
  failure TEXT NOT NULL,
  counts_for_gate INTEGER NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 0),
  PRIMARY KEY (campaign, wave, stratum, phase, failure, counts_for_gate)
) STRICT, WITHOUT ROWID;
INSERT INTO upgrade_tallies
  SELECT campaign, wave, stratum, phase, ifnull(failure, ''), counts_for_gate, count(*)
  FROM upgrades GROUP BY 1, 2, 3, 4, 5, 6;
CREATE TRIGGER upgrade_added AFTER INSERT ON upgrades BEGIN
  INSERT INTO upgrade_tallies VALUES (new.campaign, new.wave, new.stratum, new.phase,
    ifnull(new.failure, ''), new.counts_for_gate, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER upgrade_removed AFTER DELETE ON upgrades BEGIN
  UPDATE upgrade_tallies SET n = n - 1 WHERE campaign = old.campaign AND wave = old.wave
    AND stratum = old.stratum AND phase = old.phase AND failure = ifnull(old.failure, '')
    AND counts_for_gate = old.counts_for_gate;
END;
CREATE TRIGGER upgrade_changed
  AFTER UPDATE OF wave, stratum, phase, failure, counts_for_gate ON upgrades
  WHEN old.wave <> new.wave OR old.stratum <> new.stratum OR old.phase <> new.phase
    OR old.failure IS NOT new.failure OR old.counts_for_gate <> new.counts_for_gate
BEGIN
  UPDATE upgrade_tallies SET n = n - 1 WHERE campaign = old.campaign AND wave = old.wave
    AND stratum = old.stratum AND phase = old.phase AND failure = ifnull(old.failure, '')
    AND counts_for_gate = old.counts_for_gate;
  INSERT INTO upgrade_tallies VALUES (new.campaign, new.wave, new.stratum, new.phase,
    ifnull(new.failure, ''), new.counts_for_gate, 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;

-- Who held or started a campaign.
CREATE INDEX audit_by_subject ON audit(subject, action);

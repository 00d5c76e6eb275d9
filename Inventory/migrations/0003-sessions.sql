-- Sessions in no version's words: what kind of token, which tariff, what it cost, and which rows of
-- the ledger tell of them.

-- IdTokenEnumType of 2.x; NULL in 1.6.
ALTER TABLE sessions ADD COLUMN token_type TEXT;
ALTER TABLE sessions ADD COLUMN tariff TEXT;
-- The total as the charger gave it.
ALTER TABLE sessions ADD COLUMN cost REAL;
ALTER TABLE sessions ADD COLUMN currency TEXT;
-- Ids of its rows in the ledger, rising: the first one, then differences, as variable-length
-- numbers of seven bits a byte. Rows from before this are not among them.
ALTER TABLE sessions ADD COLUMN entries BLOB NOT NULL DEFAULT x'';

-- Bits: 1 its start never came, 2 its end is an estimate.
ALTER TABLE sessions ADD COLUMN flaws INTEGER NOT NULL DEFAULT 0;
-- Of 2.x a start may have come without a register; numbers from 0 on tell that it came.
UPDATE sessions SET flaws = flaws | 1
  WHERE meter_start IS NULL AND (version = 0 OR sequence NOT LIKE '0%');
UPDATE sessions SET flaws = flaws | 2
  WHERE stop_reason IN ('estimated: the version changed', 'next session began');

-- When a charger was first heard of, as near as its rows are written. NULL: before this was kept.
-- What it tells of earlier sessions are those of another backend.
ALTER TABLE dossiers ADD COLUMN first_seen INTEGER;
CREATE TRIGGER charger_first_seen AFTER UPDATE OF last_seen ON chargers
  WHEN old.last_seen IS NULL AND new.last_seen IS NOT NULL
BEGIN
  UPDATE dossiers SET first_seen = new.last_seen WHERE charger = new.id;
END;
CREATE TRIGGER dossier_first_seen AFTER INSERT ON dossiers
  WHEN (SELECT last_seen FROM chargers WHERE id = new.charger) IS NOT NULL
BEGIN
  UPDATE dossiers SET first_seen = (SELECT last_seen FROM chargers WHERE id = new.charger)
    WHERE charger = new.charger;
END;

-- How chargers do, for the comparison of a migrated one with itself: when it was heard of, and what
-- went wrong. Kept for some weeks; sessions have a table of their own.

-- Hours of a day (days since 1970, UTC) in which it was heard of, as bits.
CREATE TABLE heard (
  charger INTEGER NOT NULL REFERENCES chargers(id) ON DELETE CASCADE,
  day INTEGER NOT NULL,
  hours INTEGER NOT NULL CHECK (hours BETWEEN 0 AND 16777215),
  PRIMARY KEY (charger, day)
) STRICT, WITHOUT ROWID;

-- Only hours (since 1970) in which something happened have a row.
CREATE TABLE troubles (
  charger INTEGER NOT NULL REFERENCES chargers(id) ON DELETE CASCADE,
  hour INTEGER NOT NULL,
  -- Connections that ended, boots, connectors that went to Faulted.
  reconnects INTEGER NOT NULL CHECK (reconnects >= 0),
  boots INTEGER NOT NULL CHECK (boots >= 0),
  faults INTEGER NOT NULL CHECK (faults >= 0),
  PRIMARY KEY (charger, hour)
) STRICT, WITHOUT ROWID;

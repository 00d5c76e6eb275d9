-- What chargers hold, as they said last: reservations, charging profiles, limits, messages on their
-- displays, monitors, controls. And tokens of one kind.

CREATE TABLE holdings (
  charger INTEGER NOT NULL REFERENCES chargers(id) ON DELETE CASCADE,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  at INTEGER NOT NULL,
  ends_at INTEGER,
  summary TEXT NOT NULL,
  PRIMARY KEY (charger, topic, key)
) STRICT, WITHOUT ROWID;

-- IdTokenEnumType that the token must come as in 2.x; NULL: any.
ALTER TABLE tokens ADD COLUMN type TEXT;

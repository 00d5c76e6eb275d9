-- Messages against a rule that were let pass, counted by kind.

CREATE TABLE tolerations (
  charger INTEGER NOT NULL REFERENCES chargers(id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  action TEXT NOT NULL,
  -- Without the numbers of list items.
  path TEXT NOT NULL,
  what TEXT NOT NULL,
  quirk TEXT NOT NULL,
  n INTEGER NOT NULL CHECK (n > 0),
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (charger, version, action, path, what, quirk)
) STRICT, WITHOUT ROWID;

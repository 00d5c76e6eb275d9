-- What people outside should hear of, written in the transaction of what it tells of and handed to
-- the command of `swell serve --notify` until that has taken it.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  document TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  done_at INTEGER,
  error TEXT
) STRICT;
CREATE INDEX outbox_open ON outbox(next_at, id) WHERE done_at IS NULL;
CREATE INDEX outbox_done ON outbox(id) WHERE done_at IS NOT NULL;

-- The inventory: chargers and what is known of them, the ledger, sessions, campaigns, audit.
-- Moments are milliseconds since 1970-01-01T00:00:00Z. Protocol versions: 0 is 1.6, 1 is 2.0.1,
-- 2 is 2.1; sets of versions are bits in that order. Verdicts: in order of precedence from 0.

CREATE TABLE sites (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  zone TEXT NOT NULL,
  -- 0: none of its own.
  budget INTEGER NOT NULL CHECK (budget >= 0)
) STRICT;

-- What lists, filters and counts look at. Narrow, because a filter reads all of it.
CREATE TABLE chargers (
  id INTEGER PRIMARY KEY,
  identity TEXT NOT NULL UNIQUE CHECK (identity <> ''),
  -- For comparison without regard to case and composition of letters.
  key TEXT NOT NULL,
  admission INTEGER NOT NULL CHECK (admission IN (0, 1)),
  speaks INTEGER CHECK (speaks BETWEEN 0 AND 2),
  online INTEGER NOT NULL CHECK (online IN (0, 1)),
  verdict INTEGER NOT NULL,
  site INTEGER REFERENCES sites(id),
  site_name TEXT NOT NULL,
  vendor TEXT NOT NULL,
  model TEXT NOT NULL,
  firmware TEXT NOT NULL,
  -- The numbers of the firmware in an order that bytes have too; NULL where there are none.
  firmware_key TEXT,
  flash_free INTEGER,
  ram_free INTEGER,
  released INTEGER NOT NULL,
  last_seen INTEGER
) STRICT;
CREATE INDEX chargers_by_key ON chargers(key);
CREATE INDEX chargers_by_site ON chargers(site_name, key);
CREATE INDEX chargers_by_model ON chargers(vendor, model, key);
CREATE INDEX chargers_by_firmware ON chargers(firmware_key, firmware, key);
CREATE INDEX chargers_by_flash ON chargers(flash_free, key);
CREATE INDEX chargers_by_verdict ON chargers(verdict, key);
CREATE INDEX chargers_by_speaks ON chargers(speaks, key);
CREATE INDEX chargers_pending ON chargers(id) WHERE admission = 1;

-- The rest of a charger: who said what of it and when, and what people decided.
CREATE TABLE dossiers (
  charger INTEGER PRIMARY KEY REFERENCES chargers(id) ON DELETE CASCADE,
  reason TEXT NOT NULL,
  vendor_claimed TEXT, vendor_claimed_by TEXT, vendor_claimed_at INTEGER,
  vendor_observed TEXT, vendor_observed_by TEXT, vendor_observed_at INTEGER,
  model_claimed TEXT, model_claimed_by TEXT, model_claimed_at INTEGER,
  model_observed TEXT, model_observed_by TEXT, model_observed_at INTEGER,
  hardware_claimed TEXT, hardware_claimed_by TEXT, hardware_claimed_at INTEGER,
  hardware_observed TEXT, hardware_observed_by TEXT, hardware_observed_at INTEGER,
  serial_claimed TEXT, serial_claimed_by TEXT, serial_claimed_at INTEGER,
  serial_observed TEXT, serial_observed_by TEXT, serial_observed_at INTEGER,
  firmware_claimed TEXT, firmware_claimed_by TEXT, firmware_claimed_at INTEGER,
  firmware_observed TEXT, firmware_observed_by TEXT, firmware_observed_at INTEGER,
  flash_free_claimed INTEGER, flash_free_claimed_by TEXT, flash_free_claimed_at INTEGER,
  flash_free_observed INTEGER, flash_free_observed_by TEXT, flash_free_observed_at INTEGER,
  ram_free_claimed INTEGER, ram_free_claimed_by TEXT, ram_free_claimed_at INTEGER,
  ram_free_observed INTEGER, ram_free_observed_by TEXT, ram_free_observed_at INTEGER,
  versions_claimed INTEGER, versions_claimed_by TEXT, versions_claimed_at INTEGER,
  versions_observed INTEGER, versions_observed_by TEXT, versions_observed_at INTEGER,
  connector_count_claimed INTEGER, connector_count_claimed_by TEXT, connector_count_claimed_at INTEGER,
  connector_count_observed INTEGER, connector_count_observed_by TEXT, connector_count_observed_at INTEGER,
  signed_updates INTEGER,
  security_profile INTEGER NOT NULL,
  password_hash TEXT,
  end_of_life TEXT,
  pin TEXT,
  migration TEXT,
  notes TEXT NOT NULL
) STRICT;

-- How many chargers there are of each kind; kept by the triggers below in the transaction that
-- changes a charger. `speaks` is -1 for those never seen.
CREATE TABLE tallies (
  speaks INTEGER NOT NULL,
  online INTEGER NOT NULL,
  verdict INTEGER NOT NULL,
  n INTEGER NOT NULL CHECK (n >= 0),
  PRIMARY KEY (speaks, online, verdict)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER charger_added AFTER INSERT ON chargers BEGIN
  INSERT INTO tallies VALUES (ifnull(new.speaks, -1), new.online, new.verdict, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER charger_removed AFTER DELETE ON chargers BEGIN
  UPDATE tallies SET n = n - 1
    WHERE speaks = ifnull(old.speaks, -1) AND online = old.online AND verdict = old.verdict;
END;
CREATE TRIGGER charger_changed AFTER UPDATE OF speaks, online, verdict ON chargers
  WHEN old.speaks IS NOT new.speaks OR old.online <> new.online OR old.verdict <> new.verdict
BEGIN
  UPDATE tallies SET n = n - 1
    WHERE speaks = ifnull(old.speaks, -1) AND online = old.online AND verdict = old.verdict;
  INSERT INTO tallies VALUES (ifnull(new.speaks, -1), new.online, new.verdict, 1)
    ON CONFLICT DO UPDATE SET n = n + 1;
END;

CREATE TABLE connectors (
  charger INTEGER NOT NULL REFERENCES chargers(id) ON DELETE CASCADE,
  evse INTEGER NOT NULL,
  connector INTEGER NOT NULL,
  state INTEGER NOT NULL,
  at INTEGER NOT NULL,
  error TEXT,
  PRIMARY KEY (charger, evse, connector)
) STRICT, WITHOUT ROWID;

-- Only ever appended to. No secondary index and no foreign key: each costs more than the insert.
CREATE TABLE ledger (
  id INTEGER PRIMARY KEY,
  charger INTEGER,
  at INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  version INTEGER,
  action TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE TRIGGER ledger_kept BEFORE DELETE ON ledger BEGIN
  SELECT RAISE(ABORT, 'the ledger only grows');
END;
CREATE TRIGGER ledger_unchanged BEFORE UPDATE ON ledger BEGIN
  SELECT RAISE(ABORT, 'the ledger only grows');
END;

-- The sentences of the ledger that tell a charger's upgrades.
CREATE TABLE story (
  charger INTEGER NOT NULL,
  entry INTEGER NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (charger, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE markers (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO markers VALUES ('reflected', 0);

CREATE TABLE sessions (
  -- Also the 1.6 transactionId, which is a signed 32-bit number.
  id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id BETWEEN 1 AND 2147483647),
  charger INTEGER NOT NULL REFERENCES chargers(id),
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  evse INTEGER NOT NULL,
  connector INTEGER NOT NULL,
  token TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  meter_start REAL,
  meter_last REAL,
  stopped_at INTEGER,
  meter_stop REAL,
  stop_reason TEXT,
  -- Closed ranges of sequence numbers: 0-5 7.
  sequence TEXT NOT NULL,
  UNIQUE (charger, key)
) STRICT;
CREATE INDEX sessions_open ON sessions(charger) WHERE stopped_at IS NULL;

CREATE TABLE tokens (
  id TEXT PRIMARY KEY COLLATE NOCASE,
  status TEXT NOT NULL,
  parent TEXT,
  expires INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE firmware (
  id INTEGER PRIMARY KEY,
  vendor TEXT NOT NULL,
  model TEXT NOT NULL,
  hardware TEXT NOT NULL,
  version TEXT NOT NULL,
  document TEXT NOT NULL,
  UNIQUE (vendor, model, hardware, version)
) STRICT;

CREATE TABLE campaigns (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  revision INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT;

CREATE TABLE upgrades (
  id INTEGER PRIMARY KEY,
  campaign INTEGER NOT NULL REFERENCES campaigns(id),
  charger INTEGER NOT NULL REFERENCES chargers(id),
  site INTEGER,
  wave INTEGER NOT NULL CHECK (wave >= 1),
  stratum INTEGER NOT NULL CHECK (stratum >= 0),
  target INTEGER NOT NULL REFERENCES firmware(id),
  phase TEXT NOT NULL CHECK (phase IN (
    'planned', 'snapshot', 'draining', 'ordering', 'ordered', 'downloading', 'downloaded',
    'installing', 'rebooting', 'firmwareProved', 'soakingOnFirmware', 'readyToSwitch',
    'drainingToSwitch', 'switching', 'provisioning', 'accepting', 'verifying', 'restoring',
    'soaking', 'rollingBack', 'migrated', 'rolledBack', 'quarantined', 'heldOn16', 'failed',
    'skipped', 'cancelled')),
  has_ended INTEGER GENERATED ALWAYS AS (phase IN (
    'migrated', 'rolledBack', 'quarantined', 'heldOn16', 'failed', 'skipped', 'cancelled')) STORED,
  -- Its campaign is under way; kept with the campaign's status.
  is_live INTEGER NOT NULL CHECK (is_live IN (0, 1)),
  entered_at INTEGER NOT NULL,
  deferral TEXT,
  failure TEXT,
  detail TEXT,
  -- Also behind its end, until connectors that were taken are given back.
  holds_lease INTEGER NOT NULL CHECK (holds_lease IN (0, 1)),
  revision INTEGER NOT NULL,
  -- Everything else as JSON; NULL while nothing else has happened to it.
  document TEXT,
  UNIQUE (campaign, charger)
) STRICT;
CREATE INDEX upgrades_by_charger ON upgrades(charger);
CREATE INDEX upgrades_by_stratum ON upgrades(campaign, stratum, wave, phase);
CREATE UNIQUE INDEX upgrades_one_at_a_time ON upgrades(charger) WHERE is_live = 1 AND has_ended = 0;
CREATE INDEX upgrades_failed ON upgrades(entered_at) WHERE failure IS NOT NULL;
CREATE INDEX upgrades_quarantined ON upgrades(campaign) WHERE phase = 'quarantined';

CREATE TABLE attempts (
  upgrade INTEGER NOT NULL REFERENCES upgrades(id),
  step TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  message_id TEXT NOT NULL UNIQUE,
  orders TEXT NOT NULL,
  state TEXT NOT NULL,
  written_at INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  PRIMARY KEY (upgrade, step, number)
) STRICT;

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  reason TEXT NOT NULL,
  outcome TEXT NOT NULL
) STRICT;

-- Keys that this inventory made for itself, for example that of the download links.
CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

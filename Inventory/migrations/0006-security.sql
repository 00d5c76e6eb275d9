-- How safely chargers connect: what they proved, the certificate they showed, a password on its way.

-- The highest security profile a charger was ever let in with. What `security_profile` says is
-- what an import demands.
ALTER TABLE dossiers ADD COLUMN profile_seen INTEGER CHECK (profile_seen BETWEEN 0 AND 3);
ALTER TABLE dossiers ADD COLUMN profile_seen_by TEXT;
ALTER TABLE dossiers ADD COLUMN profile_seen_at INTEGER;
-- A password that was set and that the charger has not come with yet: until then both are right.
ALTER TABLE dossiers ADD COLUMN next_password_hash TEXT;
-- An admin's leave to come back once with profile 2 after 3, as JSON.
ALTER TABLE dossiers ADD COLUMN downgrade TEXT;
-- The client certificate of its last connection, as JSON.
ALTER TABLE dossiers ADD COLUMN certificate TEXT;

-- Which rows of the ledger tell of security: the ledger itself has no index.
CREATE TABLE security_entries (
  entry INTEGER PRIMARY KEY,
  charger INTEGER
) STRICT;
CREATE INDEX security_entries_by_charger ON security_entries(charger, entry)
  WHERE charger IS NOT NULL;
INSERT INTO security_entries SELECT id, charger FROM ledger WHERE kind = 6;

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

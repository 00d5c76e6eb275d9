-- Whose signatures of images are believed.

CREATE TABLE trust_anchors (
  -- SHA-256 of the certificate, hexadecimal.
  fingerprint TEXT PRIMARY KEY,
  subject TEXT NOT NULL,
  -- Seconds since 1970.
  not_after INTEGER NOT NULL,
  pem TEXT NOT NULL,
  added_by TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

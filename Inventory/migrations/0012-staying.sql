-- Chargers that a campaign's selection named and its plan did not take, and why, in the words of that
-- day: a report explains them too.
CREATE TABLE staying (
  campaign INTEGER NOT NULL REFERENCES campaigns(id),
  charger INTEGER NOT NULL REFERENCES chargers(id),
  reason TEXT NOT NULL,
  PRIMARY KEY (campaign, charger)
) STRICT, WITHOUT ROWID;

-- When and how work may be done at a site (windows, blackouts, uplink, budget as a share, systems
-- that sign off), as JSON; NULL where nobody has said anything.
ALTER TABLE sites ADD COLUMN terms TEXT;

-- Schema 3. How variants share the leads: the mode that a person chose, and the log of shares.

ALTER TABLE campaign ADD COLUMN variant_mode INTEGER NOT NULL DEFAULT 0;    -- domain::VariantMode
ALTER TABLE campaign ADD COLUMN variant_metric INTEGER NOT NULL DEFAULT 0;  -- domain::VariantMetric
ALTER TABLE campaign ADD COLUMN auto_pause INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaign ADD COLUMN allocated_at INTEGER;  -- when the evidence was last looked at

-- Entry `epoch` of a step is in force from `from_at` until the next one. Nothing is ever changed or taken out.
CREATE TABLE allocation (
  campaign INTEGER NOT NULL, step INTEGER NOT NULL, epoch INTEGER NOT NULL, from_at INTEGER NOT NULL,
  mode INTEGER NOT NULL, metric INTEGER NOT NULL,
  shares TEXT NOT NULL,    -- {"<variant>": parts}
  evidence TEXT NOT NULL,  -- what gave them: JSON, {} for weights and even shares
  PRIMARY KEY (campaign, step, epoch)
) WITHOUT ROWID, STRICT;
INSERT INTO allocation
  SELECT s.campaign, s.step, 0, c.created_at, 0, 0,
    (SELECT json_group_object(CAST(v.id AS TEXT), v.weight) FROM
       (SELECT id, weight FROM variant WHERE campaign = s.campaign AND step = s.step AND retired = 0 ORDER BY id) v),
    '{}'
  FROM campaign_step s JOIN campaign c ON c.no = s.campaign;

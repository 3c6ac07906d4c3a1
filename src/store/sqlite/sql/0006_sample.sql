-- What belongs to the sample workspace (store/workspace.h).
ALTER TABLE account ADD COLUMN sample INTEGER NOT NULL DEFAULT 0;
ALTER TABLE collection ADD COLUMN sample INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaign ADD COLUMN sample INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import_job ADD COLUMN sample INTEGER NOT NULL DEFAULT 0;
-- A sample that was made before these marks is known by the audit.
UPDATE account SET sample = 1 WHERE 'account:' || id IN
  (SELECT object FROM audit WHERE actor = 'sample' AND action = 'account.create');
UPDATE collection SET sample = 1 WHERE 'collection:' || id IN
  (SELECT object FROM audit WHERE actor = 'sample' AND action = 'collection.import');
UPDATE campaign SET sample = 1 WHERE 'campaign:' || id IN
  (SELECT object FROM audit WHERE actor = 'sample' AND action = 'campaign.create');
UPDATE import_job SET sample = 1 WHERE collection IN (SELECT no FROM collection WHERE sample = 1)
  AND started_at IN (SELECT at FROM audit WHERE actor = 'sample' AND action = 'collection.import');

-- Schema 2. What diagnosis, comparison and forecast compute with: cells of messages that ended, cohorts of
-- deliveries with what followed. All of it can be recounted from lead, message and reaction.

-- Facts of the ledger. load: floor(log2 k) of the k-th message that the account ended in the UTC clock hour of
-- `at`, 0 .. 20. epoch: the entry of the log of shares that its variant was drawn by (0 = the plan as created),
-- -1 = named from outside; in `lead` that of `step`.
ALTER TABLE message ADD COLUMN load INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lead ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;

-- The reaction of a lead that counts (counter 7 responded, 8 booked), with the delivered step that it is counted
-- on. Written when it is counted, gone when it is taken back.
CREATE TABLE reaction (
  lead INTEGER NOT NULL, counter INTEGER NOT NULL, step INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (lead, counter)
) WITHOUT ROWID, STRICT;

-- The provider's own codes of a campaign: 1 .. 200 in the order that they came; 201 = the rest, 0 = none.
CREATE TABLE failure_code (
  campaign INTEGER NOT NULL, id INTEGER NOT NULL, code TEXT NOT NULL,
  PRIMARY KEY (campaign, id), UNIQUE (campaign, code)
) WITHOUT ROWID, STRICT;
-- Messages that ended and count in the delivery rate; failure 0 = delivered. first, last: also of those that a
-- late receipt took out again.
CREATE TABLE delivery_cell (
  campaign INTEGER NOT NULL, account INTEGER NOT NULL, collection INTEGER NOT NULL, step INTEGER NOT NULL,
  variant INTEGER NOT NULL, load INTEGER NOT NULL, failure INTEGER NOT NULL, code INTEGER NOT NULL,
  n INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (campaign, account, collection, step, variant, load, failure, code)
) WITHOUT ROWID, STRICT;
-- kind 0: leads by the UTC day of their first delivery (step, variant, epoch 0); kind 1: messages by the day of
-- their delivery. counter 6: the deliveries; 5 (kind 1): failures, by their day; 7, 8: reactions, by the delivery
-- that they are counted on and the bucket of the time between (< 1, 3, 7, 14, 30 days, more: 0 .. 5).
CREATE TABLE cohort (
  campaign INTEGER NOT NULL, kind INTEGER NOT NULL, day INTEGER NOT NULL, counter INTEGER NOT NULL,
  account INTEGER NOT NULL, collection INTEGER NOT NULL, step INTEGER NOT NULL, variant INTEGER NOT NULL,
  epoch INTEGER NOT NULL, lag INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (campaign, kind, day, counter, account, collection, step, variant, epoch, lag)
) WITHOUT ROWID, STRICT;

-- What an older database holds already.
UPDATE message SET load = CASE
    WHEN k < 2 THEN 0 WHEN k < 4 THEN 1 WHEN k < 8 THEN 2 WHEN k < 16 THEN 3 WHEN k < 32 THEN 4
    WHEN k < 64 THEN 5 WHEN k < 128 THEN 6 WHEN k < 256 THEN 7 WHEN k < 512 THEN 8
    WHEN k < 1024 THEN 9 WHEN k < 2048 THEN 10 WHEN k < 4096 THEN 11 WHEN k < 8192 THEN 12
    WHEN k < 16384 THEN 13 WHEN k < 32768 THEN 14 WHEN k < 65536 THEN 15 WHEN k < 131072 THEN 16
    WHEN k < 262144 THEN 17 WHEN k < 524288 THEN 18 WHEN k < 1048576 THEN 19 ELSE 20 END
  FROM (SELECT lead AS l, step AS s,
          row_number() OVER (PARTITION BY account, at / 3600000 ORDER BY at, lead, step) AS k
        FROM message WHERE failure NOT IN (8, 9) AND account <> 0) AS numbered
  WHERE numbered.l = message.lead AND numbered.s = message.step AND k > 1;

INSERT INTO failure_code
  SELECT campaign, id, code FROM (
    SELECT lead >> 32 AS campaign, code,
      row_number() OVER (PARTITION BY lead >> 32 ORDER BY count(*) DESC, code) AS id
    FROM message WHERE outcome = 2 AND failure NOT IN (8, 9) AND code <> '' GROUP BY lead >> 32, code)
  WHERE id <= 200;

INSERT INTO delivery_cell
  SELECT m.lead >> 32, m.account, l.contact >> 32, m.step, m.variant, m.load, m.failure,
    CASE WHEN m.outcome = 1 OR coalesce(m.code, '') = '' THEN 0 ELSE coalesce(f.id, 201) END AS c,
    count(*), min(m.at), max(m.at)
  FROM message m JOIN lead l ON l.id = m.lead
    LEFT JOIN failure_code f ON f.campaign = m.lead >> 32 AND f.code = m.code
  WHERE m.failure NOT IN (8, 9)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

INSERT INTO reaction
  SELECT l.id, 7, coalesce((SELECT step FROM message m WHERE m.lead = l.id AND m.step = r.step AND m.outcome = 1), 1),
    coalesce(r.at, (SELECT at FROM message m WHERE m.lead = l.id AND m.step = 1))
  FROM lead l LEFT JOIN reply r ON r.id =
    (SELECT id FROM reply WHERE lead = l.id AND automatic = 0 AND step > 0 ORDER BY seconds IS NULL, at, id LIMIT 1)
  WHERE l.flags & 1 <> 0 AND l.delivered > 0;
INSERT INTO reaction
  SELECT l.id, 8, coalesce((SELECT step FROM message m WHERE m.lead = l.id AND m.step = b.step AND m.outcome = 1), 1),
    coalesce(b.at, (SELECT at FROM message m WHERE m.lead = l.id AND m.step = 1))
  FROM lead l LEFT JOIN booking b ON b.id =
    (SELECT id FROM booking WHERE lead = l.id AND cancelled = 0 ORDER BY at, id LIMIT 1)
  WHERE l.flags & 2 <> 0 AND l.delivered > 0;

INSERT INTO cohort
  SELECT m.lead >> 32, 1, m.at / 86400000, iif(m.outcome = 1, 6, 5), m.account, l.contact >> 32, m.step, m.variant,
    m.epoch, 0, count(*)
  FROM message m JOIN lead l ON l.id = m.lead WHERE m.failure NOT IN (8, 9)
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
INSERT INTO cohort
  SELECT m.lead >> 32, 0, m.at / 86400000, 6, m.account, l.contact >> 32, 0, 0, 0, 0, count(*)
  FROM message m JOIN lead l ON l.id = m.lead WHERE m.outcome = 1 AND m.step = 1
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
INSERT INTO cohort
  SELECT r.lead >> 32, 1, m.at / 86400000, r.counter, m.account, l.contact >> 32, m.step, m.variant, m.epoch,
    CASE WHEN r.at - m.at < 86400000 THEN 0 WHEN r.at - m.at < 259200000 THEN 1 WHEN r.at - m.at < 604800000 THEN 2
      WHEN r.at - m.at < 1209600000 THEN 3 WHEN r.at - m.at < 2592000000 THEN 4 ELSE 5 END, count(*)
  FROM reaction r JOIN message m ON m.lead = r.lead AND m.step = r.step JOIN lead l ON l.id = r.lead
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
INSERT INTO cohort
  SELECT r.lead >> 32, 0, m.at / 86400000, r.counter, m.account, l.contact >> 32, 0, 0, 0,
    CASE WHEN r.at - m.at < 86400000 THEN 0 WHEN r.at - m.at < 259200000 THEN 1 WHEN r.at - m.at < 604800000 THEN 2
      WHEN r.at - m.at < 1209600000 THEN 3 WHEN r.at - m.at < 2592000000 THEN 4 ELSE 5 END, count(*)
  FROM reaction r JOIN message m ON m.lead = r.lead AND m.step = 1 JOIN lead l ON l.id = r.lead
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;

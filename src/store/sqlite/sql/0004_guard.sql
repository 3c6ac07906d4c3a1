-- Schema 4. Accounts that explain themselves. The guard: a detector of deliveries that fail more than usual, per account, fed in the transaction of
-- each message that counts.

CREATE TABLE guard_state (
  account INTEGER PRIMARY KEY,
  day INTEGER NOT NULL,                   -- UTC day that it is in
  n_day INTEGER NOT NULL, s_day INTEGER NOT NULL,  -- messages of that day by the ledger; failed ones
  m0 REAL NOT NULL, m1 REAL NOT NULL, m2 REAL NOT NULL, m3 REAL NOT NULL, m4 REAL NOT NULL,
  usual_day INTEGER NOT NULL,             -- day that f0, rho, alert_at were computed for; -1 = anew, please
  f0 REAL NOT NULL, rho REAL NOT NULL, alert_at REAL NOT NULL,
  since INTEGER NOT NULL, level INTEGER NOT NULL,  -- store::GuardLevel
  alerted_at INTEGER, paused_at INTEGER, acknowledged_at INTEGER, acknowledged_by TEXT NOT NULL
) STRICT;
-- Pauses that it wants and the engine has not made yet.
CREATE TABLE guard_pause (
  campaign INTEGER PRIMARY KEY, account INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;

-- A lead whose message failed so: the latest one.
ALTER TABLE account_error ADD COLUMN sample INTEGER NOT NULL DEFAULT 0;
CREATE INDEX account_log_status ON account_log (account, at, id) WHERE kind = 'account.status';

INSERT INTO guard_state
  SELECT account, day, n, s, 0, 0, 0, 0, 0, -1, 0, 0, 0, last, 0, NULL, NULL, NULL, '' FROM (
    SELECT account, at / 86400000 AS day, count(*) AS n, sum(outcome = 2) AS s, max(at) AS last,
      row_number() OVER (PARTITION BY account ORDER BY at / 86400000 DESC) AS latest
    FROM message WHERE failure NOT IN (8, 9) AND account <> 0 GROUP BY account, at / 86400000)
  WHERE latest = 1;

-- Schema 1. Everything a row of `lead` or `message` costs is paid 10^7 times: short integers,
-- integer keys, no text that repeats. Public ids (63-bit, time-ordered) are mapped to short
-- numbers (`no`) inside. `ws` is the workspace: always 1 on SQLite, first in the keys that a
-- partitioned database would need it in.

CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) WITHOUT ROWID, STRICT;
-- keys: plan_version, digest_key (32 bytes, keys contact_key and suppression), instance

CREATE TABLE account (
  no INTEGER PRIMARY KEY,               -- 1 .. 2^20-1
  id INTEGER NOT NULL UNIQUE,
  name TEXT NOT NULL, channel TEXT NOT NULL, timezone TEXT NOT NULL,
  daily_limit INTEGER, rate_per_second REAL NOT NULL, settings TEXT NOT NULL, simulated INTEGER NOT NULL,
  status INTEGER NOT NULL, status_reason TEXT NOT NULL, status_since INTEGER NOT NULL, status_until INTEGER,
  created_at INTEGER NOT NULL, version INTEGER NOT NULL, deleted_at INTEGER
) STRICT;
CREATE TABLE account_log (
  account INTEGER NOT NULL, id INTEGER NOT NULL, at INTEGER NOT NULL,
  kind TEXT NOT NULL, actor TEXT NOT NULL, text TEXT NOT NULL, detail TEXT NOT NULL,
  PRIMARY KEY (account, id)
) WITHOUT ROWID, STRICT;

CREATE TABLE collection (
  no INTEGER PRIMARY KEY,               -- 1 .. 2^31-1
  id INTEGER NOT NULL UNIQUE,
  name TEXT NOT NULL, people INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL, deleted_at INTEGER
) STRICT;
-- How many people of a collection have a (non-empty) value for a field: "email", "attributes.company".
CREATE TABLE collection_field (
  collection INTEGER NOT NULL, field TEXT NOT NULL, present INTEGER NOT NULL,
  PRIMARY KEY (collection, field)
) WITHOUT ROWID, STRICT;

-- id = collection no << 32 | row (1 ..). Written once by the import.
CREATE TABLE contact (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, email TEXT, phone TEXT, messenger_id TEXT, external_id TEXT,
  zone INTEGER NOT NULL DEFAULT 0,      -- index into `zone`; 0 = none
  consent TEXT, attributes TEXT,        -- NULL = {}
  flags INTEGER NOT NULL DEFAULT 0      -- bit 0: suppressed (set with the suppression, checked by every claim)
) STRICT;
CREATE INDEX contact_name ON contact (name COLLATE NOCASE);
-- Every address of every contact: h = first 63 bits of the keyed digest of "<kind>:<normalised address>".
CREATE TABLE contact_key (h INTEGER NOT NULL, contact INTEGER NOT NULL, PRIMARY KEY (h, contact)) WITHOUT ROWID, STRICT;
CREATE TABLE zone (no INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;  -- 1 ..; <= 1023
CREATE TABLE suppression (
  h BLOB PRIMARY KEY,                   -- 16-byte keyed digest of "<kind>:<normalised address>"
  kind TEXT NOT NULL, reason TEXT NOT NULL, source TEXT NOT NULL, created_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE import_job (
  id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, state INTEGER NOT NULL, error TEXT NOT NULL,
  row_count INTEGER NOT NULL, accepted INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL,
  bytes INTEGER NOT NULL, bytes_total INTEGER NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER
) STRICT;
CREATE INDEX import_job_collection ON import_job (collection, id);
CREATE TABLE import_rejection (
  job INTEGER NOT NULL, id INTEGER NOT NULL, line INTEGER NOT NULL, field TEXT NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (job, id)
) WITHOUT ROWID, STRICT;

CREATE TABLE campaign (
  no INTEGER PRIMARY KEY,               -- 1 .. 2^28-1
  id INTEGER NOT NULL UNIQUE,
  name TEXT NOT NULL, state INTEGER NOT NULL, pause_reason TEXT NOT NULL,
  active_hours TEXT,                    -- JSON as the API takes it, or NULL
  daily_limit INTEGER, attribution_days INTEGER NOT NULL, in_doubt_timeout INTEGER NOT NULL,
  created_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER, deleted_at INTEGER,
  version INTEGER NOT NULL,             -- of plan and state
  figures_version INTEGER NOT NULL,     -- of everything a page shows
  last_activity_at INTEGER,
  last_lead INTEGER NOT NULL DEFAULT 0, -- highest lead number given
  simulated INTEGER NOT NULL DEFAULT 0,
  delivery_seal_at INTEGER, delivery_canonical TEXT, delivery_sha256 TEXT,
  outcome_seal_at INTEGER, outcome_canonical TEXT, outcome_sha256 TEXT
) STRICT;
CREATE TABLE campaign_step (campaign INTEGER NOT NULL, step INTEGER NOT NULL, delay INTEGER NOT NULL,
  PRIMARY KEY (campaign, step)) WITHOUT ROWID, STRICT;
CREATE TABLE variant (
  id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, step INTEGER NOT NULL,
  name TEXT NOT NULL, body TEXT NOT NULL, weight INTEGER NOT NULL, retired INTEGER NOT NULL
) STRICT;
CREATE INDEX variant_campaign ON variant (campaign, step, id);
CREATE TABLE campaign_account (campaign INTEGER NOT NULL, account INTEGER NOT NULL, PRIMARY KEY (campaign, account)) WITHOUT ROWID, STRICT;
-- Which people of a collection a campaign has taken so far: enrolment goes on after `cursor`.
CREATE TABLE campaign_collection (
  campaign INTEGER NOT NULL, collection INTEGER NOT NULL, cursor INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (campaign, collection)    -- open while cursor < last (contact ids)
) WITHOUT ROWID, STRICT;

-- The ledger. id = campaign no << 32 | number.
-- queue: where an open lead waits, NULL when final:
--   campaign no << 34 | wait (3 bits) << 31 | account no (20 bits, 0 for fresh) << 11 | zone (11 bits)
-- so that one campaign's queues are one range of keys and the index below serves claims in order.
CREATE TABLE lead (
  id INTEGER PRIMARY KEY,
  contact INTEGER NOT NULL,
  queue INTEGER, due INTEGER,           -- ms; 0 for fresh
  status INTEGER NOT NULL,
  account INTEGER NOT NULL, variant INTEGER NOT NULL, step INTEGER NOT NULL,
  delivered INTEGER NOT NULL, attempt INTEGER NOT NULL, tries INTEGER NOT NULL,
  failure INTEGER NOT NULL, ended_by INTEGER NOT NULL,
  flags INTEGER NOT NULL,               -- 1 replied, 2 booked, 4 opted out, 8 suppressed
  generation INTEGER NOT NULL,          -- grows when a person says "send again": part of the idempotency key
  last_action INTEGER NOT NULL, last_action_at INTEGER NOT NULL
) STRICT;
CREATE INDEX lead_queue ON lead (queue, due) WHERE queue IS NOT NULL;
CREATE INDEX lead_contact ON lead (contact);

-- One row a lead and step that ended (delivered or failed); the attempts before it, and tries that are
-- still going on, stand in `attempt`.
CREATE TABLE message (
  lead INTEGER NOT NULL, step INTEGER NOT NULL,
  variant INTEGER NOT NULL, account INTEGER NOT NULL, attempt INTEGER NOT NULL,
  outcome INTEGER NOT NULL,             -- 1 delivered, 2 failed
  failure INTEGER NOT NULL, handed_over_at INTEGER NOT NULL, at INTEGER NOT NULL,
  code TEXT, text TEXT, provider_id TEXT,
  PRIMARY KEY (lead, step)
) WITHOUT ROWID, STRICT;
CREATE TABLE attempt (
  lead INTEGER NOT NULL, attempt INTEGER NOT NULL, step INTEGER NOT NULL,
  account INTEGER NOT NULL, variant INTEGER NOT NULL, kind INTEGER NOT NULL,  -- store::OutcomeKind
  failure INTEGER NOT NULL, handed_over_at INTEGER NOT NULL, at INTEGER NOT NULL,
  code TEXT, text TEXT,
  PRIMARY KEY (lead, attempt)
) WITHOUT ROWID, STRICT;

CREATE TABLE event_in (
  source TEXT NOT NULL, event_id TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (source, event_id)
) WITHOUT ROWID, STRICT;
-- What people did: replies, bookings, opt-outs, one row a fact.
CREATE TABLE reply (
  id INTEGER PRIMARY KEY, lead INTEGER NOT NULL, campaign INTEGER NOT NULL, at INTEGER NOT NULL, automatic INTEGER NOT NULL,
  account INTEGER NOT NULL, step INTEGER NOT NULL, variant INTEGER NOT NULL,  -- credited message
  seconds INTEGER,                      -- reply minus delivery; NULL unless the lead's first human reply
  text TEXT NOT NULL
) STRICT;
CREATE INDEX reply_lead ON reply (lead, at);
CREATE INDEX reply_seconds ON reply (campaign, seconds) WHERE seconds IS NOT NULL;
CREATE TABLE booking (
  id INTEGER PRIMARY KEY, lead INTEGER,  -- NULL = waits for a person
  at INTEGER NOT NULL, cancelled INTEGER NOT NULL, how TEXT NOT NULL, hint TEXT NOT NULL,
  source TEXT NOT NULL, event_id TEXT NOT NULL,
  account INTEGER NOT NULL, step INTEGER NOT NULL, variant INTEGER NOT NULL
) STRICT;
CREATE INDEX booking_lead ON booking (lead) WHERE lead IS NOT NULL;
CREATE TABLE opt_out (lead INTEGER PRIMARY KEY, at INTEGER NOT NULL, contacted INTEGER NOT NULL) STRICT;
CREATE TABLE conversation (
  id INTEGER PRIMARY KEY, lead INTEGER NOT NULL UNIQUE, account INTEGER NOT NULL, campaign INTEGER NOT NULL,
  person_name TEXT NOT NULL, unread INTEGER NOT NULL, archived INTEGER NOT NULL, deleted INTEGER NOT NULL,
  last_text TEXT NOT NULL, last_at INTEGER NOT NULL
) STRICT;
CREATE INDEX conversation_recent ON conversation (deleted, last_at);
CREATE INDEX conversation_unread ON conversation (unread) WHERE unread = 1 AND deleted = 0;

-- Counters, derived from the ledger in the same transaction. `counter` is domain::Counter.
CREATE TABLE campaign_total (
  campaign INTEGER NOT NULL, counter INTEGER NOT NULL, account INTEGER NOT NULL, collection INTEGER NOT NULL,
  step INTEGER NOT NULL, variant INTEGER NOT NULL, failure INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (campaign, counter, account, collection, step, variant, failure)
) WITHOUT ROWID, STRICT;
CREATE TABLE rollup (  -- the same by hour of the fact
  campaign INTEGER NOT NULL, hour INTEGER NOT NULL, counter INTEGER NOT NULL, account INTEGER NOT NULL, collection INTEGER NOT NULL,
  step INTEGER NOT NULL, variant INTEGER NOT NULL, failure INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (campaign, hour, counter, account, collection, step, variant, failure)
) WITHOUT ROWID, STRICT;
-- The changes of the figures by instant, one row a transaction and instant of fact, so that any figure can
-- be asked for as of any past instant: hours from `rollup`, the rest of an hour from here.
CREATE TABLE journal (
  campaign INTEGER NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL,
  deltas BLOB NOT NULL,                 -- records of counter u8, failure u8, n i32, little endian: 6 bytes each
  PRIMARY KEY (campaign, at, seq)
) WITHOUT ROWID, STRICT;
-- How many leads wait in a queue, by quarter of an hour of `due` (0 for fresh and for places without a time).
CREATE TABLE queue_count (queue INTEGER NOT NULL, bucket INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (queue, bucket)) WITHOUT ROWID, STRICT;
-- How many leads of each facet in a block of lead numbers: level 1 = 1,024 leads, level 2 = 131,072, level 3 =
-- the whole campaign (block 0). Answers "how many" and "which is the k-th" for any filter without a scan.
-- facet: status (2 bits) | wait (3) | failure (4) | step (5) | account no (20) | variant (29), high to low; 63 bits
CREATE TABLE lead_block (
  campaign INTEGER NOT NULL, level INTEGER NOT NULL, block INTEGER NOT NULL, facet INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (campaign, level, block, facet)
) WITHOUT ROWID, STRICT;
CREATE TABLE account_total (
  account INTEGER NOT NULL, counter INTEGER NOT NULL, failure INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (account, counter, failure)
) WITHOUT ROWID, STRICT;
CREATE TABLE account_hour (
  account INTEGER NOT NULL, hour INTEGER NOT NULL, counter INTEGER NOT NULL, failure INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (account, hour, counter, failure)
) WITHOUT ROWID, STRICT;
CREATE TABLE account_error (  -- by class and the provider's own code; at most 200 codes an account, the rest under '(other)'
  account INTEGER NOT NULL, failure INTEGER NOT NULL, code TEXT NOT NULL, n INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (account, failure, code)
) WITHOUT ROWID, STRICT;
CREATE TABLE workspace_hour (
  hour INTEGER NOT NULL, counter INTEGER NOT NULL, failure INTEGER NOT NULL, n INTEGER NOT NULL,
  PRIMARY KEY (hour, counter, failure)
) WITHOUT ROWID, STRICT;
-- Budgets reserved by claims, by local calendar day (days since 1970-01-01).
CREATE TABLE account_day (account INTEGER NOT NULL, day INTEGER NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (account, day)) WITHOUT ROWID, STRICT;
CREATE TABLE campaign_day (campaign INTEGER NOT NULL, day INTEGER NOT NULL, used INTEGER NOT NULL, PRIMARY KEY (campaign, day)) WITHOUT ROWID, STRICT;

CREATE TABLE activity (
  id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL, at INTEGER NOT NULL,
  kind TEXT NOT NULL, actor TEXT NOT NULL, text TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE INDEX activity_campaign ON activity (campaign, id);
CREATE TABLE audit (
  id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE TABLE api_key (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, prefix TEXT NOT NULL, rate_limit INTEGER NOT NULL,
  created_at INTEGER NOT NULL, last_used_at INTEGER, revoked_at INTEGER
) STRICT;
CREATE TABLE remembered_answer (
  api_key INTEGER NOT NULL, idempotency_key TEXT NOT NULL, request_hash TEXT NOT NULL,
  status INTEGER NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (api_key, idempotency_key)
) WITHOUT ROWID, STRICT;

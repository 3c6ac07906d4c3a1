-- Who signs in, and from where. A password is an argon2id string, a session's token a SHA-256.
CREATE TABLE user (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, role INTEGER NOT NULL,  -- domain::Role
  password TEXT NOT NULL, created_at INTEGER NOT NULL, last_login_at INTEGER
) STRICT;
CREATE TABLE session (
  hash TEXT PRIMARY KEY, user INTEGER NOT NULL, created_at INTEGER NOT NULL, used_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX session_user ON session (user, used_at);

-- A key may do as much as a user of this role; those that were there may everything, as before.
ALTER TABLE api_key ADD COLUMN role INTEGER NOT NULL DEFAULT 2;

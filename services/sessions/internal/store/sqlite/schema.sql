CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE floors (
  part  INTEGER PRIMARY KEY,
  floor INTEGER NOT NULL
);

CREATE TABLE sessions (
  id            INTEGER PRIMARY KEY,
  project       TEXT NOT NULL,
  session       TEXT NOT NULL,
  seq           INTEGER NOT NULL,
  status        TEXT NOT NULL,
  last_activity INTEGER NOT NULL, -- milliseconds since 1970
  record        BLOB NOT NULL
);
CREATE UNIQUE INDEX sessions_by_key ON sessions (project, session);
CREATE INDEX sessions_by_activity ON sessions (project, last_activity, session, status);

-- The primary key lays one conversation's messages side by side, in order.
CREATE TABLE messages (
  session     INTEGER NOT NULL, -- sessions.id
  created_seq INTEGER NOT NULL,
  message     TEXT NOT NULL,
  content_seq INTEGER NOT NULL,
  changed_seq INTEGER NOT NULL,
  changed_at  INTEGER NOT NULL, -- milliseconds since 1970
  record      BLOB NOT NULL,
  PRIMARY KEY (session, created_seq, message)
) WITHOUT ROWID;
CREATE UNIQUE INDEX messages_by_id ON messages (session, message);
CREATE INDEX messages_by_content ON messages (session, content_seq, message);
-- Serves changed_at too: its entries are short, so one session's are walked in no time, and a third index would cost every write.
CREATE INDEX messages_by_change ON messages (session, changed_seq, changed_at);

CREATE TABLE threads (
  project  TEXT NOT NULL,
  platform TEXT NOT NULL,
  chat     TEXT NOT NULL,
  name     TEXT NOT NULL,
  session  INTEGER NOT NULL,
  PRIMARY KEY (project, platform, chat, name)
) WITHOUT ROWID;

CREATE TABLE copies (
  project  TEXT NOT NULL,
  platform TEXT NOT NULL,
  chat     TEXT NOT NULL,
  name     TEXT NOT NULL,
  session  INTEGER NOT NULL,
  message  TEXT NOT NULL,
  rank     INTEGER NOT NULL,
  PRIMARY KEY (project, platform, chat, name)
) WITHOUT ROWID;

CREATE TABLE operators (
  project  TEXT NOT NULL,
  operator TEXT NOT NULL,
  seq      INTEGER NOT NULL,
  record   BLOB NOT NULL,
  PRIMARY KEY (project, operator)
) WITHOUT ROWID;

CREATE TABLE visits (
  project TEXT NOT NULL,
  session TEXT NOT NULL,
  expires INTEGER NOT NULL, -- milliseconds since 1970
  record  BLOB NOT NULL,
  PRIMARY KEY (project, session)
) WITHOUT ROWID;
CREATE INDEX visits_by_expiry ON visits (expires);

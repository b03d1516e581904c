-- Whose a session is, and whether nobody has written in it, stands in columns of its own from now on. What was derived before
-- does not have them, and is derived again from the bus.
DELETE FROM meta;
DELETE FROM floors;
DELETE FROM sessions;
DELETE FROM messages;
DELETE FROM threads;
DELETE FROM copies;
DELETE FROM operators;

ALTER TABLE sessions ADD COLUMN visitor TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN silent INTEGER NOT NULL DEFAULT 0;
CREATE INDEX sessions_by_visitor ON sessions (project, visitor);
CREATE INDEX sessions_by_silence ON sessions (project, last_activity) WHERE silent = 1;
CREATE INDEX threads_by_session ON threads (session);
CREATE INDEX copies_by_session ON copies (session);

CREATE TABLE erasures (
  project TEXT NOT NULL,
  erasure TEXT NOT NULL,
  session TEXT NOT NULL,
  ended   INTEGER NOT NULL, -- milliseconds since 1970, 0 while it has not
  seq     INTEGER NOT NULL, -- of session.erased
  PRIMARY KEY (project, erasure, session)
) WITHOUT ROWID;
CREATE INDEX erasures_by_end ON erasures (ended, seq);
CREATE INDEX erasures_by_session ON erasures (project, session);

DROP TABLE visits;
CREATE TABLE visits (
  project TEXT NOT NULL,
  session TEXT NOT NULL,
  visitor TEXT NOT NULL,
  expires INTEGER NOT NULL, -- milliseconds since 1970
  record  BLOB NOT NULL,
  PRIMARY KEY (project, session)
) WITHOUT ROWID;
CREATE INDEX visits_by_expiry ON visits (expires);
CREATE INDEX visits_by_visitor ON visits (project, visitor);

-- Whose verified identity a session has. No session of an older file has any, so nothing is derived again.
ALTER TABLE sessions ADD COLUMN identity TEXT NOT NULL DEFAULT '';
CREATE INDEX sessions_by_identity ON sessions (project, identity, last_activity) WHERE identity <> '';

package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// statements is all SQL that runs more than once, prepared.
type statements struct {
	// Of the writer.
	lockedFloor, putFloor, lastID, putEpoch                       *sql.Stmt
	seqs, putSessions, putMessages, putThreads, putCopies, putOps *many
	putErasures                                                   *many

	putVisit, renewVisit, dropVisits *sql.Stmt

	wipe, forgetMessages, forgetVisit, forgetThreads, forgetCopies, forgetErasures, forgetSession *sql.Stmt

	// Of the readers.
	floor, epoch, session, list, thread, copy, operators, visit           *sql.Stmt
	newest, created, createdAfter, changedAfter, changedSince, newContent *sql.Stmt
	whole, byVisitor, byIdentity, idle, silent, erasing, erasedBy, erased *sql.Stmt
	sessions, messages                                                    *many
}

// ofSession finds the row of a session that a message statement begins with.
const ofSession = "session = (SELECT id FROM sessions WHERE project = ?1 AND session = ?2)"

// ofErased is ofSession for one that was erased.
const ofErased = "session = (SELECT id FROM sessions WHERE project = ?1 AND session = ?2 AND status = 'erased')"

// newestOf reads the newest page among the messages that a condition selects: it looks through the index alone, and
// reads the records of that page only.
func newestOf(condition string) string {
	return `WITH page AS (SELECT session, created_seq, message FROM messages INDEXED BY messages_by_change
		WHERE ` + ofSession + ` AND ` + condition + ` ORDER BY created_seq DESC, message DESC LIMIT ?4)
		SELECT m.record FROM page CROSS JOIN messages m USING (session, created_seq, message)`
}

func (s *Store) prepare(ctx context.Context) error {
	q := &s.stmt
	for _, p := range []struct {
		to   **sql.Stmt
		db   *sql.DB
		text string
	}{
		{&q.lockedFloor, s.writer, selectFloor},
		{&q.putFloor, s.writer, "INSERT INTO floors (part, floor) VALUES (?1, ?2) ON CONFLICT (part) DO UPDATE SET floor = excluded.floor"},
		{&q.lastID, s.writer, "SELECT coalesce(max(id), 0) FROM sessions"},
		{&q.putEpoch, s.writer, "INSERT INTO meta (name, value) VALUES ('epoch', ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value"},

		{&q.putVisit, s.writer, `INSERT INTO visits (project, session, visitor, expires, record) VALUES (?1, ?2, ?3, ?4, ?5)
			ON CONFLICT (project, session) DO UPDATE SET visitor = excluded.visitor, expires = excluded.expires, record = excluded.record`},
		{&q.renewVisit, s.writer, "UPDATE visits SET expires = ?3 WHERE project = ?1 AND session = ?2"},
		{&q.dropVisits, s.writer, `DELETE FROM visits WHERE (project, session) IN
			(SELECT project, session FROM visits WHERE expires <= ?1 ORDER BY expires LIMIT ?2)`},

		{&q.wipe, s.writer, "DELETE FROM messages WHERE " + ofSession},
		{&q.forgetVisit, s.writer, "DELETE FROM visits WHERE project = ?1 AND session = ?2"},
		{&q.forgetMessages, s.writer, "DELETE FROM messages WHERE " + ofErased},
		{&q.forgetThreads, s.writer, "DELETE FROM threads WHERE " + ofErased},
		{&q.forgetCopies, s.writer, "DELETE FROM copies WHERE " + ofErased},
		{&q.forgetErasures, s.writer, "DELETE FROM erasures WHERE project = ?1 AND session = ?2"},
		{&q.forgetSession, s.writer, "DELETE FROM sessions WHERE project = ?1 AND session = ?2 AND status = 'erased'"},

		{&q.whole, s.readers, "SELECT project, s.session, m.record FROM sessions s JOIN messages m ON m.session = s.id WHERE s.project = ?1 AND s.session = ?2"},
		{&q.byVisitor, s.readers, `SELECT project, session FROM sessions WHERE project = ?1 AND visitor = ?2
			UNION SELECT project, session FROM visits WHERE project = ?1 AND visitor = ?2`},
		{&q.byIdentity, s.readers, `SELECT project, session FROM sessions INDEXED BY sessions_by_identity
			WHERE project = ?1 AND identity = ?2 AND identity <> '' ORDER BY last_activity DESC LIMIT ?3`},
		{&q.idle, s.readers, `SELECT project, session FROM sessions INDEXED BY sessions_by_activity
			WHERE project = ?1 AND last_activity < ?2 AND status <> 'erased' ORDER BY last_activity LIMIT ?3`},
		{&q.silent, s.readers, `SELECT project, session FROM sessions INDEXED BY sessions_by_silence
			WHERE silent = 1 AND project = ?1 AND last_activity < ?2 ORDER BY last_activity LIMIT ?3`},
		{&q.erasing, s.readers, "SELECT DISTINCT project, session FROM erasures WHERE ended = 0 ORDER BY seq LIMIT ?1"},
		{&q.erasedBy, s.readers, "SELECT project, session FROM erasures WHERE project = ?1 AND erasure = ?2"},
		{&q.erased, s.readers, "SELECT DISTINCT project, session FROM erasures WHERE ended > 0 AND ended < ?1 ORDER BY ended LIMIT ?2"},

		{&q.floor, s.readers, selectFloor},
		{&q.epoch, s.readers, "SELECT value FROM meta WHERE name = 'epoch'"},
		{&q.session, s.readers, "SELECT record FROM sessions WHERE project = ?1 AND session = ?2"},
		{&q.list, s.readers, `SELECT last_activity, session, record FROM sessions INDEXED BY sessions_by_activity
			WHERE project = ?1 AND (last_activity, session) < (?2, ?3) AND (?4 = '' AND status <> 'erased' OR status = ?4)
			ORDER BY last_activity DESC, session DESC LIMIT ?5`},
		{&q.thread, s.readers, `SELECT s.session FROM threads t JOIN sessions s ON s.id = t.session
			WHERE t.project = ?1 AND t.platform = ?2 AND t.chat = ?3 AND t.name = ?4`},
		{&q.copy, s.readers, `SELECT s.session, c.message FROM copies c JOIN sessions s ON s.id = c.session
			WHERE c.project = ?1 AND c.platform = ?2 AND c.chat = ?3 AND c.name = ?4`},
		{&q.operators, s.readers, "SELECT record FROM operators WHERE project = ?1 ORDER BY operator"},
		{&q.visit, s.readers, "SELECT record, expires FROM visits WHERE project = ?1 AND session = ?2"},

		{&q.newest, s.readers, "SELECT record FROM messages WHERE " + ofSession + " ORDER BY created_seq DESC, message DESC LIMIT ?3"},
		{&q.created, s.readers, "SELECT created_seq FROM messages WHERE " + ofSession + " AND message = ?3"},
		{&q.createdAfter, s.readers, "SELECT record FROM messages WHERE " + ofSession + " AND created_seq > ?3 ORDER BY created_seq, message LIMIT ?4"},
		{&q.newContent, s.readers, `SELECT record FROM messages INDEXED BY messages_by_content WHERE ` + ofSession + ` AND content_seq > ?3
			ORDER BY content_seq, message LIMIT ?4`},
		{&q.changedAfter, s.readers, newestOf("changed_seq > ?3")},
		{&q.changedSince, s.readers, newestOf("changed_at >= ?3")},
	} {
		var err error
		if *p.to, err = p.db.PrepareContext(ctx, p.text); err != nil {
			return fmt.Errorf("prepare %q: %w", p.text, err)
		}
	}
	return s.prepareMany(ctx)
}

const selectFloor = "SELECT floor FROM floors WHERE part = ?1"

func (s *Store) prepareMany(ctx context.Context) error {
	q := &s.stmt
	for _, p := range []struct {
		to      **many
		db      *sql.DB
		columns int
		text    string
	}{
		{&q.seqs, s.writer, 2, `WITH wanted (project, session) AS (VALUES ROWS)
			SELECT s.id, s.project, s.session, s.seq FROM wanted CROSS JOIN sessions s USING (project, session)`},
		{&q.putSessions, s.writer, 10, `INSERT INTO sessions (id, project, session, seq, status, last_activity, visitor, silent, identity, record) VALUES ROWS
			ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, status = excluded.status, visitor = excluded.visitor, silent = excluded.silent,
				identity = excluded.identity,
				last_activity = max(last_activity, excluded.last_activity), record = excluded.record`},
		{&q.putMessages, s.writer, 7, `INSERT INTO messages (session, message, created_seq, content_seq, changed_seq, changed_at, record) VALUES ROWS
			ON CONFLICT (session, message) DO UPDATE SET created_seq = excluded.created_seq, content_seq = excluded.content_seq,
				changed_seq = excluded.changed_seq, changed_at = excluded.changed_at, record = excluded.record`},
		{&q.putThreads, s.writer, 5, `INSERT INTO threads (project, platform, chat, name, session) VALUES ROWS
			ON CONFLICT (project, platform, chat, name) DO UPDATE SET session = excluded.session WHERE session <> excluded.session`},
		{&q.putCopies, s.writer, 7, `INSERT INTO copies (project, platform, chat, name, session, message, rank) VALUES ROWS
			ON CONFLICT (project, platform, chat, name) DO UPDATE SET session = excluded.session, message = excluded.message, rank = excluded.rank
			WHERE rank < excluded.rank OR rank = excluded.rank AND (session, message) <> (excluded.session, excluded.message)`},
		{&q.putOps, s.writer, 4, `INSERT INTO operators (project, operator, seq, record) VALUES ROWS
			ON CONFLICT (project, operator) DO UPDATE SET seq = excluded.seq, record = excluded.record WHERE seq <= excluded.seq`},

		{&q.putErasures, s.writer, 5, `INSERT INTO erasures (project, erasure, session, ended, seq) VALUES ROWS
			ON CONFLICT (project, erasure, session) DO UPDATE SET ended = excluded.ended`},

		{&q.sessions, s.readers, 2, `WITH wanted (project, session) AS (VALUES ROWS)
			SELECT s.project, s.session, s.record FROM wanted CROSS JOIN sessions s USING (project, session)`},
		{&q.messages, s.readers, 3, `WITH wanted (project, session, message) AS (VALUES ROWS)
			SELECT s.project, s.session, m.record FROM wanted CROSS JOIN sessions s USING (project, session)
			CROSS JOIN messages m INDEXED BY messages_by_id ON m.session = s.id AND m.message = wanted.message`},
	} {
		var err error
		if *p.to, err = prepareMany(ctx, p.db, p.columns, p.text); err != nil {
			return err
		}
	}
	return nil
}

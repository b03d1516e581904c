package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// put writes changes that fit into one transaction, and answers for each what became of it. One that does not fit leaves
// nothing behind: all that is compared is compared before anything of it is written. An error of the file is everybody's.
func (s *Store) put(ctx context.Context, changes []store.Change) ([]error, error) {
	verdicts := make([]error, len(changes))
	err := s.transact(ctx, func(tx *sql.Tx) error {
		for i, change := range changes {
			err := s.putChange(ctx, tx, change)
			if err != nil && !errors.Is(err, store.ErrConflict) {
				return err
			}
			verdicts[i] = err
		}
		return nil
	})
	return verdicts, err
}

func (s *Store) putChange(ctx context.Context, tx *sql.Tx, change store.Change) error {
	if err := s.checkFloor(ctx, tx, change); err != nil {
		return err
	}
	ids, err := s.place(ctx, tx, change.Sessions)
	if err != nil {
		return err
	}
	if err := s.putSessions(ctx, tx, change.Sessions, ids); err != nil {
		return err
	}
	if err := s.putOperators(ctx, tx, change.Operators); err != nil {
		return err
	}
	if _, err := tx.StmtContext(ctx, s.stmt.putFloor).ExecContext(ctx, int64(change.Part), int64(change.Through)); err != nil {
		return fmt.Errorf("move floor: %w", err)
	}
	return nil
}

func (s *Store) checkFloor(ctx context.Context, tx *sql.Tx, change store.Change) error {
	floor, err := scanFloor(tx.StmtContext(ctx, s.stmt.lockedFloor).QueryRowContext(ctx, int64(change.Part)))
	if err != nil {
		return err
	}
	if floor != change.From {
		return fmt.Errorf("floor is %d, not %d: %w", floor, change.From, store.ErrConflict)
	}
	return nil
}

// place checks the seq of every session and finds or chooses its row.
func (s *Store) place(ctx context.Context, tx *sql.Tx, changes []store.SessionChange) ([]int64, error) {
	type row struct{ id, seq int64 }
	have := make(map[store.Key]row, len(changes))
	args := make([]any, 0, 2*len(changes))
	for _, c := range changes {
		args = append(args, string(c.Key.Project), string(c.Key.Session))
	}
	err := s.stmt.seqs.query(ctx, tx, args, func(rows *sql.Rows) error {
		var r row
		var project, session string
		if err := rows.Scan(&r.id, &project, &session, &r.seq); err != nil {
			return err
		}
		have[store.Key{Project: id.Project(project), Session: id.Session(session)}] = r
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look up sessions: %w", err)
	}
	var last int64
	if len(have) < len(changes) {
		if err := tx.StmtContext(ctx, s.stmt.lastID).QueryRowContext(ctx).Scan(&last); err != nil {
			return nil, fmt.Errorf("look up last session: %w", err)
		}
	}
	ids := make([]int64, len(changes))
	for i, c := range changes {
		r, known := have[c.Key]
		if uint64(r.seq) != c.Before {
			return nil, fmt.Errorf("session …%s is at %d, not %d: %w", c.Key.Session.Short(), r.seq, c.Before, store.ErrConflict)
		}
		if !known {
			last++
			r.id = last
		}
		ids[i] = r.id
	}
	return ids, nil
}

func (s *Store) putSessions(ctx context.Context, tx *sql.Tx, changes []store.SessionChange, ids []int64) error {
	var sessions, messages, threads, copies, erasures []any
	for i, c := range changes {
		record, err := proto.Marshal(c.Record)
		if err != nil {
			return fmt.Errorf("encode session: %w", err)
		}
		session := c.Record.GetSession()
		if c.Wipe {
			if err := s.forget(ctx, tx, c.Key, s.stmt.wipe); err != nil {
				return err
			}
		}
		status := session.GetStatus()
		if c.Erased() {
			status, erasures = statusErased, append(erasures, erasureRows(c)...)
		}
		sessions = append(sessions, ids[i], string(c.Key.Project), string(c.Key.Session), int64(c.Record.GetSeq()),
			status, session.GetLastActivity().AsTime().UnixMilli(), session.GetVisitorId(), c.Silent(),
			store.Verified(session), record)
		for _, m := range c.Messages {
			if record, err = proto.Marshal(m); err != nil {
				return fmt.Errorf("encode message: %w", err)
			}
			messages = append(messages, ids[i], m.GetMessage().GetId(), int64(m.GetCreatedSeq()), int64(m.GetContentSeq()),
				int64(m.GetChangedSeq()), m.GetChangedAt().AsTime().UnixMilli(), record)
		}
		for _, at := range c.Threads() {
			threads = append(threads, string(at.Project), at.Platform, at.Chat, at.Name, ids[i])
		}
		for _, e := range c.Copies() {
			copies = append(copies, string(e.At.Project), e.At.Platform, e.At.Chat, e.At.Name, ids[i], e.Message, int64(e.Rank))
		}
	}
	return errors.Join(
		wrap("put sessions", s.stmt.putSessions.exec(ctx, tx, sessions)),
		wrap("put messages", s.stmt.putMessages.exec(ctx, tx, messages)),
		wrap("put erasures", s.stmt.putErasures.exec(ctx, tx, erasures)),
		wrap("put threads", s.stmt.putThreads.exec(ctx, tx, threads)),
		wrap("put copies", s.stmt.putCopies.exec(ctx, tx, copies)))
}

func (s *Store) putOperators(ctx context.Context, tx *sql.Tx, changes []store.OperatorChange) error {
	var args []any
	for _, c := range changes {
		record, err := proto.Marshal(c.Operator)
		if err != nil {
			return fmt.Errorf("encode operator: %w", err)
		}
		args = append(args, string(c.Project), c.Operator.GetId(), int64(c.Operator.GetSeq()), record)
	}
	return wrap("put operators", s.stmt.putOps.exec(ctx, tx, args))
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

package redis

import (
	"context"
	"errors"
	"fmt"

	goredis "github.com/redis/go-redis/v9"
	"google.golang.org/protobuf/proto"

	"github.com/bellhop-chat/bellhop/internal/id"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// Commit writes a change in the four steps that the package's documentation explains.
func (s *Store) Commit(ctx context.Context, change store.Change) error {
	sessions, err := sessionCalls(change.Sessions)
	if err != nil {
		return err
	}
	indexes, err := indexCalls(change)
	if err != nil {
		return err
	}
	err = s.look(ctx, change)
	if err == nil {
		_, err = s.run(ctx, indexes, func(pipe goredis.Pipeliner) { putNames(ctx, pipe, change.Sessions) })
		err = wrap("put indexes", err)
	}
	if err == nil {
		err = wrap("put sessions", s.compareAndSet(ctx, sessions))
	}
	if err == nil {
		err = wrap("move floor", s.compareAndSet(ctx, []call{{
			script: floorScript, keys: []string{floorKey(change.Part)}, args: []any{change.From, change.Through},
		}}))
	}
	if err != nil {
		return fmt.Errorf("commit part %s to %d: %w", change.Part, change.Through, err)
	}
	return nil
}

// look refuses what can't fit. Who passes may still be overtaken: the scripts compare again.
func (s *Store) look(ctx context.Context, change store.Change) error {
	pipe := s.client.Pipeline()
	floor := pipe.Get(ctx, floorKey(change.Part))
	seqs := make([]*goredis.StringCmd, len(change.Sessions))
	for i, c := range change.Sessions {
		seqs[i] = pipe.HGet(ctx, keysOf(c.Key).state, "seq")
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, goredis.Nil) {
		return fmt.Errorf("look: %w", err)
	}
	if at, err := number(floor); err != nil {
		return fmt.Errorf("read floor: %w", err)
	} else if at != change.From {
		return fmt.Errorf("floor is %d, not %d: %w", at, change.From, store.ErrConflict)
	}
	for i, c := range change.Sessions {
		if at, err := number(seqs[i]); err != nil {
			return fmt.Errorf("read seq: %w", err)
		} else if at != c.Before {
			return fmt.Errorf("session …%s is at %d, not %d: %w", c.Key.Session.Short(), at, c.Before, store.ErrConflict)
		}
	}
	return nil
}

// number reads a sequence; what isn't there is 0.
func number(cmd *goredis.StringCmd) (uint64, error) {
	n, err := cmd.Uint64()
	if errors.Is(err, goredis.Nil) {
		return 0, nil
	}
	return n, err
}

// compareAndSet runs scripts that answer 0 when something moved. All of them run: each session stands for itself.
func (s *Store) compareAndSet(ctx context.Context, calls []call) error {
	answers, err := s.run(ctx, calls, nil)
	if err != nil {
		return err
	}
	for _, a := range answers {
		if done, err := a.Bool(); err != nil {
			return err
		} else if !done {
			return store.ErrConflict
		}
	}
	return nil
}

func sessionCalls(changes []store.SessionChange) ([]call, error) {
	calls := make([]call, 0, len(changes))
	for _, c := range changes {
		record, err := proto.Marshal(c.Record)
		if err != nil {
			return nil, fmt.Errorf("encode session: %w", err)
		}
		args := make([]any, 0, 3+6*len(c.Messages))
		args = append(args, c.Before, c.Record.GetSeq(), record)
		k := keysOf(c.Key)
		if c.Wipe {
			calls = append(calls, call{wipeScript, k.all(), args})
			continue
		}
		for _, m := range c.Messages {
			if record, err = proto.Marshal(m); err != nil {
				return nil, fmt.Errorf("encode message: %w", err)
			}
			args = append(args, m.GetMessage().GetId(), m.GetCreatedSeq(), m.GetContentSeq(), m.GetChangedSeq(),
				m.GetChangedAt().AsTime().UnixMilli(), record)
		}
		calls = append(calls, call{sessionScript, k.all(), args})
	}
	return calls, nil
}

// indexCalls are the index entries that depend on what is there.
func indexCalls(change store.Change) ([]call, error) {
	var calls []call
	for _, c := range change.Sessions {
		for _, e := range c.Copies() {
			names := id.Token(string(e.Session)) + " " + id.Token(e.Message)
			calls = append(calls, call{copyScript, []string{copyKey(e.At)}, []any{e.Rank, names}})
		}
	}
	for _, c := range change.Operators {
		record, err := proto.Marshal(c.Operator)
		if err != nil {
			return nil, fmt.Errorf("encode operator: %w", err)
		}
		calls = append(calls, call{operatorScript, []string{operatorsKey(c.Project)}, []any{c.Operator.GetId(), c.Operator.GetSeq(), record}})
	}
	return calls, nil
}

// putNames writes the index entries that plain commands can write: the lists, which only move forward, the threads, the visitors, the
// identities, and where erasures are found.
func putNames(ctx context.Context, pipe goredis.Pipeliner, changes []store.SessionChange) {
	lists := map[string][]goredis.Z{}
	for _, c := range changes {
		if c.Erased() {
			putErasure(ctx, pipe, c)
			continue
		}
		list := listKey(c.Key.Project)
		at := goredis.Z{Score: float64(c.Record.GetSession().GetLastActivity().AsTime().UnixMilli()), Member: string(c.Key.Session)}
		lists[list] = append(lists[list], at)
		if silent := silentKey(c.Key.Project); c.Silent() {
			lists[silent] = append(lists[silent], at)
		} else {
			pipe.ZRem(ctx, silent, string(c.Key.Session))
		}
		if visitor := c.Record.GetSession().GetVisitorId(); visitor != "" {
			pipe.SAdd(ctx, visitorKey(c.Key.Project, visitor), string(c.Key.Session))
		}
		if identity := store.Verified(c.Record.GetSession()); identity != "" {
			mine := identityKey(c.Key.Project, identity)
			lists[mine] = append(lists[mine], at)
		}
		for _, thread := range c.Threads() {
			pipe.Set(ctx, threadKey(thread), string(c.Key.Session), 0)
		}
	}
	for list, entries := range lists {
		pipe.ZAddGT(ctx, list, entries...)
	}
}

// Floor is the applied stream sequence of a part.
func (s *Store) Floor(ctx context.Context, part id.Part) (uint64, error) {
	floor, err := number(s.client.Get(ctx, floorKey(part)))
	return floor, wrap("read floor", err)
}

// Epoch is the stream that the store was built from.
func (s *Store) Epoch(ctx context.Context) (string, error) {
	epoch, err := s.client.Get(ctx, epochKey).Result()
	if errors.Is(err, goredis.Nil) {
		return "", nil
	}
	return epoch, wrap("read epoch", err)
}

// SetEpoch says which stream that is.
func (s *Store) SetEpoch(ctx context.Context, epoch string) error {
	return wrap("set epoch", s.client.Set(ctx, epochKey, epoch, 0).Err())
}

package redis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/bellhop-chat/bellhop/internal/id"
	sessionsv1 "github.com/bellhop-chat/bellhop/proto/bellhop/sessions/v1"
	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

// putErasure writes where an erased session is found, and takes it out of everything that lists conversations.
func putErasure(ctx context.Context, pipe goredis.Pipeliner, c store.SessionChange) {
	e, name := c.Record.GetErasure(), member(c.Key)
	for _, erasure := range e.GetIds() {
		pipe.SAdd(ctx, erasureKey(c.Key.Project, erasure), string(c.Key.Session))
	}
	if e.GetEndedAt() == nil {
		pipe.ZRem(ctx, erasedKey, name)
		pipe.ZAdd(ctx, erasingKey, goredis.Z{Score: float64(e.GetSeq()), Member: name})
	} else {
		// First the new entry: whoever is killed in between finds the session twice, never nowhere.
		pipe.ZAdd(ctx, erasedKey, goredis.Z{Score: float64(e.GetEndedAt().AsTime().UnixMilli()), Member: name})
		pipe.ZRem(ctx, erasingKey, name)
	}
	unlist(ctx, pipe, c.Key, e)
}

func unlist(ctx context.Context, pipe goredis.Pipeliner, key store.Key, e *sessionsv1.Erasure) {
	pipe.ZRem(ctx, listKey(key.Project), string(key.Session))
	pipe.ZRem(ctx, silentKey(key.Project), string(key.Session))
	if visitor := e.GetVisitorId(); visitor != "" {
		pipe.SRem(ctx, visitorKey(key.Project, visitor), string(key.Session))
		pipe.SRem(ctx, visitsKey(key.Project, visitor), string(key.Session))
	}
	if identity := e.GetIdentity(); identity != "" {
		pipe.ZRem(ctx, identityKey(key.Project, identity), string(key.Session))
	}
}

// ByVisitor lists a visitor's sessions and visits.
func (s *Store) ByVisitor(ctx context.Context, project id.Project, visitor string) ([]store.Key, error) {
	pipe := s.client.Pipeline()
	sessions, visits := pipe.SMembers(ctx, visitorKey(project, visitor)), pipe.SMembers(ctx, visitsKey(project, visitor))
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("list a visitor's sessions: %w", err)
	}
	names := slices.Compact(slices.Sorted(slices.Values(append(sessions.Val(), visits.Val()...))))
	return ofProject(project, names), nil
}

// ByIdentity lists the sessions of a verified identity.
func (s *Store) ByIdentity(ctx context.Context, project id.Project, identity string, limit int) ([]store.Key, error) {
	names, err := s.client.ZRevRange(ctx, identityKey(project, identity), 0, int64(limit)-1).Result()
	return ofProject(project, names), wrap("list an identity's sessions", err)
}

func ofProject(project id.Project, names []string) []store.Key {
	keys := make([]store.Key, len(names))
	for i, name := range names {
		keys[i] = store.Key{Project: project, Session: id.Session(name)}
	}
	return keys
}

// Idle lists sessions in which nothing has happened since an instant. Entries may be older than their sessions: who is to act on
// one looks at its record.
func (s *Store) Idle(ctx context.Context, project id.Project, since time.Time, silent bool, limit int) ([]store.Key, error) {
	list := listKey(project)
	if silent {
		list = silentKey(project)
	}
	names, err := s.client.ZRangeByScore(ctx, list, &goredis.ZRangeBy{
		Min: "-inf", Max: "(" + strconv.FormatInt(since.UnixMilli(), 10), Count: int64(limit),
	}).Result()
	return ofProject(project, names), wrap("list idle sessions", err)
}

// Erasing lists erased sessions whose erasure has not ended.
func (s *Store) Erasing(ctx context.Context, limit int) ([]store.Key, error) {
	names, err := s.client.ZRange(ctx, erasingKey, 0, int64(limit)-1).Result()
	return ofMembers("list erasures", names, err)
}

// Erased lists sessions whose erasure has ended before an instant.
func (s *Store) Erased(ctx context.Context, before time.Time, limit int) ([]store.Key, error) {
	names, err := s.client.ZRangeByScore(ctx, erasedKey, &goredis.ZRangeBy{
		Min: "-inf", Max: "(" + strconv.FormatInt(before.UnixMilli(), 10), Count: int64(limit),
	}).Result()
	return ofMembers("list ended erasures", names, err)
}

func ofMembers(doing string, names []string, err error) ([]store.Key, error) {
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	keys := make([]store.Key, len(names))
	for i, name := range names {
		if keys[i], err = ofMember(name); err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
	}
	return keys, nil
}

// ErasedBy lists the sessions of an erasure.
func (s *Store) ErasedBy(ctx context.Context, project id.Project, erasure string) ([]store.Key, error) {
	names, err := s.client.SMembers(ctx, erasureKey(project, erasure)).Result()
	return ofProject(project, names), wrap("find erasure", err)
}

// Sweep removes what the indexes and the visits still say of an erased session: a replica that lagged behind may have written them
// again after the session was wiped.
func (s *Store) Sweep(ctx context.Context, key store.Key) error {
	record, err := s.Session(ctx, key)
	if errors.Is(err, store.ErrNotFound) || err == nil && record.GetErasure() == nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	threads, copies := store.Remains(key.Project, record.GetErasure())
	pipe := s.client.Pipeline()
	pipe.Unlink(ctx, visitKey(key))
	unlist(ctx, pipe, key, record.GetErasure())
	if err := s.removeNames(ctx, pipe, key, threads, copies); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	_, err = pipe.Exec(ctx)
	return wrap("sweep", err)
}

// removeNames takes out of the indexes what names this session and no other.
func (s *Store) removeNames(ctx context.Context, removal goredis.Pipeliner, key store.Key, threads, copies []store.Place) error {
	names := make([]string, 0, len(threads)+len(copies))
	for _, at := range threads {
		names = append(names, threadKey(at))
	}
	for _, at := range copies {
		names = append(names, copyKey(at))
	}
	if len(names) == 0 {
		return nil
	}
	look := s.client.Pipeline()
	found := make([]*goredis.StringCmd, len(names))
	for i, name := range names {
		found[i] = look.Get(ctx, name)
	}
	if _, err := look.Exec(ctx); err != nil && !errors.Is(err, goredis.Nil) {
		return err
	}
	for i, name := range names {
		entry := found[i].Val()
		if i < len(threads) && entry == string(key.Session) || strings.Contains(entry, " "+id.Token(string(key.Session))+" ") {
			removal.Unlink(ctx, name)
		}
	}
	return nil
}

// Drop forgets an erased session altogether.
func (s *Store) Drop(ctx context.Context, key store.Key) error {
	record, err := s.Session(ctx, key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("drop: %w", err)
	}
	pipe := s.client.Pipeline()
	if record.GetErasure() != nil {
		for _, erasure := range record.GetErasure().GetIds() {
			pipe.SRem(ctx, erasureKey(key.Project, erasure), string(key.Session))
		}
		pipe.Unlink(ctx, keysOf(key).all()...)
	}
	pipe.ZRem(ctx, erasedKey, member(key))
	_, err = pipe.Exec(ctx)
	return wrap("drop", err)
}

// Scrub has every master write its files anew, where it keeps any: they hold what was there before. A Redis whose files are
// somebody else's business refuses; then it is up to whoever runs it, and the error says so.
func (s *Store) Scrub(ctx context.Context) error {
	return wrap("scrub", s.eachMaster(ctx, func(ctx context.Context, server *goredis.Client) error {
		info, err := server.Info(ctx, "persistence").Result()
		if err != nil {
			return err
		}
		if strings.Contains(info, "aof_enabled:1") {
			if err := begun(server.BgRewriteAOF(ctx).Err()); err != nil {
				return fmt.Errorf("rewrite the append-only file: %w", err)
			}
		}
		if saved, err := server.LastSave(ctx).Result(); err == nil && saved > 0 && keepsDumps(ctx, server) {
			if err := begun(server.Do(ctx, "BGSAVE", "SCHEDULE").Err()); err != nil {
				return fmt.Errorf("write the dump anew: %w", err)
			}
		}
		return nil
	}))
}

// keepsDumps tells whether a server writes dumps by itself; one that does not say is taken to.
func keepsDumps(ctx context.Context, server *goredis.Client) bool {
	answer, err := server.ConfigGet(ctx, "save").Result()
	return err != nil || answer["save"] != ""
}

// begun takes for begun what is under way already: that began before, and the next scrub comes after it.
func begun(err error) error {
	if err != nil && (strings.Contains(err.Error(), "in progress") || strings.Contains(err.Error(), "scheduled")) {
		return nil
	}
	return err
}

package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/bellhop-chat/bellhop/services/sessions/internal/store"
)

const (
	// readers is how many connections read beside the writer.
	readers = 4
	// busyMillis is how long a connection waits for another process's lock, a backup's for example.
	busyMillis = "5000"
	// cacheKiB bounds the pages that each connection keeps; a negative cache_size is in KiB.
	cacheKiB = "-8000"
	// checkpointPages is how long the log grows before it is folded into the file: a page that changed often meanwhile is
	// written once. 16 MiB; SQLite's own 4 MiB cost a sixth of the writer's time.
	checkpointPages = "4000"
	// walLimit is what a checkpoint leaves of the log's file, in bytes.
	walLimit = "67108864"
)

// Store is a store in one file. It is safe for concurrent use.
type Store struct {
	writer, readers *sql.DB
	// turn is held by whoever writes.
	turn chan struct{}
	// queue holds the changes that wait for their turn.
	queue queue
	stmt  statements
}

var _ store.Store = (*Store)(nil)

// Open opens or creates the file, readable by its owner only, and its directory. It wraps ErrNewer and ErrForeign.
func Open(path string) (*Store, error) {
	s, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	return s, nil
}

func open(path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := create(path); err != nil {
		return nil, err
	}
	s := &Store{turn: make(chan struct{}, 1)}
	s.writer, err = connect(path, 1, url.Values{"_synchronous": {"NORMAL"}, "_txlock": {"immediate"}})
	if err != nil {
		return nil, err
	}
	if err = migrate(context.Background(), s.writer); err == nil {
		err = logAhead(context.Background(), s.writer)
	}
	if err == nil {
		s.readers, err = connect(path, readers, url.Values{"_query_only": {"true"}})
	}
	if err == nil {
		err = s.prepare(context.Background())
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// create makes the file before SQLite would, because what it holds is private; SQLite gives its log the same mode.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func connect(path string, most int, options url.Values) (*sql.DB, error) {
	options.Set("_busy_timeout", busyMillis)
	options["_pragma"] = []string{"cache_size(" + cacheKiB + ")", "journal_size_limit(" + walLimit + ")", "wal_autocheckpoint(" + checkpointPages + ")", "temp_store(memory)",
		"secure_delete(on)"} // what is deleted is overwritten: erased means erased
	name := url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db, nil
}

// logAhead turns on write-ahead logging, which the file remembers; only once the file is known to be ours.
func logAhead(ctx context.Context, db *sql.DB) error {
	var mode string
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return fmt.Errorf("turn on write-ahead logging: %w", err)
	}
	if mode != "wal" {
		return fmt.Errorf("turn on write-ahead logging: its file system only does %s", mode)
	}
	return nil
}

// write takes the turn and runs f in a transaction of the writer.
func (s *Store) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	if err := s.takeTurn(ctx); err != nil {
		return err
	}
	defer s.passTurn()
	return s.transact(ctx, f)
}

// transact runs f in a transaction of the writer, whose turn the caller holds.
func (s *Store) transact(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// read runs f in a transaction that sees one state of the file.
func (s *Store) read(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.readers.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	return f(tx)
}

func (s *Store) takeTurn(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for the writer: %w", ctx.Err())
	}
}

func (s *Store) passTurn() { <-s.turn }

// Ping tells whether the file can be read.
func (s *Store) Ping(ctx context.Context) error {
	if _, err := s.Epoch(ctx); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	return nil
}

// Close folds the log into the file and closes it.
func (s *Store) Close() error {
	var errs []error
	// The writer last: whoever closes last does the folding, and a reader may not.
	for _, db := range []*sql.DB{s.readers, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

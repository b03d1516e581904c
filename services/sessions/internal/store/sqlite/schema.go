package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
)

var (
	// ErrNewer says that a newer Bellhop wrote the file.
	ErrNewer = errors.New("store file is of a newer schema")
	// ErrForeign says that the file holds something else.
	ErrForeign = errors.New("store file is not Bellhop's")
)

var (
	//go:embed schema.sql
	first string
	//go:embed erasure.sql
	second string
	//go:embed identity.sql
	third string
)

// migrations[n] leads from schema n to n+1. PRAGMA user_version says where a file stands.
var migrations = []string{first, second, third}

// migrate brings the file to this build's schema, in one transaction.
func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin schema change: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	version, err := schemaVersion(ctx, tx)
	if err != nil {
		return err
	}
	if version == len(migrations) {
		return nil
	}
	for _, step := range migrations[version:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("change schema: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, "PRAGMA user_version = "+strconv.Itoa(len(migrations))); err != nil {
		return fmt.Errorf("set schema version: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit schema change: %w", err)
	}
	return nil
}

func schemaVersion(ctx context.Context, tx *sql.Tx) (int, error) {
	var version, tables int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
		return 0, fmt.Errorf("count tables: %w", err)
	}
	switch {
	case version < 0, version == 0 && tables > 0:
		return 0, fmt.Errorf("%w: it has tables and schema version %d; choose another path", ErrForeign, version)
	case version > len(migrations):
		return 0, fmt.Errorf("%w: it has version %d, this build knows %d; start the newer build, or move the file away and the store is made again from the bus",
			ErrNewer, version, len(migrations))
	}
	return version, nil
}

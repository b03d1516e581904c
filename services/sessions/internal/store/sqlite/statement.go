package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// chunks are the numbers of rows that a statement over many rows is prepared for.
var chunks = [...]int{64, 8, 1}

// many is a statement over many rows, prepared once per size of chunk.
type many struct {
	columns int
	sizes   [len(chunks)]*sql.Stmt
}

// prepareMany prepares text, in which ROWS stands for the rows of a VALUES clause.
func prepareMany(ctx context.Context, db *sql.DB, columns int, text string) (*many, error) {
	row := "(" + strings.Repeat("?, ", columns-1) + "?)"
	m := &many{columns: columns}
	for i, n := range chunks {
		var err error
		rows := strings.Repeat(row+", ", n-1) + row
		if m.sizes[i], err = db.PrepareContext(ctx, strings.Replace(text, "ROWS", rows, 1)); err != nil {
			return nil, fmt.Errorf("prepare %q: %w", text, err)
		}
	}
	return m, nil
}

// exec runs the statement over all rows, args being their columns one after the other.
func (m *many) exec(ctx context.Context, tx *sql.Tx, args []any) error {
	for i, n := range chunks {
		for len(args) >= n*m.columns {
			if _, err := tx.StmtContext(ctx, m.sizes[i]).ExecContext(ctx, args[:n*m.columns]...); err != nil {
				return err
			}
			args = args[n*m.columns:]
		}
	}
	return nil
}

// query looks up all rows; a chunk that isn't full is filled with its last row, so what is found may be found twice.
func (m *many) query(ctx context.Context, tx *sql.Tx, args []any, scan func(*sql.Rows) error) error {
	for len(args) > 0 {
		size := 0
		for size+1 < len(chunks) && chunks[size+1]*m.columns >= len(args) {
			size++
		}
		n := min(chunks[size]*m.columns, len(args))
		chunk := args[:n:n]
		args = args[n:]
		for len(chunk) < chunks[size]*m.columns {
			chunk = append(chunk, chunk[n-m.columns:n]...)
		}
		rows, err := tx.StmtContext(ctx, m.sizes[size]).QueryContext(ctx, chunk...)
		if err := each(rows, err, scan); err != nil {
			return err
		}
	}
	return nil
}

// each hands every row of a query to scan and closes it.
func each(rows *sql.Rows, err error, scan func(*sql.Rows) error) error {
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

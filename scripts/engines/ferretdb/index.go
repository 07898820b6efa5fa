package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite"
)

// FerretDB 1.24 looks a document up by the expression _ferretdb_sjson->'$._id', and indexes _ferretdb_sjson->"_id". The
// two mean the same, but SQLite uses an index only for the expression as it is written: every look-up reads the
// whole collection. Here the index that its queries ask for is made beside its own, which keeps keys unique; and, for
// Parley's large collections, one for the ranges that sqlite/ranges.go asks for.
const (
	lookEvery = time.Second
	unindexed = `SELECT name, table_name FROM _ferretdb_collections AS c WHERE NOT EXISTS
		(SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = c.table_name || '_looked_up')`
	makeIndex = `CREATE INDEX IF NOT EXISTS "%[1]s_looked_up" ON "%[1]s" (_ferretdb_sjson->'$._id')`
	makeRange = `CREATE INDEX IF NOT EXISTS "%[1]s_ranges" ON "%[1]s" (%[2]s)`
)

var ranges = map[string]string{
	"batch":   `_ferretdb_sjson->>'$.stream', _ferretdb_sjson->>'$.to'`,
	"message": `_ferretdb_sjson->>'$.stream', _ferretdb_sjson->>'$.seq'`,
	"change":  `_ferretdb_sjson->>'$.list'`,
}

// keepIndexed makes the indexes of every collection, within a second or so of the collection's beginning.
func keepIndexed(ctx context.Context, folder string) {
	seen := map[string]string{}
	for ctx.Err() == nil {
		files, _ := filepath.Glob(filepath.Join(folder, "*.sqlite"))
		for _, file := range files {
			// A database that nobody wrote to has no new collections.
			state := stateOf(file) + stateOf(file+"-wal")
			if seen[file] == state {
				continue
			}
			if err := index(ctx, file); err != nil {
				// Being made, dropped or busy: the next look finds it.
				log.Printf("index of %s: %v", file, err)
				continue
			}
			seen[file] = state
		}
		select {
		case <-ctx.Done():
		case <-time.After(lookEvery):
		}
	}
}

func index(ctx context.Context, file string) error {
	// Never makes a file: FerretDB may have dropped the database meanwhile.
	db, err := sql.Open("sqlite", "file:"+file+"?mode=rw&_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer db.Close()
	tables, err := tablesOf(ctx, db)
	if err != nil {
		return err
	}
	for table, name := range tables {
		if columns := ranges[name]; columns != "" {
			if _, err := db.ExecContext(ctx, fmt.Sprintf(makeRange, table, columns)); err != nil {
				return err
			}
		}
		// Last, since it tells that all are there.
		if _, err := db.ExecContext(ctx, fmt.Sprintf(makeIndex, table)); err != nil {
			return err
		}
	}
	return nil
}

// tablesOf gives the names of collections by their tables.
func tablesOf(ctx context.Context, db *sql.DB) (map[string]string, error) {
	rows, err := db.QueryContext(ctx, unindexed)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	tables := map[string]string{}
	for rows.Next() {
		var name, table string
		if err := rows.Scan(&name, &table); err != nil {
			return nil, err
		}
		tables[table] = name
	}
	return tables, rows.Err()
}

func stateOf(file string) string {
	info, err := os.Stat(file)
	if err != nil {
		return "absent"
	}
	return fmt.Sprintf("%d %d ", info.ModTime().UnixNano(), info.Size())
}

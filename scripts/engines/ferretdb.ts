import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Say } from './engine.ts';
import { build, type GoProgram, pathOf, replaceIn } from './go-program.ts';

const source = join(import.meta.dirname, 'ferretdb');
/** What is put into FerretDB's backend for SQLite. */
const ranges = 'ranges.go';

const asItIs = '\tif params.Filter.Len() == 1 {\n\t\tv, _ := params.Filter.Get("_id")';
const narrowed = `\twhereClause, args = narrowed(params.Filter)\n${asItIs}`;

const unqueued = '\tvar sqlTx *sql.Tx\n\n\tif sqlTx, err = db.sqlDB.BeginTx(';
const queued = unqueued.replace('\n\n', '\n\n\tdb.writing.Lock()\n\tdefer db.writing.Unlock()\n\n');

/**
 * FerretDB from its Go module, with one file of ours in it and the lines that need it: as it is, it reads a whole collection
 * for every question but that for one `_id`, and its writers get in each other's way (see docs/engines.md).
 */
const program: GoProgram = {
  name: 'ferretdb',
  version: '1.24.2',
  module: 'github.com/FerretDB/FerretDB',
  copy: 'ferretdb',
  source,
  files: ['main.go', 'index.go', 'go.mod', 'go.sum'],
  further: [join('sqlite', ranges)],
  texts: [narrowed, queued],
  change(copy) {
    narrow(join(copy, 'internal/backends/sqlite'));
    queue(join(copy, 'internal/util/fsql/db.go'));
  },
};

export const ferretdb = pathOf(program);

/** @throws Error when Go is missing, or the module is not as expected */
export const buildFerretdb = (say: Say): Promise<void> =>
  build(program, say, { takes: 'a minute or two', instead: 'mongod, or to build FerretDB ' });

/** Its query asks our file what of the filter SQLite can answer. */
function narrow(backend: string): void {
  copyFileSync(join(source, 'sqlite', ranges), join(backend, ranges));
  // The first is the query itself, the second only explains it.
  replaceIn(join(backend, 'collection.go'), asItIs, narrowed);
}

/**
 * Writers of a database wait in line. SQLite lets one write at a time, and has the others try again after pauses of up to a
 * tenth of a second: with a dozen of them the disk and both cores are idle most of the time, and some wait for seconds.
 */
function queue(path: string): void {
  replaceIn(path, '\tsqlDB     *sql.DB\n', '\tsqlDB     *sql.DB\n\twriting   sync.Mutex\n');
  replaceIn(path, '\t"log/slog"\n', '\t"log/slog"\n\t"sync"\n');
  replaceIn(path, unqueued, queued);
}

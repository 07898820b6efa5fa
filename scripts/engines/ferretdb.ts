import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Say } from './engine.ts';
import { findProgram, run } from './exec.ts';
import { programsFolder } from './folders.ts';

const version = '1.24.2';
const module = 'github.com/FerretDB/FerretDB';
const source = join(import.meta.dirname, 'ferretdb');
const files = ['main.go', 'index.go', 'go.mod', 'go.sum'];
/** What is put into FerretDB's backend for SQLite. */
const ranges = 'ranges.go';

const asItIs = '\tif params.Filter.Len() == 1 {\n\t\tv, _ := params.Filter.Get("_id")';
const narrowed = `\twhereClause, args = narrowed(params.Filter)\n${asItIs}`;

const unqueued = '\tvar sqlTx *sql.Tx\n\n\tif sqlTx, err = db.sqlDB.BeginTx(';
const queued = unqueued.replace('\n\n', '\n\n\tdb.writing.Lock()\n\tdefer db.writing.Unlock()\n\n');

/** FerretDB as it is built here; what surrounds it is part of the name, so that a change of it is built. */
export const ferretdb = join(programsFolder, `ferretdb-${version}-${digest()}`);

/**
 * Builds FerretDB from its Go module, with one file of ours in it and the lines that need it: as it is, it reads a whole
 * collection for every question but that for one `_id`, and its writers get in each other's way (see docs/engines.md).
 * @throws Error when Go is missing, or the module is not as expected
 */
export async function buildFerretdb(say: Say): Promise<void> {
  if (existsSync(ferretdb)) return;
  const go = findProgram('go', '/usr/local/go/bin/go');
  if (go === undefined) throw new Error('needs mongod, or Go 1.24 or newer to build FerretDB; neither is on the PATH.');
  say(`building FerretDB ${version} (Go; a minute or two)`);
  const folder = `${ferretdb}-build`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    for (const file of files) copyFileSync(join(source, file), join(folder, file));
    const listed = await run(go, ['mod', 'download', '-json', module], { cwd: folder });
    const { Dir } = JSON.parse(listed) as { readonly Dir: string };
    const copy = join(folder, 'ferretdb');
    // The module's own files are read-only, and go refuses to build others in their place.
    cpSync(Dir, copy, { recursive: true, mode: 0 });
    await run('chmod', ['-R', 'u+w', copy]);
    narrow(join(copy, 'internal/backends/sqlite'));
    queue(join(copy, 'internal/util/fsql/db.go'));
    await run(go, ['mod', 'edit', '-replace', `${module}=./ferretdb`], { cwd: folder });
    await run(go, ['build', '-trimpath', '-ldflags', '-s -w', '-o', ferretdb, '.'], { cwd: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Its query asks our file what of the filter SQLite can answer. */
function narrow(backend: string): void {
  copyFileSync(join(source, 'sqlite', ranges), join(backend, ranges));
  // The first is the query itself, the second only explains it.
  replace(join(backend, 'collection.go'), asItIs, narrowed);
}

/**
 * Writers of a database wait in line. SQLite lets one write at a time, and has the others try again after pauses of up to a
 * tenth of a second: with a dozen of them the disk and both cores are idle most of the time, and some wait for seconds.
 */
function queue(path: string): void {
  replace(path, '\tsqlDB     *sql.DB\n', '\tsqlDB     *sql.DB\n\twriting   sync.Mutex\n');
  replace(path, '\t"log/slog"\n', '\t"log/slog"\n\t"sync"\n');
  replace(path, unqueued, queued);
}

function replace(path: string, old: string, by: string): void {
  const text = readFileSync(path, 'utf8');
  if (!text.includes(old)) throw new Error(`FerretDB ${version} is not as expected: ${path} has changed.`);
  writeFileSync(path, text.replace(old, by));
}

function digest(): string {
  const hash = createHash('sha256');
  for (const name of [...files, join('sqlite', ranges)]) hash.update(readFileSync(join(source, name)));
  return hash.update(narrowed).update(queued).digest('hex').slice(0, 8);
}

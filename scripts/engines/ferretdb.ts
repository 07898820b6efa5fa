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

/** FerretDB as it is built here; what surrounds it is part of the name, so that a change of it is built. */
export const ferretdb = join(programsFolder, `ferretdb-${version}-${digestOf([...files, join('sqlite', ranges)])}`);

/**
 * Builds FerretDB from its Go module, with one file of ours in it and one line that calls it: as it is, it reads a whole
 * collection for every question but that for one `_id` (see docs/engines.md).
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
    await run(go, ['mod', 'edit', '-replace', `${module}=./ferretdb`], { cwd: folder });
    await run(go, ['build', '-trimpath', '-ldflags', '-s -w', '-o', ferretdb, '.'], { cwd: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const asItIs = '\tif params.Filter.Len() == 1 {\n\t\tv, _ := params.Filter.Get("_id")';

/** Its query asks our file what of the filter SQLite can answer. */
function narrow(backend: string): void {
  copyFileSync(join(source, 'sqlite', ranges), join(backend, ranges));
  const path = join(backend, 'collection.go');
  const text = readFileSync(path, 'utf8');
  if (!text.includes(asItIs)) throw new Error(`FerretDB ${version} is not as expected: ${path} has changed.`);
  // The first is the query itself, the second only explains it.
  writeFileSync(path, text.replace(asItIs, `\twhereClause, args = narrowed(params.Filter)\n${asItIs}`));
}

function digestOf(names: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of names) hash.update(readFileSync(join(source, name)));
  return hash.digest('hex').slice(0, 8);
}

import type { DatabaseSync } from 'node:sqlite';

/**
 * 128 MiB of log before it is written into the file. A message in a conversation of its own touches five pages, so a busy
 * server fills 16 MiB with one or two commits, and would write the same pages into the file after each.
 */
const pagesPerCheckpoint = 32_000;
/** So few the writer writes itself in a few milliseconds. */
const fewPages = 1_000;
/** Each pass leaves what was written during it; where it is never few, the disk is too slow for it to matter. */
const maxPasses = 4;

/**
 * Writes the log into the file while the writer goes on, in passes that each leave less, and only where there is much of it: by the writer it
 * took a tenth of a second, for which all who write waited. Returns whether it did; then the writer is to `settle`.
 */
export function checkpoint(db: DatabaseSync): boolean {
  if (unwritten(db) < pagesPerCheckpoint) return false;
  for (let pass = 0; pass < maxPasses && unwritten(db) > fewPages; pass++) db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  return true;
}

/** Between two transactions of the writer: the rest, after which the log begins anew (https://sqlite.org/wal.html, section 6). */
export function settle(db: DatabaseSync): void {
  db.exec('PRAGMA wal_checkpoint(PASSIVE)');
}

/** Pages of the log that are not in the file. */
function unwritten(db: DatabaseSync): number {
  const state = db.prepare('PRAGMA wal_checkpoint(NOOP)').get();
  return Number(state?.['log'] ?? 0) - Number(state?.['checkpointed'] ?? 0);
}

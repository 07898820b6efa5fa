import { DatabaseSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { checkpoint, settle } from './checkpoint.ts';
import { contentOperations } from './contents.ts';
import { documentOperations } from './documents.ts';
import { recordOperations } from './records.ts';
import type { Answer, Operations, Request, Started, ToWorker, WorkerOptions } from './requests.ts';
import { migrate } from './schema.ts';
import { type Heads, streamOperations } from './streams.ts';

const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker');
const { path, role, maxPages } = workerData as WorkerOptions;

/** SQLite's result codes (primary part) that say that the disk, not the request, is at fault. */
const unavailableCodes = new Set([
  5 /* busy */, 6 /* locked */, 8 /* read-only */, 10 /* I/O */, 13 /* full */, 14 /* cannot open */,
]);

/** Half a gigabyte of log, which the writer writes into the file itself: only where the checkpointer does not keep up. */
const mostPages = 128_000;

const heads: Heads = new Map();

const isUnavailable = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'errcode' in error &&
  unavailableCodes.has(Number(error.errcode) & 0xff);

function failureOf(id: number, error: unknown): Answer {
  return {
    id,
    failure: {
      isUnavailable: isUnavailable(error),
      message: error instanceof Error ? error.message : String(error),
    },
  };
}

/** Held for life: a second process on the same file would be a second writer. The system lets go when this process ends, however it does. */
function lock(): DatabaseSync {
  const held = new DatabaseSync(`${path}.lock`);
  try {
    held.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    throw new Error(`Another Parley is using ${path}. Stop it, or choose another data folder with --data.`, { cause });
  }
  return held;
}

function open(): { db: DatabaseSync; operations: Partial<Operations> } {
  const db = new DatabaseSync(path, { readOnly: role === 'reader', timeout: 5_000 });
  if (role === 'writer') {
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${mostPages}`);
    migrate(db, path);
    db.exec('CREATE TABLE IF NOT EXISTS heartbeat (id INTEGER PRIMARY KEY, at INTEGER)');
    if (maxPages !== undefined) db.exec(`PRAGMA max_page_count = ${maxPages}`);
  }
  if (role === 'checkpointer') {
    // It copies pages and keeps none.
    db.exec(
      'PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -1024; PRAGMA mmap_size = 0',
    );
    return { db, operations: { checkpoint: () => checkpoint(db) } };
  }
  db.exec('PRAGMA cache_size = -65536; PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY');
  const check = (): void => {
    db.prepare('INSERT OR REPLACE INTO heartbeat VALUES (1, ?)').run(Date.now());
  };
  return {
    db,
    operations: {
      ...streamOperations(db, heads),
      ...recordOperations(db),
      ...documentOperations(db),
      ...contentOperations(db),
      check,
    },
  };
}

function carryOut(operations: Partial<Operations>, { id, name, args }: Request): Answer {
  const operation = operations[name] as (...args: readonly unknown[]) => unknown;
  return { id, result: operation(...args) };
}

/** All that is waiting, in one transaction and one fsync. */
function writeTogether(db: DatabaseSync, operations: Partial<Operations>, requests: readonly Request[]): Answer[] {
  try {
    db.exec('BEGIN IMMEDIATE');
    const answers = requests.map((request) => carryOut(operations, request));
    db.exec('COMMIT');
    return answers;
  } catch {
    heads.clear();
    // Seldom, so only now each request is paid a savepoint of its own (bench write: 11 % of a message's CPU).
    if (db.isTransaction) db.exec('ROLLBACK');
    return writeApart(db, operations, requests);
  }
}

/** The same, where one of the requests fails: it is undone alone. */
function writeApart(db: DatabaseSync, operations: Partial<Operations>, requests: readonly Request[]): Answer[] {
  const answers: Answer[] = [];
  try {
    db.exec('BEGIN IMMEDIATE');
    for (const request of requests) {
      db.exec('SAVEPOINT request');
      try {
        answers.push(carryOut(operations, request));
        db.exec('RELEASE request');
      } catch (error) {
        heads.clear();
        // A full disk may have ended the whole transaction: then there is nothing left to go back to.
        if (!db.isTransaction) throw error;
        db.exec('ROLLBACK TO request; RELEASE request');
        answers.push(failureOf(request.id, error));
      }
    }
    db.exec('COMMIT');
    return answers;
  } catch (error) {
    heads.clear();
    if (db.isTransaction) db.exec('ROLLBACK');
    return requests.map(({ id }) => failureOf(id, error));
  }
}

function settleIfPossible(db: DatabaseSync): void {
  try {
    settle(db);
  } catch (error) {
    // The log keeps all of it, and those who write are told of the disk by their commits.
    if (!isUnavailable(error)) throw error;
  }
}

function start(): void {
  const held = role === 'writer' ? lock() : undefined;
  const { db, operations } = open();
  port?.on('message', (first: ToWorker) => {
    const requests: Request[] = [];
    let isClosing = false;
    let isCheckpointed = false;
    let next: { message: ToWorker } | undefined = { message: first };
    while (next !== undefined) {
      if (next.message === 'close') isClosing = true;
      else if (next.message === 'checkpointed') isCheckpointed = true;
      else requests.push(...next.message);
      next = port === null ? undefined : receiveMessageOnPort(port);
    }
    if (requests.length > 0) {
      const answers =
        role === 'writer'
          ? writeTogether(db, operations, requests)
          : requests.map((request) => {
              try {
                return carryOut(operations, request);
              } catch (error) {
                return failureOf(request.id, error);
              }
            });
      port?.postMessage(answers);
    }
    if (isCheckpointed) settleIfPossible(db);
    if (!isClosing) return;
    db.close();
    held?.close();
    port?.close();
  });
}

try {
  start();
  port.postMessage({ ok: true } satisfies Started);
} catch (error) {
  port.postMessage({ ok: false, message: error instanceof Error ? error.message : String(error) } satisfies Started);
}

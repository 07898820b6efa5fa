import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cid } from '@parley/protocol';
import type { Outbox, OutboxEntry } from './port.ts';

type Line = { readonly put: OutboxEntry } | { readonly remove: Cid };

/** The file is written anew once so many lines of it are of no use any more. */
const maxStaleLines = 1_000;

/**
 * Keeps unacknowledged sends in a file of JSON lines, synced to disk before each is sent: it outlives `kill -9` and a
 * power cut, also in the middle of a write. For one process at a time; the folder must exist, the file is made.
 */
export function fileOutbox(path: string): Outbox {
  const entries = new Map<Cid, OutboxEntry>();
  let file: FileHandle | undefined;
  let staleLines = 0;
  /** The last write failed, perhaps in the middle of a line. */
  let isTorn = false;
  let due: Line[] = [];
  let flush: Promise<void> | undefined;
  // One write after another: the file's order is the outbox's order.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  };

  const apply = (line: Line): void => {
    if ('put' in line) entries.set(line.put.cid, line.put);
    else if (entries.delete(line.remove)) staleLines += 2;
  };
  const compact = async (): Promise<void> => {
    await file?.close();
    file = undefined;
    const fresh = await open(`${path}.new`, 'w', 0o600);
    await fresh.writeFile([...entries.values()].map((put) => `${JSON.stringify({ put })}\n`).join(''));
    await fresh.sync();
    await fresh.close();
    await rename(`${path}.new`, path);
    await syncFolder(dirname(path));
    staleLines = 0;
    isTorn = false;
  };
  const write = async (lines: readonly Line[]): Promise<void> => {
    file ??= await open(path, 'a', 0o600);
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    try {
      // Behind half a line, the next one would be unreadable too.
      await file.appendFile(isTorn ? `\n${text}` : text);
      await file.datasync();
      isTorn = false;
    } catch (error) {
      isTorn = true;
      throw error;
    }
    for (const line of lines) apply(line);
    // What was to be written is written: a file that stays long for a while fails nobody.
    if (staleLines > maxStaleLines) await compact().catch(() => undefined);
  };
  /** What comes while the disk is busy is written together and synced once. */
  const append = (line: Line): Promise<void> => {
    due.push(line);
    flush ??= inTurn(() => {
      flush = undefined;
      const lines = due;
      due = [];
      return write(lines);
    });
    return flush;
  };

  return {
    load: () =>
      inTurn(async () => {
        const existing = await open(path, 'a+', 0o600);
        const text = await existing.readFile('utf8');
        await existing.close();
        for (const written of text.split('\n')) {
          const line = parseLine(written);
          if (line !== undefined) apply(line);
        }
        await compact();
        return [...entries.values()];
      }),
    put: (entry) => append({ put: entry }),
    remove: (cid) => append({ remove: cid }),
    close: () =>
      inTurn(async () => {
        await file?.close();
        file = undefined;
      }),
  };
}

/** `undefined` for the last line of a process that died while writing it. */
function parseLine(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

/** A new name survives a power cut only once its folder is synced. Windows cannot open a folder, and need not. */
async function syncFolder(folder: string): Promise<void> {
  try {
    await using handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EISDIR' && (error as NodeJS.ErrnoException).code !== 'EPERM')
      throw error;
  }
}

import { type FileHandle, open, rename } from 'node:fs/promises';
import type { Cid } from '@parley/protocol';
import type { Outbox, OutboxEntry } from './port.ts';

type Line = { readonly put: OutboxEntry } | { readonly remove: Cid };

/** The file is written anew once so many lines of it are of no use any more. */
const maxStaleLines = 1_000;

/** Keeps unacknowledged sends in a file of JSON lines, synced to disk before each is sent. For one process at a time. */
export function fileOutbox(path: string): Outbox {
  const entries = new Map<Cid, OutboxEntry>();
  let file: FileHandle | undefined;
  let staleLines = 0;
  // One write after another: the file's order is the outbox's order.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  };

  const compact = async (): Promise<void> => {
    await file?.close();
    const fresh = await open(`${path}.new`, 'w', 0o600);
    await fresh.writeFile([...entries.values()].map((put) => `${JSON.stringify({ put })}\n`).join(''));
    await fresh.sync();
    await fresh.close();
    await rename(`${path}.new`, path);
    file = await open(path, 'a', 0o600);
    staleLines = 0;
  };
  const append = async (line: Line): Promise<void> => {
    file ??= await open(path, 'a', 0o600);
    await file.appendFile(`${JSON.stringify(line)}\n`);
    await file.sync();
  };

  return {
    load: () =>
      inTurn(async () => {
        const existing = await open(path, 'a+', 0o600);
        const text = await existing.readFile('utf8');
        await existing.close();
        for (const written of text.split('\n')) {
          const line = parseLine(written);
          if (line === undefined) continue;
          if ('put' in line) entries.set(line.put.cid, line.put);
          else entries.delete(line.remove);
        }
        await compact();
        return [...entries.values()];
      }),
    put: (entry) =>
      inTurn(async () => {
        await append({ put: entry });
        entries.set(entry.cid, entry);
      }),
    remove: (cid) =>
      inTurn(async () => {
        if (!entries.delete(cid)) return;
        await append({ remove: cid });
        staleLines += 2;
        if (staleLines > maxStaleLines) await compact();
      }),
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

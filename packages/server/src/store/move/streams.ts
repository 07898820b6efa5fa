import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ParleyError, type StreamId } from '@parley/protocol';
import type { Append, AppendResult, StreamStore } from '../port.ts';
import { chunksOf } from './chunks.ts';

const maxAttempts = 8;

/** What was found in a stream: the same on both sides when they agree. */
export interface StreamSum {
  readonly events: number;
  readonly messages: number;
  /** Of every event and row, in order. */
  readonly checksum: Buffer;
}

/**
 * Copies what the target does not have of a stream, seqs and all, with the newest snapshot.
 * @param onEvents how many events have just been stored
 * @throws Error when the target has what the source has not
 */
export async function copyStream(
  from: StreamStore,
  to: StreamStore,
  stream: StreamId,
  onEvents: (count: number) => void,
): Promise<void> {
  const source = await from.load(stream);
  if (source === undefined) return;
  let head = await to.head(stream);
  if (head > source.head)
    throw new Error(
      `The target has ${head} events of ${stream}, the source ${source.head}: somebody has written to the target. Empty it, or choose another.`,
    );
  const endAt = source.snapshot === undefined ? [] : [source.snapshot.seq];
  for await (const { events, rows } of chunksOf(from, stream, head + 1, source.head, endAt)) {
    const end = head + events.length;
    const append = {
      stream,
      expectedHead: head,
      events,
      messages: rows,
      ...(source.snapshot?.seq === end ? { snapshot: source.snapshot.state } : {}),
    };
    const result = await appended(to, append);
    if (!result.ok)
      throw new Error(
        `Somebody else writes to the target: ${stream} is at ${result.head}, not ${head}. Stop them, and begin again.`,
      );
    head = end;
    onEvents(events.length);
  }
}

/** An append whose outcome may be unknown is looked up, then tried again. */
async function appended(to: StreamStore, append: Append): Promise<AppendResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await to.append(append);
    } catch (error) {
      if (!(error instanceof ParleyError && error.retryable) || attempt === maxAttempts) throw error;
      await pause(100 * 2 ** attempt);
      const last = append.events.at(-1);
      const stored = (await to.load(append.stream).catch(() => undefined))?.head ?? 0;
      if (last === undefined || stored !== last.seq) continue;
      if ((await to.findByCid(append.stream, last.actor, last.cid)) === last.seq) return { ok: true };
    }
  }
}

/** Reads all of a stream and sums it up. */
export async function sumOf(store: StreamStore, stream: StreamId): Promise<StreamSum> {
  const hash = createHash('sha256');
  let events = 0;
  let messages = 0;
  const head = await store.head(stream);
  for await (const chunk of chunksOf(store, stream, 1, head, [])) {
    const first = chunk.events[0]?.seq ?? 0;
    const own = chunk.rows.filter(({ seq }) => seq >= first);
    events += chunk.events.length;
    messages += own.length;
    for (const item of [...chunk.events, ...own]) hash.update(JSON.stringify(item)).update('\n');
  }
  return { events, messages, checksum: hash.digest() };
}

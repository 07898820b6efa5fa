import { createHash } from 'node:crypto';
import type { StreamId } from '@parley/protocol';
import type { MovableStore } from '../port.ts';
import { copyRecords, mix, sumRecords } from './records.ts';
import { copyStream, sumOf } from './streams.ts';

/** Streams copied at a time: enough to hide the way to the engine. */
const atOnce = 8;

export interface MoveProgress {
  readonly phase: 'counting' | 'records' | 'streams' | 'verifying';
  /** Streams done; in `records`, records. */
  readonly done: number;
  /** Streams there are; unknown while counting, and in `records`. */
  readonly total: number | undefined;
  /** Events stored by this run. */
  readonly events: number;
}

export interface MoveReport {
  readonly streams: number;
  readonly events: number;
  readonly messages: number;
  readonly accounts: number;
  readonly sessions: number;
  readonly invites: number;
  readonly conversations: number;
  readonly documents: number;
  /** SHA-256 of everything, found alike on both sides. Hex. */
  readonly checksum: string;
  /** Events that this run stored; less than `events` when an earlier run was cut short. */
  readonly copied: number;
}

/**
 * Copies everything one store holds to another, seqs and ids kept, then reads both and compares counts and checksums.
 * Run again, it copies only what is missing: after a failure, or after a first run beside a server that went on.
 * @throws Error that says what is not alike, or who else writes
 */
export async function moveStore(
  from: MovableStore,
  to: MovableStore,
  onProgress: (progress: MoveProgress) => void = () => undefined,
): Promise<MoveReport> {
  let total = 0;
  let done = 0;
  let copied = 0;
  await countStreams(from, (count) => {
    total = count;
    onProgress({ phase: 'counting', done: total, total: undefined, events: 0 });
  });
  await copyRecords(from, to, () => onProgress({ phase: 'records', done: ++done, total: undefined, events: 0 }));
  done = 0;
  await eachAtOnce(from.contents().streams(), async (stream) => {
    await copyStream(from, to, stream, (events) => {
      copied += events;
      onProgress({ phase: 'streams', done, total, events: copied });
    });
    done++;
    onProgress({ phase: 'streams', done, total, events: copied });
  });
  done = 0;
  const sums = await verify(from, to, () => onProgress({ phase: 'verifying', done: ++done, total, events: copied }));
  return { ...sums, copied };
}

async function verify(from: MovableStore, to: MovableStore, onStream: () => void): Promise<Omit<MoveReport, 'copied'>> {
  const [records, copies] = [await sumRecords(from), await sumRecords(to)];
  for (const what of ['accounts', 'sessions', 'invites', 'conversations', 'documents'] as const) {
    if (records[what] !== copies[what])
      throw new Error(`The source has ${records[what]} ${what}, the target ${copies[what]}. ${mend}`);
  }
  if (!records.checksum.equals(copies.checksum))
    throw new Error(
      `Accounts, sessions, invites, the directory or small documents differ between source and target. ${mend}`,
    );
  const checksum = Buffer.from(records.checksum);
  let [streams, events, messages] = [0, 0, 0];
  await eachAtOnce(from.contents().streams(), async (stream) => {
    const [source, target] = [await sumOf(from, stream), await sumOf(to, stream)];
    if (source.events !== target.events || source.messages !== target.messages)
      throw new Error(
        `${stream} has ${source.events} events and ${source.messages} messages in the source, ${target.events} and ${target.messages} in the target. ${mend}`,
      );
    if (!source.checksum.equals(target.checksum))
      throw new Error(`What is in ${stream} differs between source and target. ${mend}`);
    mix(checksum, createHash('sha256').update(stream).update(source.checksum).digest());
    streams++;
    events += source.events;
    messages += source.messages;
    onStream();
  });
  const targetStreams = await countStreams(to);
  if (targetStreams !== streams)
    throw new Error(`The source has ${streams} streams, the target ${targetStreams}. ${mend}`);
  const { checksum: _records, ...counts } = records;
  return { streams, events, messages, ...counts, checksum: checksum.toString('hex') };
}

async function countStreams(store: MovableStore, onCount: (count: number) => void = () => undefined): Promise<number> {
  let count = 0;
  const streams = store.contents().streams()[Symbol.asyncIterator]();
  while ((await streams.next()).done !== true) onCount(++count);
  return count;
}

const mend = 'Is a server still writing to one of them? Stop it and run the same command again.';

/** Works on some streams at a time; ends with the first failure. */
async function eachAtOnce(streams: AsyncIterable<StreamId>, work: (stream: StreamId) => Promise<void>): Promise<void> {
  const running = new Set<Promise<void>>();
  for await (const stream of streams) {
    const one = work(stream).finally(() => running.delete(one));
    running.add(one);
    if (running.size >= atOnce) await Promise.race(running);
  }
  await Promise.all(running);
}

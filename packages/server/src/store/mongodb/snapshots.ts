import type { StreamId } from '@parley/protocol';
import { addMissing, ask, type Collections, put, valueOf, versioned, versionOf } from './connection.ts';

/** A snapshot of a large room outgrows a document (16 MiB), so it is cut. In UTF-16 units, of which each is at most 3 bytes. */
const partLength = 2_000_000;

const partKey = (stream: StreamId, seq: number, part: number): string => `${stream}/${seq}/${part}`;
const partKeys = (stream: StreamId, newest: string): string[] =>
  Array.from({ length: Number(valueOf(newest)) }, (_, part) => partKey(stream, versionOf(newest), part));

/** Writes what a stream has folded to at a seq that is stored: its parts, then the note that it is there. Then forgets the one before. */
export async function writeSnapshot(
  { snapshot, snapshotPart }: Collections,
  stream: StreamId,
  seq: number,
  state: string,
): Promise<void> {
  const former = await ask(() => snapshot.findOne({ _id: stream }));
  const parts = Math.max(1, Math.ceil(state.length / partLength));
  for (let part = 0; part < parts; part++) {
    const piece = state.slice(part * partLength, (part + 1) * partLength);
    await addMissing(snapshotPart, [{ _id: partKey(stream, seq, part), state: piece }]);
  }
  await put(snapshot, { _id: stream }, { $max: { newest: versioned(seq, String(parts)) } });
  if (former === null || versionOf(former.newest) >= seq) return;
  for (const key of partKeys(stream, former.newest)) await ask(() => snapshotPart.deleteOne({ _id: key }));
}

/** The newest snapshot. */
export async function readSnapshot(
  { snapshot, snapshotPart }: Collections,
  stream: StreamId,
): Promise<{ seq: number; state: string } | undefined> {
  const found = await ask(() => snapshot.findOne({ _id: stream }));
  if (found === null) return undefined;
  const parts: string[] = [];
  for (const key of partKeys(stream, found.newest)) {
    const part = await ask(() => snapshotPart.findOne({ _id: key }));
    // A newer one has just taken its place. Without any, more events are read.
    if (part === null) return undefined;
    parts.push(part.state);
  }
  return { seq: versionOf(found.newest), state: parts.join('') };
}

import type { StreamId } from '@parley/protocol';
import { type Connection, numberOf } from './connection.ts';

/** A snapshot of a large room outgrows what one write may carry (16 MiB), so it is cut. In UTF-16 units. */
const partLength = 500_000;

/** Writes what a stream has folded to at a seq that is stored, then forgets older ones. */
export async function writeSnapshot(
  connection: Connection,
  stream: StreamId,
  seq: number,
  state: string,
): Promise<void> {
  const parts = Math.max(1, Math.ceil(state.length / partLength));
  for (let part = 0; part < parts; part++) {
    await connection.run(
      'INSERT INTO snapshot (stream, seq, part, parts, state) VALUES (?, ?, ?, ?, ?)',
      stream,
      seq,
      part,
      parts,
      state.slice(part * partLength, (part + 1) * partLength),
    );
  }
  await connection.run('DELETE FROM snapshot WHERE stream = ? AND seq < ?', stream, seq);
}

/** The newest snapshot of which every part is there. */
export async function readSnapshot(
  connection: Connection,
  stream: StreamId,
): Promise<{ seq: number; state: string } | undefined> {
  let at: number | undefined;
  let parts: string[] = [];
  for await (const row of connection.each('SELECT seq, part, parts, state FROM snapshot WHERE stream = ?', stream)) {
    const seq = numberOf(row['seq']) ?? 0;
    if (seq !== at) parts = [];
    at = seq;
    if (Number(row['part']) !== parts.length) continue;
    parts.push(String(row['state']));
    if (parts.length === Number(row['parts'])) return { seq, state: parts.join('') };
  }
  return undefined;
}

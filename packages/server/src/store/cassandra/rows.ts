import type { Message, StreamId } from '@parley/protocol';
import { type Row, type Statement, textOf } from './connection.ts';

/** Rows written in one request; a request is bounded by 16 MiB. */
const rowsInRequest = 100;

/** What of a message is needed to count it, so that counting does not fetch texts. */
export type Mark = Pick<Message, 'actor' | 'deleted' | 'mass' | 'mentions'>;

const markOf = ({ actor, deleted, mass, mentions }: Message): string =>
  JSON.stringify({ actor, deleted, mass, mentions } satisfies Partial<Record<keyof Mark, unknown>>);

/** A message's row in the partition that a conditional batch is writing to. */
export const rowInBatch = (stream: StreamId, bucket: number, message: Message): Statement => ({
  query: 'INSERT INTO entry (stream, bucket, kind, root, seq, row, mark) VALUES (?, ?, 1, ?, ?, ?, ?)',
  params: [stream, bucket, message.thread ?? 0, message.seq, JSON.stringify(message), markOf(message)],
});

/**
 * A row in an older partition, carried out after the batch. Its time is the head that it belongs to: however late and
 * however often it is written, the newest state wins.
 */
const rowCarriedOut = (stream: StreamId, bucket: number, at: number, message: Message): Statement => ({
  query:
    'UPDATE entry USING TIMESTAMP ? SET changed = ?, changed_mark = ? WHERE stream = ? AND bucket = ? AND kind = 1 AND root = ? AND seq = ?',
  params: [at, JSON.stringify(message), markOf(message), stream, bucket, message.thread ?? 0, message.seq],
});

/** The writes that carry rows out, each within one partition. */
export function carriedOut(
  stream: StreamId,
  at: number,
  rows: Iterable<readonly [bucket: number, message: Message]>,
): readonly (readonly Statement[])[] {
  const byBucket = new Map<number, Statement[]>();
  for (const [bucket, message] of rows) {
    const statements = byBucket.get(bucket);
    const statement = rowCarriedOut(stream, bucket, at, message);
    if (statements === undefined) byBucket.set(bucket, [statement]);
    else statements.push(statement);
  }
  return Array.from(byBucket.values()).flatMap((statements) =>
    Array.from({ length: Math.ceil(statements.length / rowsInRequest) }, (_, index) =>
      statements.slice(index * rowsInRequest, (index + 1) * rowsInRequest),
    ),
  );
}

export const messageOf = (row: Row): Message =>
  JSON.parse(textOf(row['changed']) ?? textOf(row['row']) ?? 'null') as Message;
export const markIn = (row: Row): Mark =>
  JSON.parse(textOf(row['changed_mark']) ?? textOf(row['mark']) ?? 'null') as Mark;

import type { DatabaseSync } from 'node:sqlite';
import type { Cid, Message, StreamEvent, StreamId, UserId } from '@parley/protocol';
import type { AppendResult, LoadedStream, MessageQuery, UnreadQuery } from '../port.ts';
import { type CompactAppend, rowOf, rowOfPosted } from './compact.ts';

type Row = Record<string, unknown>;
const bodies = <Value>(rows: readonly Row[]): Value[] => rows.map((row) => JSON.parse(String(row['body'])) as Value);

/** A message that is as it was posted, and most are for ever, has no body of its own: the event's is read. */
const selectBody = `SELECT iif(body = '', (SELECT body FROM event WHERE event.stream = message.stream AND event.seq = message.seq), body) AS body`;
const messagesOf = (rows: readonly Row[]): Message[] =>
  bodies<Message | StreamEvent>(rows).map((body) => ('type' in body ? rowOfPosted(body) : body));

/** The table and the condition for messages outside of threads, and for those in one: SQLite would read on past them otherwise. */
const outsideThreads = { from: 'message', where: 'thread = 0' };
const inThread = { from: 'message INDEXED BY message_by_thread', where: 'thread = :thread AND thread > 0' };

/** Streams whose head the writer remembers. */
const maxHeads = 100_000;

/** What the one writer knows of streams it has appended to, so that it need not look. To be cleared when a transaction is undone. */
export type Heads = Map<StreamId, { readonly no: number | bigint; readonly head: number }>;

/** The log part of the store, on one connection. Synchronous: it runs in a worker. */
export function streamOperations(db: DatabaseSync, heads: Heads = new Map()) {
  const find = db.prepare('SELECT no, head FROM stream WHERE id = ?');
  const insertStream = db.prepare('INSERT INTO stream (id, head) VALUES (?, 0)');
  const moveHead = db.prepare('UPDATE stream SET head = ? WHERE no = ?');
  const readSnapshot = db.prepare('SELECT seq, state FROM snapshot WHERE stream = ?');
  const writeSnapshot = db.prepare('INSERT OR REPLACE INTO snapshot (stream, seq, state) VALUES (?, ?, ?)');
  const insertEvent = db.prepare('INSERT INTO event (stream, seq, actor, cid, body) VALUES (?, ?, ?, ?, ?)');
  const putMessage = db.prepare(
    'INSERT OR REPLACE INTO message (stream, seq, actor, thread, deleted, mass, mentions, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const readEvents = db.prepare('SELECT body FROM event WHERE stream = ? AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?');
  const findCid = db.prepare('SELECT seq FROM event WHERE stream = ? AND cid = ? AND actor = ?');
  const oneMessage = db.prepare(`${selectBody} FROM message WHERE stream = ? AND seq = ?`);
  const unreadOf = ({ from, where }: typeof inThread): ReturnType<typeof db.prepare> =>
    db.prepare(`
      SELECT count(*) AS messages, coalesce(sum(names), 0) AS mentions FROM (
        SELECT (mass OR instr(mentions, :reader) > 0) AS names FROM ${from}
        WHERE stream = :stream AND ${where} AND seq > :after AND deleted = 0 AND actor <> :reader
        LIMIT :most)`);
  const unread = unreadOf(outsideThreads);
  const unreadInThread = unreadOf(inThread);

  const numberOf = (stream: StreamId): number | undefined => {
    const no = find.get(stream)?.['no'];
    return no === undefined ? undefined : Number(no);
  };

  const placeOf = (stream: StreamId): { readonly no: number | bigint | undefined; readonly head: number } => {
    const known = heads.get(stream);
    if (known !== undefined) return known;
    const row = find.get(stream);
    return { no: row === undefined ? undefined : Number(row['no']), head: Number(row?.['head'] ?? 0) };
  };

  return {
    append(append: CompactAppend): AppendResult {
      const { stream, expectedHead, events, messages, snapshot } = append;
      const place = placeOf(stream);
      const { head } = place;
      const last = events.at(-1);
      if (head !== expectedHead || last === undefined) return { ok: false, head };
      const no = place.no ?? insertStream.run(stream).lastInsertRowid;
      for (const event of events) insertEvent.run(no, event.seq, event.actor, event.cid, JSON.stringify(event));
      for (const named of messages) {
        const message = typeof named === 'number' ? rowOf(append, named) : named;
        putMessage.run(
          no,
          message.seq,
          message.actor,
          message.thread ?? 0,
          message.deleted === true ? 1 : 0,
          message.mass === undefined ? 0 : 1,
          (message.mentions ?? []).join(' '),
          typeof named === 'number' ? '' : JSON.stringify(message),
        );
      }
      moveHead.run(last.seq, no);
      if (snapshot !== undefined) writeSnapshot.run(no, last.seq, snapshot);
      if (heads.size >= maxHeads) heads.clear();
      heads.set(stream, { no, head: last.seq });
      return { ok: true };
    },
    load(stream: StreamId): LoadedStream | undefined {
      const row = find.get(stream);
      if (row === undefined) return undefined;
      const no = Number(row['no']);
      const head = Number(row['head']);
      const found = readSnapshot.get(no);
      const snapshot = found === undefined ? undefined : { seq: Number(found['seq']), state: String(found['state']) };
      const events = bodies<StreamEvent>(readEvents.all(no, (snapshot?.seq ?? 0) + 1, head, head));
      return { head, events, ...(snapshot === undefined ? {} : { snapshot }) };
    },
    head: (stream: StreamId): number => Number(find.get(stream)?.['head'] ?? 0),
    read(stream: StreamId, from: number, to: number, limit: number): StreamEvent[] {
      const no = numberOf(stream);
      return no === undefined ? [] : bodies(readEvents.all(no, from, to, limit));
    },
    findByCid(stream: StreamId, actor: UserId, cid: Cid): number | undefined {
      const no = numberOf(stream);
      const seq = no === undefined ? undefined : findCid.get(no, cid, actor)?.['seq'];
      return seq === undefined ? undefined : Number(seq);
    },
    messages({ stream, from = 0, to = Number.MAX_SAFE_INTEGER, limit, direction, thread }: MessageQuery): Message[] {
      const no = numberOf(stream);
      if (no === undefined) return [];
      const order = direction === 'forward' ? 'ASC' : 'DESC';
      const { from: table, where } =
        thread === undefined ? { from: 'message', where: 'TRUE' } : thread === 'none' ? outsideThreads : inThread;
      const range = `stream = :no AND ${where} AND seq BETWEEN :from AND :to`;
      const found = statement(db, `${selectBody} FROM ${table} WHERE ${range} ORDER BY seq ${order} LIMIT :limit`);
      return messagesOf(found.all({ no, from, to, limit, ...(typeof thread === 'number' ? { thread } : {}) }));
    },
    messagesAt(stream: StreamId, seqs: readonly number[]): Message[] {
      const no = numberOf(stream);
      if (no === undefined) return [];
      return messagesOf(seqs.map((seq) => oneMessage.get(no, seq)).filter((row) => row !== undefined));
    },
    countUnread({ stream, after, reader, thread, atMost }: UnreadQuery): { messages: number; mentions: number } {
      const no = numberOf(stream);
      if (no === undefined) return { messages: 0, mentions: 0 };
      const asked = { stream: no, after, reader, most: atMost };
      const row = thread === 'none' ? unread.get(asked) : unreadInThread.get({ ...asked, thread });
      return { messages: Number(row?.['messages'] ?? 0), mentions: Number(row?.['mentions'] ?? 0) };
    },
  };
}

const statements = new WeakMap<DatabaseSync, Map<string, ReturnType<DatabaseSync['prepare']>>>();

/** A statement prepared once a connection. */
export function statement(db: DatabaseSync, sql: string): ReturnType<DatabaseSync['prepare']> {
  let known = statements.get(db);
  if (known === undefined) {
    known = new Map();
    statements.set(db, known);
  }
  let prepared = known.get(sql);
  if (prepared === undefined) {
    prepared = db.prepare(sql);
    known.set(sql, prepared);
  }
  return prepared;
}

import type { Cid, Message, StreamEvent, StreamId, UserId } from '@parley/protocol';
import type {
  Append,
  AppendResult,
  DirectoryEntry,
  LoadedStream,
  MessageQuery,
  UnreadQuery,
} from '../../packages/server/src/store/port.ts';

import { Documents } from './documents.ts';

interface StoredStream {
  readonly events: StreamEvent[];
  readonly messages: Map<number, Message>;
  readonly seqs: Map<string, number>;
  snapshot: { readonly seq: number; readonly state: string } | undefined;
}

const cidKey = (actor: UserId, cid: Cid): string => `${actor} ${cid}`;

/** What the store holds, each operation atomic. Outlives every crash. */
export class StoreData {
  readonly streams = new Map<StreamId, StoredStream>();
  readonly directory = new Map<string, DirectoryEntry>();
  readonly documents = new Documents();
  readonly #comparesAndSets: boolean;

  constructor(comparesAndSets: boolean) {
    this.#comparesAndSets = comparesAndSets;
  }

  append({ stream, expectedHead, events, messages, snapshot }: Append): AppendResult {
    const stored = this.streams.get(stream) ?? {
      events: [],
      messages: new Map(),
      seqs: new Map(),
      snapshot: undefined,
    };
    const head = stored.events.length;
    const isExpected = head === expectedHead;
    if (events.length === 0 || (this.#comparesAndSets && !isExpected)) return { ok: false, head };
    this.streams.set(stream, stored);
    // Where nothing is compared, the last writer wins, as in an engine that only puts rows.
    for (const event of events) {
      stored.events[event.seq - 1] = event;
      stored.seqs.set(cidKey(event.actor, event.cid), event.seq);
    }
    for (const message of messages) stored.messages.set(message.seq, message);
    if (snapshot !== undefined) stored.snapshot = { seq: stored.events.length, state: snapshot };
    return { ok: true };
  }

  load(stream: StreamId): LoadedStream | undefined {
    const stored = this.streams.get(stream);
    if (stored === undefined) return undefined;
    const { events, snapshot } = stored;
    return {
      head: events.length,
      events: events.slice(snapshot?.seq ?? 0),
      ...(snapshot === undefined ? {} : { snapshot }),
    };
  }

  head(stream: StreamId): number {
    return this.streams.get(stream)?.events.length ?? 0;
  }

  read(stream: StreamId, from: number, to: number, limit: number): readonly StreamEvent[] {
    const start = Math.max(0, from - 1);
    return this.streams.get(stream)?.events.slice(start, Math.max(start, Math.min(to, start + limit))) ?? [];
  }

  findByCid(stream: StreamId, actor: UserId, cid: Cid): number | undefined {
    return this.streams.get(stream)?.seqs.get(cidKey(actor, cid));
  }

  messages({ stream, from = 0, to = Infinity, limit, direction, thread }: MessageQuery): readonly Message[] {
    const rows = [...(this.streams.get(stream)?.messages.values() ?? [])]
      .filter(({ seq }) => seq >= from && seq <= to)
      .filter((row) => thread === undefined || row.thread === (thread === 'none' ? undefined : thread))
      .toSorted((a, b) => (direction === 'forward' ? a.seq - b.seq : b.seq - a.seq));
    return rows.slice(0, limit);
  }

  messagesAt(stream: StreamId, seqs: readonly number[]): readonly Message[] {
    const rows = this.streams.get(stream)?.messages;
    return seqs.flatMap((seq) => rows?.get(seq) ?? []);
  }

  countUnread({ stream, after, reader, thread, atMost }: UnreadQuery): { messages: number; mentions: number } {
    const rows = this.messages({ stream, from: after + 1, limit: Infinity, direction: 'forward', thread })
      .filter(({ actor, deleted }) => actor !== reader && deleted !== true)
      .slice(0, atMost);
    const mentions = rows.filter((row) => row.mass !== undefined || row.mentions?.includes(reader) === true);
    return { messages: rows.length, mentions: mentions.length };
  }

  putDirectoryEntry(entry: DirectoryEntry): void {
    const known = this.directory.get(entry.conversation);
    if (known === undefined || known.seq < entry.seq) this.directory.set(entry.conversation, entry);
  }
}

/** One change of one module: the text that is there, and what stands there instead. */
export interface Edit {
  /** The end of the module's path. */
  readonly module: string;
  readonly text: string;
  readonly instead: string;
}

/**
 * News of events gets lost on the way to a gateway, as inboxes may lose it; the one in memory never does. Answers come
 * through, so that no sender has to wait for its timeout; so do beginnings, so that everybody gets in.
 * @param share of the messages, 0 to 1
 */
const lossyInboxes = (share: number): readonly Edit[] => [
  {
    module: 'server/src/gateway/index.ts',
    text: 'for (const item of message.items) this.#take(item);\n    this.#routing.received(message);',
    instead: `const isLost = Math.random() < ${share} && message.items.some((item) => item.type === 'events' && (item.events[0]?.seq ?? 0) > 3);
    for (const item of message.items) if (!isLost || item.type === 'ack') this.#take(item);
    if (!isLost) this.#routing.received(message);`,
  },
];

/**
 * Most partitions have two owners at once, as after a pause or a broken line, but all the time: that one consumer has a
 * partition is an aim of the log's, no promise.
 */
const twoOwners: readonly Edit[] = [
  {
    module: 'server/src/broker/shares.ts',
    text: 'highest(consumers, partition) === heartbeats.instance',
    instead:
      'highest(consumers, partition) === heartbeats.instance || consumers[partition % consumers.length] === heartbeats.instance',
  },
  {
    module: 'server/src/broker/shares.ts',
    text: 'if (!this.#options.heartbeats.isHeldElsewhere(partition)) return true;',
    instead: 'if (partition >= 0) return true;',
  },
];

/** Parley with one safeguard less: the edits that take it away wherever it stands. */
export const mutants = {
  // SQLite's unique index is a second line of defence; with it alone a resend is never answered.
  'no-dedupe': [
    {
      module: 'server/src/sequencer/decide-batch.ts',
      text: 'const earlier = safeguards.dedupe ? known.get(key) : undefined;',
      instead: 'const earlier = undefined as number | undefined;',
    },
    {
      module: 'server/src/store/sqlite/schema.ts',
      // As it is since schema 6, which drops the one before.
      text: 'CREATE UNIQUE INDEX event_by_cid ON event (cid, actor, stream)',
      instead: 'CREATE INDEX event_by_cid ON event (cid, actor, stream)',
    },
  ],
  'no-end-at-seq': [
    {
      module: 'server/src/gateway/room.ts',
      text: "if (event.type !== 'memberRemoved' || !safeguards.endsAtSeq) continue;",
      instead: 'if (safeguards.endsAtSeq) continue;',
    },
  ],
  'no-backpressure': [
    {
      module: 'server/src/gateway/websocket/socket.ts',
      text: 'return this.#isLagging;',
      instead: 'return false;',
    },
    {
      module: 'server/src/gateway/websocket/socket.ts',
      text: 'if (writableLength > maxBufferedBytes) this.#stream.destroy();',
      instead: 'if (writableLength < 0) this.#stream.destroy();',
    },
  ],
  // What is decided goes wherever the stream has got to, as if nobody else could have written meanwhile.
  'no-compare-and-set': [
    ...twoOwners,
    {
      module: 'server/src/sequencer/append-batch.ts',
      text: 'expectedHead: loaded.state?.head ?? 0,',
      instead: 'expectedHead: await store.head(stream),',
    },
  ],
  'commit-before-append': [
    {
      module: 'server/src/broker/feed.ts',
      text: 'await told.batch(partition, batch);',
      instead: 'void told.batch(partition, batch).catch(() => undefined);',
    },
  ],
  // Nothing is taken away in these two: what makes others fail is not the losses or the second owner alone.
  'lossy-inboxes': lossyInboxes(0.5),
  'two-owners': twoOwners,
  'no-gap-check': [
    ...lossyInboxes(0.1),
    {
      module: 'server/src/gateway/room.ts',
      text: 'if (first.seq !== this.head + 1) return !safeguards.checksGaps;',
      instead: '',
    },
  ],
  // It shows only where nothing follows what was lost: with a tenth, a whole run once came through in luck.
  'no-inbox-numbers': [
    ...lossyInboxes(0.5),
    {
      module: 'server/src/gateway/routing.ts',
      text: 'if (this.#checksNumbers && !isExpected',
      instead: 'if (number < 0 && !isExpected',
    },
  ],
} as const satisfies Readonly<Record<string, readonly Edit[]>>;

export type MutantName = keyof typeof mutants;

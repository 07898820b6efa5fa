/** One change of one module: the text that is there, and what stands there instead. */
export interface Edit {
  /** The end of the module's path. */
  readonly module: string;
  readonly text: string;
  readonly instead: string;
}

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
      text: 'CREATE UNIQUE INDEX event_by_cid',
      instead: 'CREATE INDEX event_by_cid',
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
      module: 'server/src/gateway/websocket.ts',
      text: 'return this.#isLagging;',
      instead: 'return false;',
    },
    {
      module: 'server/src/gateway/websocket.ts',
      text: 'if (this.#stream.writableLength > maxBufferedBytes) this.#webSocket.terminate();',
      instead: 'if (this.#queued.length < 0) this.#webSocket.terminate();',
    },
  ],
  'no-compare-and-set': [
    {
      module: 'server/src/store/cassandra/streams.ts',
      text: "IF head = ${isOpening ? 'null' : '?'}",
      instead: "IF head ${isOpening ? '= null' : '>= ?'}",
    },
  ],
  'commit-before-append': [
    {
      module: 'server/src/broker/feed.ts',
      text: 'await told.batch(partition, batch);',
      instead: 'void told.batch(partition, batch).catch(() => undefined);',
    },
  ],
  'no-gap-check': [
    {
      module: 'server/src/gateway/room.ts',
      text: 'if (first.seq !== this.head + 1) return !safeguards.checksGaps;',
      instead: '',
    },
  ],
  'no-inbox-numbers': [
    {
      module: 'server/src/gateway/routing.ts',
      text: 'if (this.#checksNumbers && !isExpected',
      instead: 'if (number < 0 && !isExpected',
    },
  ],
} as const satisfies Readonly<Record<string, readonly Edit[]>>;

export type MutantName = keyof typeof mutants;

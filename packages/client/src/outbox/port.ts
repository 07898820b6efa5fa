import type { Cid, ClientCommand, DeliveryMode, StreamId } from '@parley/protocol';

/** A send that is not acknowledged yet, as it is kept. */
export interface OutboxEntry {
  /** Its id, unique in the outbox. */
  readonly cid: Cid;
  /** Where it is to go. */
  readonly stream: StreamId;
  /** What is to be sent. */
  readonly command: ClientCommand;
  /** Never `at-most-once`, which is not kept. */
  readonly mode: DeliveryMode;
  /** When it was queued, in milliseconds since 1970. */
  readonly queuedAt: number;
}

/** Where unacknowledged sends survive. Entries keep the order in which they were put. For one client at a time. */
export interface Outbox {
  /** Everything kept, oldest first. Called once, at the start. */
  load(): Promise<readonly OutboxEntry[]>;
  /** Resolves when the entry is as safe as this outbox makes it; the client sends only then. */
  put(entry: OutboxEntry): Promise<void>;
  /** Forgets an entry; one that is not there is no error. */
  remove(cid: Cid): Promise<void>;
  /** Lets go of files and connections; what is kept stays. */
  close(): Promise<void>;
}

import type { Cid, ClientCommand, DeliveryMode, StreamId } from '@parley/protocol';

/** A send that is not acknowledged yet, as it is kept. */
export interface OutboxEntry {
  readonly cid: Cid;
  readonly stream: StreamId;
  readonly command: ClientCommand;
  readonly mode: DeliveryMode;
  readonly queuedAt: number;
}

/** Where unacknowledged sends survive. Entries keep the order in which they were put. */
export interface Outbox {
  /** Everything kept, oldest first. Called once, at the start. */
  load(): Promise<readonly OutboxEntry[]>;
  /** Resolves when the entry is as safe as this outbox makes it; the client sends only then. */
  put(entry: OutboxEntry): Promise<void>;
  remove(cid: Cid): Promise<void>;
  close(): Promise<void>;
}

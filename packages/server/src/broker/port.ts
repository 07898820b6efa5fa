import type { StreamId } from '@parley/protocol';

/** One record of the command log, as its consumer gets it. */
export interface LogRecord {
  readonly payload: Uint8Array;
  /** Position within the partition; grows, need not be dense. A redelivered record has the offset it had. */
  readonly offset: number;
}

/** What a consumer of the log is told. Calls for one partition never overlap; calls for different ones may. */
export interface LogConsumer {
  /** The partition is now this node's. Records arrive after this resolves. */
  assigned(partition: number): Promise<void>;
  /** The partition is another's, or will be: finish nothing more of it. Late records are harmless (the store refuses). */
  revoked(partition: number): Promise<void>;
  /**
   * Records in order: everything waiting, at most `maxBatch`. When this resolves the records count as consumed and are
   * not delivered again to anyone; when it rejects, or the node dies first, they are delivered again, here or to the
   * next owner, with no later record delivered before them.
   */
  batch(partition: number, records: readonly LogRecord[]): Promise<void>;
}

export interface ConsumeOptions {
  /** Records in one batch at most. */
  readonly maxBatch: number;
  /**
   * Asked about once a second: whether this node can do the work. Where it cannot for some seconds and others can, they get its
   * partitions until it can again. Brokers with one consumer need not ask. Default: it can.
   */
  readonly canWork?: () => boolean;
}

/** A node's liveness, as the others see it. */
export interface Member {
  readonly node: string;
  readonly roles: readonly string[];
}

/**
 * The broker port: a partitioned command log, an inbox a node, and the list of live nodes.
 *
 * Promises every adapter keeps:
 * - The log is ordered within a partition and at-least-once. One consumer a partition at a time is an aim, not a
 *   promise: correctness rests on the store's compare-and-set (design, section 3).
 * - Inboxes are at-most-once and ordered per sender; senders number what they send.
 * - Every queue is bounded: a call that finds its queue full rejects with `ParleyError('unavailable')`.
 */
export interface Broker {
  /** Number of partitions of the log; fixed at installation. */
  readonly partitions: number;
  /** Whether a published record outlives every process. False for memory: then only the store's word is an acknowledgement. */
  readonly durable: boolean;
  /**
   * Set where payloads never leave this machine: any value that can be cloned may be handed over in place of bytes, and the
   * same comes out at the other end, so nobody encodes and decodes. Nobody may change it afterwards.
   */
  readonly carriesValues?: true;

  /** Appends records; resolves when they are as durable as this broker makes them. Rejects with `unavailable`. */
  publish(partition: number, payloads: readonly Uint8Array[]): Promise<void>;
  /** Joins the consumers of the log. At most one call a broker instance. */
  consume(consumer: LogConsumer, options: ConsumeOptions): Promise<Subscription>;

  /** Whether this node is left without partitions since it cannot work and others can. Absent where nobody is ever left out. */
  isLeftOut?(): boolean;

  /** Opens this node's inbox. `receive` is called in order and must not throw. */
  openInbox(node: string, receive: (payload: Uint8Array) => void): Promise<Subscription>;
  /** Sends to a node's inbox. Never waits for the receiver; a message to a node that is gone vanishes. */
  send(node: string, payload: Uint8Array): void;

  /** Announces this node and keeps it alive until closed. */
  join(member: Member): Promise<Subscription>;
  /** The live nodes, and again whenever they change; the first call comes before this resolves. */
  watchMembers(changed: (members: readonly Member[]) => void): Promise<Subscription>;

  /** Whether the engine answers. Rejects with a reason fit for an operator. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface Subscription {
  close(): Promise<void>;
}

/** The partition of a stream: FNV-1a (32 bits) of its id, modulo the number of partitions. Never changes, or streams would move. */
export function partitionOf(stream: StreamId, partitions: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < stream.length; index++) {
    hash ^= stream.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0) % partitions;
}

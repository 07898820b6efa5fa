import { isConversationStream, ParleyError, type StreamId } from '@parley/protocol';
import type { Broker, LogRecord } from '../broker/port.ts';
import type { Clock } from '../clock.ts';
import { decodeLogEntry, envelopeFor, type LogEntry, type ReplyTo } from '../envelope.ts';
import type { Log } from '../log.ts';
import type { StreamState } from '../stream/types.ts';
import { appendBatch, type SequencerStore } from './append-batch.ts';
import { appendsOf } from './appends.ts';
import type { Request } from './decide-batch.ts';
import { Effects } from './effects.ts';
import type { FollowUps } from './follow-ups.ts';
import { type LoadedStream, loadStream } from './loaded-stream.ts';
import { Outgoing } from './outgoing.ts';
import type { Safeguards, SequencerBounds } from './safeguards.ts';
import { isSignalAllowed } from './signals.ts';
import { Watchers } from './watchers.ts';

export interface PartitionContext {
  readonly broker: Broker;
  readonly store: SequencerStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly followUps: FollowUps;
  readonly safeguards: Safeguards;
  readonly bounds: SequencerBounds;
}

/** Beyond it, only the next wish of a stream tells what was stored without an answer. */
const maxDoubtful = 10_000;

/** One owned partition: takes batches of the log, groups them by stream, decides, appends, routes. */
export class Partition {
  readonly watchers = new Watchers();
  readonly outgoing: Outgoing;
  /** Least recently used first. */
  readonly #streams = new Map<StreamId, LoadedStream>();
  /** Streams whose last append has had no answer. */
  readonly #doubtful = new Set<StreamId>();
  readonly #context: PartitionContext;
  readonly #effects: Effects;

  /** @param life names this owner of the partition in this one of its lives */
  constructor(context: PartitionContext, number: number, node: string, life: string) {
    this.#context = context;
    const { broker, store, clock, log, followUps, safeguards } = context;
    this.#effects = new Effects({
      followUps,
      documents: store,
      clock,
      log,
      partition: number,
      key: life,
      isAlone: !broker.durable,
      safeguards,
      onFound: (stream) => this.#doubt(stream),
    });
    this.outgoing = new Outgoing(`${node}/${life}`, number, (node, message) =>
      broker.send(node, envelopeFor(broker, message)),
    );
  }

  setGateways(nodes: readonly string[]): void {
    this.outgoing.forgetAllBut(new Set(nodes));
    for (const node of this.watchers.setGateways(nodes)) this.outgoing.add(node, { type: 'announce' });
    this.outgoing.flush();
  }

  /**
   * Resolves when everything in the batch is stored, refused or known before, and its effects are on their way; rejects
   * when something that must not be lost could be neither stored nor refused, so that the batch comes again.
   */
  async handle(records: readonly LogRecord[]): Promise<void> {
    const requests = new Map<StreamId, Request[]>();
    const entries = records.map((record) => decodeLogEntry(record.payload));
    for (const entry of entries) {
      if (entry.type === 'wish') {
        const request = { wish: entry.wish, replyTo: entry.replyTo, mustNotBeLost: entry.mustNotBeLost ?? false };
        const waiting = requests.get(entry.wish.stream);
        if (waiting === undefined) requests.set(entry.wish.stream, [request]);
        else waiting.push(request);
      } else if (entry.type === 'watch') {
        // Told of what this very batch appends too: news may come twice, never not at all. What the batch leaves watched
        // is settled after it, in its order.
        this.watchers.add(entry.node, entry.streams, false);
      }
    }
    const results = await Promise.allSettled(
      Array.from(requests, ([stream, wishes]) => this.#handleInParts(stream, wishes)),
    );
    await this.#handleRouting(entries);
    this.outgoing.flush();
    const failure = results.find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }

  async #handleRouting(entries: readonly LogEntry[]): Promise<void> {
    for (const entry of entries) {
      if (entry.type === 'watch') {
        this.watchers.add(entry.node, entry.streams, entry.complete);
        const { node, streams, complete, tell } = entry;
        this.outgoing.add(node, { type: 'watching', streams, complete, tell });
      } else if (entry.type === 'unwatch') {
        this.watchers.remove(entry.node, entry.streams);
      } else if (entry.type === 'signal') {
        const { stream, actor, signal } = entry;
        if (!isSignalAllowed(stream, actor, await this.#stateFor(stream))) continue;
        for (const node of this.watchers.of(stream)) this.outgoing.add(node, { type: 'signal', stream, actor, signal });
      }
    }
  }

  /** Who types is about to post, so a conversation that has to be loaded for it is kept. A person's stream need not be. */
  async #stateFor(stream: StreamId): Promise<StreamState | undefined> {
    if (!isConversationStream(stream)) return undefined;
    const known = this.#streams.get(stream);
    if (known !== undefined) return known.state;
    try {
      const loaded = await loadStream(this.#context.store, stream, this.#context.bounds.maxRemembered);
      this.#keep(stream, loaded);
      return loaded.state;
    } catch (error) {
      // A signal may be lost; the batch it came with must not come again for it.
      this.#context.log.debug({ stream, error: String(error) }, 'a signal was lost');
      return undefined;
    }
  }

  /** One append after another. A failure that makes the batch come again leaves the rest to that time. */
  async #handleInParts(stream: StreamId, requests: readonly Request[]): Promise<void> {
    for (const part of appendsOf(requests)) await this.#handleStream(stream, part);
  }

  async #handleStream(stream: StreamId, requests: readonly Request[]): Promise<void> {
    const { store, clock, log, safeguards, bounds } = this.#context;
    let appended: Awaited<ReturnType<typeof appendBatch>>;
    try {
      const context = { store, clock, safeguards, bounds, effects: this.#effects };
      appended = await appendBatch(context, stream, this.#streams.get(stream), requests);
    } catch (error) {
      this.#streams.delete(stream);
      this.#doubt(stream);
      this.#effects.failed(stream);
      log.warn({ stream, error: String(error) }, 'could not store a batch; its senders are told to try again');
      const refusal = new ParleyError('unavailable', { cause: error }).toWire();
      for (const { replyTo } of requests) this.#nack(replyTo, refusal);
      if (requests.some((request) => request.mustNotBeLost)) throw error;
      return;
    }
    const { loaded, events, outcomes } = appended;
    this.#keep(stream, loaded);
    if (events.length > 0) {
      for (const node of this.watchers.of(stream)) this.outgoing.add(node, { type: 'events', stream, events });
    } else if (!loaded.isTold) this.#tellHead(stream, loaded.state?.head ?? 0);
    loaded.isTold = true;
    await this.#effects.carryOut(
      stream,
      appended,
      (outcome) => {
        const { replyTo } = outcome.request;
        if (outcome.type === 'rejected') this.#nack(replyTo, outcome.error.toWire());
        else if (replyTo !== undefined) {
          const seq = outcome.type === 'stored' ? outcome.event.seq : outcome.seq;
          this.outgoing.add(replyTo.node, { type: 'ack', ref: replyTo.ref, seq });
        }
      },
      () => this.outgoing.flush(),
    );
    log.trace({ stream, wishes: outcomes.length, events: events.length }, 'handled');
  }

  /** Called about once a second. */
  beat(): void {
    this.outgoing.beat();
    this.#effects.beat();
    for (const stream of this.#doubtful) void this.#settleDoubt(stream);
  }

  /** The partition is another's. */
  close(): Promise<void> {
    return this.#effects.close();
  }

  /** What an append without an answer stored, nobody has been told of; and nobody may ever send it again. */
  #doubt(stream: StreamId): void {
    if (this.#doubtful.size < maxDoubtful) this.#doubtful.add(stream);
  }

  async #settleDoubt(stream: StreamId): Promise<void> {
    try {
      const head = await this.#context.store.head(stream);
      if (!this.#doubtful.delete(stream)) return;
      this.#tellHead(stream, head);
      this.outgoing.flush();
    } catch (error) {
      this.#context.log.debug({ stream, error: String(error) }, 'still in doubt');
    }
  }

  #tellHead(stream: StreamId, head: number): void {
    if (head === 0) return;
    for (const node of this.watchers.of(stream)) this.outgoing.add(node, { type: 'head', stream, head });
  }

  #nack(replyTo: ReplyTo | undefined, error: ReturnType<ParleyError['toWire']>): void {
    if (replyTo !== undefined) this.outgoing.add(replyTo.node, { type: 'nack', ref: replyTo.ref, error });
  }

  #keep(stream: StreamId, loaded: LoadedStream): void {
    this.#streams.delete(stream);
    this.#streams.set(stream, loaded);
    if (this.#streams.size <= this.#context.bounds.maxLoadedStreams) return;
    const [oldest] = this.#streams.keys();
    if (oldest !== undefined) this.#streams.delete(oldest);
  }
}

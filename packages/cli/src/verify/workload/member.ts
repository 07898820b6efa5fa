import {
  type Ack,
  type Cid,
  type ClientCommand,
  type ConversationId,
  createClient,
  type DeliveryMode,
  newCid,
  type ParleyClient,
  ParleyError,
  type StreamId,
  type UserId,
} from '@parley/client';
import { fileOutbox } from '@parley/client/node';
import type { Recorder, Span } from '../history.ts';
import type { Random } from '../random.ts';

/**
 * Commands of one member under way at most: what a server that is away has to take at once when it is back. Two in one
 * conversation: one on its way and the next, so that a conversation that stands still does not hold up the others.
 */
const maxPending = 32;
const maxPendingHere = 2;
/** Sent commands remembered for late resends. */
const maxRemembered = 2_000;
/** Own posts remembered as targets of edits and reactions. */
const maxTargets = 50;

export interface MemberOptions {
  readonly name: string;
  readonly user: UserId;
  readonly token: string;
  readonly url: string;
  readonly outboxPath: string;
  readonly recorder: Recorder;
  readonly random: Random;
  readonly mode: DeliveryMode;
  readonly onAcknowledged: (stream: StreamId, latencyMs: number) => void;
}

interface Remembered {
  readonly stream: ConversationId;
  readonly cid: Cid;
  readonly command: ClientCommand;
}

/** A person of the workload: posts, edits, reacts, resends, goes offline and comes back, and writes down everything. */
export class Member {
  readonly user: UserId;
  readonly name: string;
  readonly token: string;
  readonly #options: MemberOptions;
  #client: ParleyClient | undefined;
  /** What is watched, with the piece of view that is being seen. */
  readonly #spans = new Map<StreamId, Span>();
  readonly #remembered: Remembered[] = [];
  readonly #targets = new Map<StreamId, number[]>();
  readonly #sentAt = new Map<Cid, number>();
  /** What has been neither acknowledged nor refused. */
  readonly #underWay = new Map<Cid, StreamId>();
  readonly #known = new Map<StreamId, number>();
  #lives = 0;
  #posts = 0;

  constructor(options: MemberOptions) {
    this.#options = options;
    this.user = options.user;
    this.name = options.name;
    this.token = options.token;
  }

  get isOnline(): boolean {
    return this.#client?.state === 'online';
  }

  /** The client's REST side; exists while the member is not offline. */
  get rest(): ParleyClient['rest'] | undefined {
    return this.#client?.rest;
  }

  /** Opens a client with the outbox of the last one, and watches everything from where it was. Does not wait to be online. */
  arrive(): void {
    const { url, token, outboxPath, recorder } = this.#options;
    const client = createClient({
      url,
      token,
      outbox: fileOutbox(outboxPath),
      agent: 'parley verify',
      backoff: { firstMs: 100, maxMs: 2_000 },
    });
    this.#client = client;
    this.#lives++;
    client.on('event', ({ stream, event }) => {
      const span = this.#spans.get(stream);
      if (span === undefined) return;
      this.#spans.set(stream, recorder.see(span, event));
      this.#knows(stream, event.seq);
    });
    client.on('reset', ({ stream }) => this.#watchAnew(stream));
    client.on('ended', ({ stream }) => this.#close(stream));
    client.on('outbox', ({ stream, cid, change, seq, error }) => {
      if (change === 'queued') this.#underWay.set(cid, stream);
      else this.#underWay.delete(cid);
      if (change === 'acknowledged') {
        recorder.acknowledge(stream, this.user, cid, seq ?? 0);
        if (seq !== undefined && seq > 0) this.#knows(stream, seq);
        const sentAt = this.#sentAt.get(cid);
        this.#sentAt.delete(cid);
        if (sentAt !== undefined) this.#options.onAcknowledged(stream, performance.now() - sentAt);
      } else if (change === 'refused') {
        recorder.refuse(stream, this.user, cid, error?.code ?? 'internal');
        client.cancel(cid);
      }
    });
    for (const stream of this.#spans.keys()) client.watch(stream, { after: this.lastSeen(stream) });
    // Whether it ever gets through shows in what is acknowledged and seen.
    client.connect().catch(() => undefined);
  }

  /** Closes the client in whatever it is doing; what it had not been told stays in the outbox. */
  async leave(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }

  /** Watches a stream from its first event that may be seen. */
  watch(stream: StreamId): void {
    if (this.#spans.has(stream)) return;
    this.#spans.set(stream, this.#options.recorder.open(`${this.name}#${this.#lives}`, this.user, stream));
    this.#client?.watch(stream, { after: 0 });
  }

  /** The last seq this member has seen of a stream. */
  lastSeen(stream: StreamId): number {
    const span = this.#spans.get(stream);
    return span === undefined || span.keys.length === 0 ? 0 : span.first + span.keys.length - 1;
  }

  /** The seq of something this member posted there not long ago. */
  somePost(stream: StreamId): number | undefined {
    const targets = this.#targets.get(stream) ?? [];
    return targets.length === 0 ? undefined : this.#options.random.pick(targets);
  }

  /** What this member is watching at the moment. */
  get watched(): IterableIterator<StreamId> {
    return this.#spans.keys();
  }

  get pending(): number {
    return this.#client?.pending().length ?? 0;
  }

  /** Does one thing in a conversation: mostly posts, sometimes edits, reacts, or sends something old again. */
  act(stream: ConversationId): void {
    const { random } = this.#options;
    if (this.#client === undefined || this.#underWay.size >= maxPending || this.#isBusyIn(stream)) return;
    const choice = random.next();
    const target = this.#targets.get(stream);
    if (choice < 0.05 && this.#remembered.length > 0) this.resend();
    else if (choice < 0.1 && target !== undefined && target.length > 0) {
      this.send(stream, { type: 'edit', target: random.pick(target), text: `edited ${this.name} ${++this.#posts}` });
    } else if (choice < 0.14 && target !== undefined && target.length > 0) {
      this.send(stream, {
        type: 'react',
        target: random.pick(target),
        emoji: random.pick(emoji),
        on: random.chance(0.7),
      });
    } else this.post(stream);
  }

  #isBusyIn(stream: StreamId): boolean {
    let here = 0;
    for (const other of this.#underWay.values()) if (other === stream) here++;
    return here >= maxPendingHere;
  }

  post(stream: ConversationId): void {
    const text = `${this.name} says ${++this.#posts} ${'·'.repeat(this.#options.random.between(0, 80))}`;
    this.send(stream, { type: 'post', text });
  }

  /** Sends something again that was sent long ago, or just now. */
  resend(): void {
    const { random } = this.#options;
    const client = this.#client;
    if (client === undefined || this.#remembered.length === 0) return;
    const { stream, cid, command } = random.pick(this.#remembered);
    if (client.pending(stream).some((entry) => entry.cid === cid)) return;
    this.#send(client, stream, command, cid);
  }

  send(stream: ConversationId, command: ClientCommand, mode: DeliveryMode = this.#options.mode): void {
    const client = this.#client;
    if (client === undefined) return;
    const cid = newCid();
    // A reaction that changes nothing is acknowledged without an event, so it says nothing about what is stored.
    if (command.type !== 'react') {
      this.#options.recorder.send(stream, this.user, cid, mode, command.type === 'post');
      this.#remember({ stream, cid, command });
    }
    this.#sentAt.set(cid, performance.now());
    this.#send(client, stream, command, cid, mode);
  }

  /** Sends a command that others wait for; rejects with its refusal, or when this client is closed first. */
  async request(stream: ConversationId, command: ClientCommand, signal?: AbortSignal): Promise<Ack> {
    const client = this.#client;
    if (client === undefined) throw new ParleyError('unavailable', { message: `${this.name} is offline.` });
    const cid = newCid();
    this.#options.recorder.send(stream, this.user, cid, 'exactly-once', command.type === 'post');
    return client.send(stream, command, { cid, ...(signal === undefined ? {} : { signal }) });
  }

  /** Reads what this session has just learned of, through whichever node answers: it must be there. */
  async readBack(stream: ConversationId): Promise<void> {
    const atLeast = this.#known.get(stream) ?? 0;
    const rest = this.rest;
    if (rest === undefined) return;
    try {
      const { head } = await rest.events(stream, { after: atLeast, limit: 1 });
      this.#options.recorder.reads.push({ session: this.name, stream, atLeast, seen: head });
      this.#knows(stream, head);
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
    }
  }

  #send(
    client: ParleyClient,
    stream: ConversationId,
    command: ClientCommand,
    cid: Cid,
    mode: DeliveryMode = this.#options.mode,
  ): void {
    client
      .send(stream, command, { cid, mode })
      .then(({ seq }) => {
        // No outbox tells of it: it counts as sent once it is written to a socket.
        if (mode === 'at-most-once') this.#options.recorder.acknowledge(stream, this.user, cid, 0);
        if (command.type === 'post' && seq > 0) this.#addTarget(stream, seq);
      })
      // Recorded by the outbox's event, or still in the outbox when the client was closed.
      .catch(() => undefined);
  }

  #remember(sent: Remembered): void {
    if (this.#remembered.length < maxRemembered) this.#remembered.push(sent);
    // The first ones are kept: they are those that every memory has forgotten.
    else this.#remembered[this.#options.random.between(maxRemembered / 4, maxRemembered - 1)] = sent;
  }

  #addTarget(stream: StreamId, seq: number): void {
    const targets = this.#targets.get(stream) ?? [];
    this.#targets.set(stream, targets);
    targets.push(seq);
    if (targets.length > maxTargets) targets.shift();
  }

  #knows(stream: StreamId, seq: number): void {
    if (seq > (this.#known.get(stream) ?? 0)) this.#known.set(stream, seq);
  }

  #close(stream: StreamId): void {
    const span = this.#spans.get(stream);
    if (span !== undefined) span.isOpen = false;
    this.#spans.delete(stream);
    // What it knew of the time before is no longer its to read.
    this.#known.delete(stream);
  }

  /** Too far behind: what the socket left out is due all the same, so the view goes on where it was. */
  #watchAnew(stream: StreamId): void {
    void this.#catchUp(stream);
  }

  async #catchUp(stream: StreamId): Promise<void> {
    let span = this.#spans.get(stream);
    const client = this.#client;
    if (span === undefined || client === undefined) return;
    client.unwatch(stream);
    try {
      for (;;) {
        const { events, head } = await client.rest.events(stream, {
          after: this.lastSeen(stream),
          limit: 1_000,
        });
        for (const event of events) span = this.#options.recorder.see(span, event);
        this.#spans.set(stream, span);
        if (this.lastSeen(stream) >= head || events.length === 0) break;
      }
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
    }
    this.#client?.watch(stream, { after: this.lastSeen(stream) });
  }
}

const emoji = ['👍', '🎉', '❤️', '😄'];

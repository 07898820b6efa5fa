import { ParleyClient } from '@parley/client';
import {
  type Cid,
  type ClientCommand,
  type DeliveryMode,
  type ErrorCode,
  type Head,
  isConversationStream,
  newCid,
  ParleyError,
  type StreamEvent,
  type StreamId,
  type UserId,
} from '@parley/protocol';
import { keyOf, type Recorder, type Span } from '../../packages/cli/src/verify/history.ts';
import type { Safeguards } from '../../packages/client/src/safeguards.ts';
import { isSealed } from '../../packages/server/src/encryption/sealed.ts';
import type { Principal } from '../../packages/server/src/gateway/port.ts';
import type { Cluster } from '../nodes/cluster.ts';
import type { GatewayNode } from '../nodes/gateway-node.ts';
import { Process } from '../time/process.ts';
import { Disk } from './outbox.ts';
import { fetchFrom } from './reading.ts';
import { Screen, type ScreenOptions } from './screen.ts';
import { Wire } from './wire.ts';

export interface DeviceOptions extends Pick<ScreenOptions, 'levelOf' | 'browses'> {
  readonly name: string;
  readonly token: string;
  readonly principal: Principal;
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly safeguards: Safeguards;
  /** Whether sockets tell gateways that they are full. */
  readonly holdsBack: boolean;
  /** A watch ended that was asked for when the store had `head` of the stream, or that had come no further than `head`. */
  readonly onEnded: (stream: StreamId, head: number) => void;
}

/** A program whose list says that its person is a member asks again after so long. */
const askAgainMs = 500;

interface Sent {
  readonly stream: StreamId;
  readonly cid: Cid;
  readonly command: ClientCommand;
  readonly mode: DeliveryMode;
}

/** `away`: its program was not running. `cancelled`: it was closed first. */
export type SendOutcome = 'acknowledged' | 'away' | 'cancelled' | ErrorCode;
export type ReadOutcome = 'read' | 'away' | ErrorCode;

/** A command that was refused for good, and the stream's heads when it was sent and when its sender was told. */
interface Refusal {
  readonly stream: StreamId;
  readonly cid: Cid;
  readonly command: ClientCommand;
  readonly code: string;
  readonly sentAt: number;
  readonly toldAt: number;
}

const mayChangeNothing: ReadonlySet<ClientCommand['type']> = new Set(['react', 'join', 'markRead']);

/** A person's device with the real SDK: watches what its person is in, and writes down everything it is told. */
export class Device {
  readonly name: string;
  readonly user: UserId;
  /** Every socket it ever had. */
  readonly wires: Wire[] = [];
  /** In the order of the calls. */
  readonly sent: Sent[] = [];
  /** Commands whose outbox was lost before they were answered: whether they left, and when, nobody knows. */
  readonly withoutTurn = new Set<Cid>();
  readonly refusals: Refusal[] = [];
  /** Texts that it was shown as the store has them, where that encrypts. */
  readonly unreadable: string[] = [];
  readonly screen: Screen;
  readonly #options: DeviceOptions;
  readonly #disk = new Disk();
  /** The highest seq it has seen or been acknowledged. */
  readonly #known = new Map<StreamId, number>();
  /** What its person is in, as its own stream says. */
  readonly #listed = new Set<StreamId>();
  /** The store's head when a watch was first asked for. */
  readonly #askedAt = new Map<StreamId, number>();
  /** The store's head when a command was sent, since it was answered last. */
  readonly #sentAt = new Map<Cid, number>();
  readonly #skewMs: number;
  #process: Process | undefined;
  #client: ParleyClient | undefined;
  /** Its program knows what the one before left in the outbox. */
  #isLoaded = false;
  #lives = 0;

  constructor(options: DeviceOptions) {
    this.#options = options;
    this.name = options.name;
    this.user = options.principal.user;
    const { random } = options.cluster.scheduler;
    this.screen = new Screen({ ...options, user: this.user, random, note: (what) => this.#note(what) });
    // Some people's clocks are wrong, and command ids carry the time.
    this.#skewMs = random.chance(0.3) ? random.between(-86_400_000, 86_400_000) : 0;
  }

  get isOnline(): boolean {
    return this.#client?.state === 'online';
  }

  get isAway(): boolean {
    return this.#client === undefined;
  }

  get pending(): number {
    return this.#client?.pending().length ?? 0;
  }

  get wire(): Wire | undefined {
    return this.wires.at(-1);
  }

  /** The program starts, with the outbox and the views that the last one left. */
  arrive(): void {
    const { cluster, token, principal } = this.#options;
    const { scheduler } = cluster;
    const process = new Process(scheduler, `${this.name}.${++this.#lives}`);
    process.skewMs = this.#skewMs;
    const pick = (): GatewayNode | undefined => {
      const nodes = cluster.gateways.flatMap(({ node }) => node ?? []);
      return nodes.length === 0 ? undefined : scheduler.random.pick(nodes);
    };
    const client = new ParleyClient(
      {
        url: 'http://parley.invalid',
        token,
        outbox: this.#disk.open(process, () => {
          if (process === this.#process) this.#isLoaded = true;
        }),
        backoff: { firstMs: 100, maxMs: 2_000 },
        webSocket: () => this.#dial(process, pick()).browser as unknown as WebSocket,
        fetch: fetchFrom(process, principal, pick) as typeof fetch,
        platform: {
          now: () => process.clock.now(),
          after: (ms, callback) => process.clock.after(ms, callback),
          random: () => scheduler.random.next(),
          ids: process.ids,
        },
      },
      this.#options.safeguards,
    );
    this.#process = process;
    this.#client = client;
    this.#listen(client);
    this.screen.on(process, client);
    this.watch(this.user);
    // Whether it gets through shows in what it sees.
    client.connect().catch(() => undefined);
  }

  /** The program dies where it is. */
  crash(): void {
    this.#note('dies');
    if (this.#options.cluster.scheduler.random.chance(0.2)) this.#loseOutbox();
    this.#process?.kill();
    this.wire?.clientDied();
    this.#process = undefined;
    this.#client = undefined;
    this.screen.off();
    this.#isLoaded = false;
  }

  /** What was waiting may have left, and may be stored at any time: nothing holds back what is sent after it any more. */
  #loseOutbox(): void {
    this.#disk.erase();
    for (const { stream, cid } of this.sent) if (this.#isUnanswered(stream, cid)) this.withoutTurn.add(cid);
  }

  get spans(): ReadonlyMap<StreamId, Span> {
    return this.screen.spans;
  }

  get heads(): ReadonlyMap<StreamId, Head> {
    return this.screen.heads;
  }

  lastSeen(stream: StreamId): number {
    return this.screen.lastSeen(stream);
  }

  watch(stream: StreamId): void {
    if (this.spans.has(stream)) return;
    this.#askedAt.set(stream, this.#options.cluster.data.head(stream));
    this.screen.add(stream);
  }

  /** Sends a command; resolves to what came of it, or never where the program dies first. */
  async send(stream: StreamId, command: ClientCommand, mode: DeliveryMode = 'exactly-once'): Promise<SendOutcome> {
    const process = this.#process;
    if (process === undefined) return 'away';
    const cid = newCid(process.ids);
    const { recorder } = this.#options;
    // A command that may change nothing is acknowledged without an event, so it says nothing about the store.
    if (!mayChangeNothing.has(command.type)) {
      recorder.send(stream, this.user, cid, mode, command.type === 'post');
      this.sent.push({ stream, cid, command, mode });
    }
    return this.#send({ stream, cid, command, mode });
  }

  /** Sends something again that was sent before, just now or long ago. What was refused is another wish when it is sent again. */
  resend(): void {
    const { cluster, recorder } = this.#options;
    const choice = this.sent.filter(
      ({ stream, cid }) => recorder.sent.get(keyOf(stream, this.user, cid))?.refusal === undefined,
    );
    if (choice.length === 0 || !this.#isLoaded) return;
    const again = cluster.scheduler.random.pick(choice);
    if (this.#isForgotten(again)) {
      this.sent.splice(this.sent.indexOf(again), 1);
      this.sent.push(again);
    }
    void this.#send({ ...again, mode: 'exactly-once' });
  }

  /** Its program died before the outbox had it, so that it never left: sent again, it has its turn by this call. */
  #isForgotten({ stream, cid }: Sent): boolean {
    const isPending = this.#client?.pending(stream).some((entry) => entry.cid === cid) ?? false;
    return !isPending && this.#isUnanswered(stream, cid);
  }

  #isUnanswered(stream: StreamId, cid: Cid): boolean {
    const sent = this.#options.recorder.sent.get(keyOf(stream, this.user, cid));
    return sent?.refusal === undefined && sent?.acknowledgements.length === 0;
  }

  /** Reads what this session knows of, through whichever node answers: it must be there, and nothing that is not for it. */
  async read(stream: StreamId): Promise<ReadOutcome> {
    const client = this.#client;
    const { recorder } = this.#options;
    if (client === undefined) return 'away';
    const atLeast = this.#known.get(stream) ?? 0;
    const after = Math.max(0, atLeast - 3);
    try {
      const page = isConversationStream(stream)
        ? await client.rest.events(stream, { after, limit: 20 })
        : await client.rest.myEvents({ after, limit: 20 });
      recorder.reads.push({ session: this.name, stream, atLeast, seen: page.head });
      this.#knows(stream, page.head);
      const span = recorder.open(`${this.name} by reading`, this.user, stream);
      for (const event of page.events) recorder.see(span, event).isOpen = false;
      span.isOpen = false;
      return 'read';
    } catch (error) {
      if (error instanceof ParleyError) return error.code;
      throw error;
    }
  }

  #listen(client: ParleyClient): void {
    const { recorder } = this.#options;
    client.on('event', ({ stream, event }) => this.#saw(stream, event));
    client.on('head', (head) => {
      this.#note(`head ${head.stream} ${head.head}`);
      this.screen.heads.set(head.stream, head);
    });
    client.on('reset', ({ stream, head }) => {
      this.#note(`reset ${stream} to ${head}`);
      void this.screen.catchUp(stream, () => this.#readOn(client, stream));
    });
    client.on('ended', ({ stream, error }) => {
      this.#note(`ended ${stream} ${error.code}`);
      // A node that is behind lets in by an earlier membership, and ends the watch where that one ended.
      const reached = this.screen.reached(stream);
      const asked = this.#askedAt.get(stream) ?? 0;
      this.#options.onEnded(stream, reached === 0 ? asked : Math.min(asked, reached));
      this.#close(stream);
      if (!this.#listed.has(stream)) return;
      this.#process?.clock.after(askAgainMs, () => {
        if (this.#listed.has(stream)) this.watch(stream);
      });
    });
    client.on('outbox', ({ stream, cid, change, seq = 0, error }) => {
      this.#note(`${change} ${stream} ${cid} ${error?.code ?? seq}`);
      if (change === 'acknowledged') {
        recorder.acknowledge(stream, this.user, cid, seq);
        this.#knows(stream, seq);
      } else if (change === 'refused') {
        this.#refused(client, stream, cid, error?.code ?? 'internal');
        client.cancel(cid);
      }
    });
    client.on('state', ({ state }) => this.#note(state));
  }

  #refused(client: ParleyClient, stream: StreamId, cid: Cid, code: string): void {
    const { recorder, cluster } = this.#options;
    recorder.refuse(stream, this.user, cid, code);
    const command = client.pending(stream).find((entry) => entry.cid === cid)?.command;
    const sentAt = this.#sentAt.get(cid);
    if (command === undefined || sentAt === undefined) return;
    this.refusals.push({ stream, cid, command, code, sentAt, toldAt: cluster.data.head(stream) });
  }

  #saw(stream: StreamId, event: StreamEvent): void {
    this.#note(`sees ${stream} ${event.seq} ${event.type}`);
    if (event.type === 'posted' && isSealed(event.text)) this.unreadable.push(`${stream} ${event.seq}`);
    if (!this.screen.see(stream, event)) return;
    this.#knows(stream, event.seq);
    this.#list(event);
  }

  #list(event: StreamEvent): void {
    if (event.type === 'conversationAdded') {
      this.#listed.add(event.conversation);
      this.watch(event.conversation);
    } else if (event.type === 'conversationRemoved') this.#listed.delete(event.conversation);
  }

  #close(stream: StreamId): void {
    this.screen.close(stream);
    // What it knew of the time before is no longer its to read.
    this.#known.delete(stream);
  }

  #knows(stream: StreamId, seq: number): void {
    if (seq > (this.#known.get(stream) ?? 0)) this.#known.set(stream, seq);
  }

  #send({ stream, cid, command, mode }: Sent): Promise<SendOutcome> {
    const client = this.#client;
    if (client === undefined) return Promise.resolve('away');
    this.#note(`sends ${stream} ${cid} ${command.type} ${mode}`);
    // Whoever sends again before they were answered may yet be told what was judged the first time.
    if (client.pending(stream).every((entry) => entry.cid !== cid))
      this.#sentAt.set(cid, this.#options.cluster.data.head(stream));
    return client.send(stream, command, { cid, mode }).then(
      () => 'acknowledged',
      (error: unknown) => (error instanceof ParleyError ? error.code : 'cancelled'),
    );
  }

  /** Too far behind for the socket: reads what it left out. */
  async #readOn(client: ParleyClient, stream: StreamId): Promise<void> {
    while (this.spans.has(stream) && client === this.#client) {
      const wanted = { after: this.lastSeen(stream), limit: 30 };
      const page = await (isConversationStream(stream)
        ? client.rest.events(stream, wanted)
        : client.rest.myEvents(wanted)
      ).catch((error: unknown) => error);
      if (page instanceof ParleyError) {
        if (!page.retryable) return this.#close(stream);
        await this.#process?.settle(this.#options.cluster.scheduler.pause(1_000));
        continue;
      }
      const { events, head } = page as Awaited<ReturnType<ParleyClient['rest']['events']>>;
      for (const event of events) {
        this.screen.see(stream, event);
        this.#list(event);
      }
      if (this.lastSeen(stream) >= head || events.length === 0) break;
    }
  }

  #dial(process: Process, node: GatewayNode | undefined): Wire {
    const nowhere = new Process(process.scheduler, 'nowhere');
    nowhere.kill();
    const wire = new Wire(process, node?.process ?? nowhere, this.#options.holdsBack);
    this.wires.push(wire);
    if (node === undefined)
      wire.connect(() => {
        throw new Error('nobody is there to accept');
      });
    else node.accept(wire);
    return wire;
  }

  #note(what: string): void {
    const { scheduler } = this.#options.cluster;
    scheduler.trace.note(scheduler.now, this.name, what);
  }
}

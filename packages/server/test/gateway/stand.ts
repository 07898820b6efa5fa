import { newCid, newConversationId, type ServerFrame, type StreamId } from '@parley/protocol';
import { createMemoryBroker } from '../../src/broker/memory/index.ts';
import type { Broker } from '../../src/broker/port.ts';
import { createMemoryCache } from '../../src/cache/memory/index.ts';
import { systemClock } from '../../src/clock.ts';
import type { Connection } from '../../src/gateway/connection.ts';
import { Gateway, type GatewayOptions } from '../../src/gateway/index.ts';
import { defaultGatewayBounds, type GatewayBounds } from '../../src/gateway/safeguards.ts';
import type { ClientSocket, Frame } from '../../src/gateway/socket.ts';
import { silentLog } from '../../src/log.ts';
import { createStates } from '../../src/reads/states.ts';
import { Sequencer } from '../../src/sequencer/index.ts';
import type { Store } from '../../src/store/port.ts';
import { type Person, people } from '../stream/people.ts';
import { until } from '../until.ts';
import { VirtualClock } from '../virtual-clock.ts';

type FrameOf<Type extends ServerFrame['t']> = Extract<ServerFrame, { t: Type }>;

/** A client's end in memory: what it was sent, and a buffer that is full when the test says so. */
export class MemorySocket implements ClientSocket {
  readonly frames: ServerFrame[] = [];
  /** The same as they were given, in step with `frames`. */
  readonly sent: Frame[] = [];
  isLagging = false;
  closed: { readonly code: number; readonly reason: string } | undefined;
  connection: Connection | undefined;

  send(frame: Frame): void {
    if (this.closed !== undefined) return;
    this.frames.push(JSON.parse(frame.text) as ServerFrame);
    this.sent.push(frame);
  }

  close(code: number, reason: string): void {
    this.closed ??= { code, reason };
  }

  say(frame: object | string): void {
    this.connection?.received(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The kernel takes more again. */
  drain(): void {
    this.isLagging = false;
    this.connection?.drained();
  }

  of<Type extends ServerFrame['t']>(type: Type): FrameOf<Type>[] {
    return this.frames.filter((frame): frame is FrameOf<Type> => frame.t === type);
  }

  /** Seqs of one stream's events, as they came. */
  seqs(stream: StreamId): number[] {
    return this.of('events')
      .filter((frame) => frame.stream === stream)
      .flatMap(({ events }) => events.map(({ seq }) => seq));
  }

  async next<Type extends ServerFrame['t']>(
    type: Type,
    fits: (frame: FrameOf<Type>) => boolean = () => true,
  ): Promise<FrameOf<Type>> {
    let found: FrameOf<Type> | undefined;
    await until(
      `${type} comes`,
      () => {
        found = this.of(type).find(fits);
        return found !== undefined;
      },
      () => this.frames,
    );
    if (found === undefined) throw new Error(`no ${type}`);
    return found;
  }
}

const ids = { now: () => Date.now(), random: (count: number) => crypto.getRandomValues(new Uint8Array(count)) };

export interface StandOptions {
  readonly bounds?: Partial<GatewayBounds>;
  readonly rate?: GatewayOptions['rate'];
  /** What the gateway reads from, where it is not what the sequencer writes to. */
  readonly reads?: Store;
  /** Between the gateway and its inbox. */
  readonly broker?: (broker: Broker) => Broker;
  readonly authenticate?: GatewayOptions['authenticate'];
}

/** A gateway on a clock that stands still, and a sequencer, on one log and one store. */
export class Stand implements AsyncDisposable {
  readonly clock = new VirtualClock();
  readonly gateway: Gateway;
  readonly #sequencer: Sequencer;

  private constructor(store: Store, options: StandOptions) {
    const engine = createMemoryBroker({ partitions: 2 });
    const broker = engine.connect();
    const reads = options.reads ?? store;
    this.#sequencer = new Sequencer({ node: 'node', broker, store, clock: systemClock, ids, log: silentLog });
    this.gateway = new Gateway({
      node: 'node',
      broker: options.broker?.(broker) ?? broker,
      store: reads,
      states: createStates({ store: reads }),
      cache: createMemoryCache({ clock: this.clock }),
      clock: this.clock,
      log: silentLog,
      defer: setImmediate,
      random: Math.random,
      rate: options.rate ?? { perSecond: 1_000, burst: 100_000 },
      authenticate:
        options.authenticate ??
        ((token) => {
          const person = people[Number(token)];
          return Promise.resolve(
            person && { user: person.id, session: `session ${token}`, serverRole: person.serverRole },
          );
        }),
      onEffectAnswered: (ref, stored) => this.#sequencer.followUps.answered(ref, stored),
      bounds: { ...defaultGatewayBounds, ...options.bounds },
    });
    this.#membership = () => broker.join({ node: 'node', roles: ['gateway', 'sequencer'] });
  }

  readonly #membership: () => Promise<unknown>;

  static async open(store: Store, options: StandOptions = {}): Promise<Stand> {
    const stand = new Stand(store, options);
    await stand.gateway.start();
    await stand.#membership();
    await stand.#sequencer.start();
    return stand;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.stop();
    await this.#sequencer.stop();
  }

  connect(): MemorySocket {
    const socket = new MemorySocket();
    socket.connection = this.gateway.accept(socket, undefined);
    return socket;
  }

  async signIn(who: Person): Promise<MemorySocket> {
    const socket = this.connect();
    socket.say({ t: 'hello', token: String(people.indexOf(who)) });
    await socket.next('welcome');
    return socket;
  }

  /** Makes a conversation of the first three with so many events in all. */
  async conversation(kind: 'group' | 'channel', events: number): Promise<StreamId> {
    const stream = newConversationId();
    const [ann, bob, cyd] = people;
    const { id: actor, serverRole } = ann;
    const members = [bob.id, cyd.id];
    await this.gateway.submit({
      stream,
      actor,
      serverRole,
      cid: newCid(),
      command: { type: 'create', kind, name: 'tea', members },
    });
    await this.post(stream, events - 1);
    return stream;
  }

  async post(stream: StreamId, count: number, who: Person = people[0]): Promise<void> {
    const posts = Array.from({ length: count }, (_, index) =>
      this.gateway.submit({
        stream,
        actor: who.id,
        serverRole: who.serverRole,
        cid: newCid(),
        command: { type: 'post', text: `message ${index}` },
      }),
    );
    await Promise.all(posts);
  }
}

export const watch = (stream: StreamId, after?: number, level: 'full' | 'head' = 'full', id = 1) => ({
  t: 'watch',
  id,
  streams: [{ stream, level, ...(after === undefined ? {} : { after }) }],
});

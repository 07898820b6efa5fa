import {
  type DeliveryMode,
  isConversationStream,
  limits,
  ParleyError,
  type Presence,
  type Profile,
  type Signal,
  type StreamId,
  type UserId,
} from '@parley/protocol';
import type { Origin } from '../audit/index.ts';
import { type Broker, type Member, partitionOf, type Subscription } from '../broker/port.ts';
import type { Cache } from '../cache/port.ts';
import type { Clock, Timer } from '../clock.ts';
import { plainSealing } from '../encryption/plain.ts';
import type { Sealing } from '../encryption/sealing.ts';
import { decodeInboxMessage, envelopeFor, type InboxItem } from '../envelope.ts';
import { localRates, type RateSource } from '../limits/shared-rates.ts';
import { OpenSockets, type SocketCaps } from '../limits/sockets.ts';
import type { Log } from '../log.ts';
import type { Gate } from '../moderation/gate.ts';
import type { StreamStates } from '../reads/states.ts';
import type { RecordStore, StreamStore } from '../store/port.ts';
import type { Wish } from '../stream/types.ts';
import { Connection, type ConnectionContext, pingMs } from './connection.ts';
import { Faces } from './faces.ts';
import { encodeFrame } from './frames.ts';
import type { GatewayPort, Principal } from './port.ts';
import { Presences } from './presences.ts';
import { Publisher } from './publisher.ts';
import { Requests } from './requests.ts';
import { Rooms } from './rooms.ts';
import { Routing } from './routing.ts';
import {
  allGatewaySafeguards,
  defaultGatewayBounds,
  type GatewayBounds,
  type GatewaySafeguards,
} from './safeguards.ts';
import { Session } from './session.ts';
import type { SessionContext } from './session-context.ts';
import type { ClientSocket } from './socket.ts';

/** What a gateway asks of the store. */
export type GatewayStore = StreamStore & Pick<RecordStore, 'updateAccount' | 'accountsById'>;

export interface GatewayOptions {
  readonly node: string;
  readonly broker: Broker;
  readonly store: GatewayStore;
  readonly states: StreamStates;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly log: Log;
  /** Calls back at the end of the tick: `setImmediate`, or a simulation's scheduler. */
  readonly defer: (callback: () => void) => void;
  readonly random: () => number;
  /** Commands, watches and signals an account may send through this node. */
  readonly rate: { readonly perSecond: number; readonly burst: number };
  /** Where limits are counted; default: in this process. */
  readonly rates?: RateSource;
  /** How many sockets there may be; default: as many as come. */
  readonly socketCaps?: SocketCaps;
  readonly authenticate: (token: string) => Promise<Principal | undefined>;
  /** Answers to the node's own follow-up commands, which share its inbox. */
  readonly onEffectAnswered: (ref: number, stored: boolean) => void;
  /** What is asked before a command is published, and told after it took effect. */
  readonly gate?: Gate;
  /** Seals texts before they leave this process, and opens what comes; without one they go as they are. */
  readonly sealing?: Sealing;
  readonly bounds?: GatewayBounds;
  readonly safeguards?: GatewaySafeguards;
}

const sweepMs = 1_000;
/** More than end within the seconds that a look-up may take. */
const maxRevoked = 10_000;
/** How long heads are gathered before badges are told. Nobody reads a badge faster. */
const headsMs = 100;
/** Clients that are told to go come back spread over the time that as many take at this pace, but no longer than that. */
const reconnectsPerSecond = 500;
const longestSpreadMs = 3_000;

/** Holds the clients' sockets of one node. Knows sessions; knows no conversation's rules. */
export class Gateway implements GatewayPort {
  readonly #options: GatewayOptions;
  readonly #requests: Requests;
  readonly #routing: Routing;
  readonly #rooms: Rooms;
  readonly #faces: Faces;
  readonly #presences: Presences;
  readonly #publisher: Publisher;
  readonly #sealing: Sealing;
  readonly #connections = new Set<Connection>();
  readonly #sockets: OpenSockets | undefined;
  /** Sessions that ended lately: a look-up that began before, here or in a memory of such, lets nobody in after. */
  readonly #revoked = new Set<string>();
  readonly #context: SessionContext;
  readonly #connecting: ConnectionContext;
  #members: readonly Member[] = [];
  #subscriptions: Subscription[] = [];
  #timers: Timer[] = [];
  #isDraining = false;

  constructor(options: GatewayOptions) {
    const { node, broker, store, states, cache, clock, log } = options;
    const { bounds = defaultGatewayBounds, safeguards = allGatewaySafeguards } = options;
    this.#options = options;
    this.#sockets = options.socketCaps === undefined ? undefined : new OpenSockets(options.socketCaps, log);
    this.#sealing = options.sealing ?? plainSealing;
    this.#publisher = new Publisher(broker, options.defer);
    const publisher = this.#publisher;
    const { partitions } = broker;
    this.#requests = new Requests({ node, partitions, isLogDurable: broker.durable, publisher, clock });
    this.#routing = new Routing({
      node,
      partitions,
      publisher,
      clock,
      log,
      onDoubt: (streams) => this.#rooms.doubt(streams),
      checksNumbers: safeguards.checksNumbers,
      requests: this.#requests,
    });
    this.#rooms = new Rooms({
      routing: this.#routing,
      store,
      states,
      sealing: this.#sealing,
      clock,
      log,
      bounds,
      safeguards,
    });
    this.#faces = new Faces(this.#routing);
    this.#presences = new Presences({
      cache,
      store,
      clock,
      log,
      announce: (user, signal) => this.#publishSignal(user, user, signal),
    });
    this.#context = {
      clock,
      log,
      rooms: this.#rooms,
      faces: this.#faces,
      rate: (options.rates ?? localRates(clock)).limit('account', options.rate),
      safeguards,
      headsDirty: new Set(),
      submit: (wish, mode, from) => this.submit(wish, mode, from),
      signal: (session, stream, signal) => this.#signalFrom(session, stream, signal),
      asParleyError: (error) => this.#asParleyError(error),
    };
    this.#connecting = {
      authenticate: options.authenticate,
      isRevoked: (session) => this.#revoked.has(session),
      mayOpen: (principal) => this.#sockets?.ofAccount(principal.user) ?? true,
      open: ({ socket, address }, principal) => {
        this.#presences.arrived(principal.user);
        return new Session(this.#context, socket, principal, address);
      },
      closed: (connection) => {
        this.#connections.delete(connection);
        this.#sockets?.addressLeft(connection.address);
        const { session } = connection;
        if (session === undefined) return;
        session.closed();
        this.#sockets?.accountLeft(session.principal.user);
        this.#presences.left(session.principal.user);
      },
      clock,
      asParleyError: (error) => this.#asParleyError(error),
    };
  }

  async start(): Promise<void> {
    const { broker, node } = this.#options;
    this.#subscriptions.push(await broker.openInbox(node, (payload) => this.#received(payload)));
    this.#subscriptions.push(await broker.watchMembers((members) => (this.#members = members)));
    this.#every(sweepMs, () => this.#sweep());
    this.#every(headsMs, () => this.#flushHeads());
  }

  /** The nodes that live, as far as is known here. */
  get nodes(): readonly string[] {
    return this.#members.map(({ node }) => node);
  }

  get sessions(): number {
    return this.#connections.size;
  }

  get watchedStreams(): number {
    return this.#rooms.size;
  }

  get pendingRequests(): number {
    return this.#requests.pending;
  }

  /**
   * Takes a new socket. `cookieToken` is the browser's session, used when hello carries no token.
   * @param address where it comes from
   */
  accept(socket: ClientSocket, cookieToken: string | undefined, address?: string): Connection {
    const connection = new Connection(this.#connecting, socket, cookieToken, address);
    if (this.#sockets?.fromAddress(address) === false) {
      connection.refuse(
        new ParleyError('limit-reached', { message: 'There are too many connections from your address.' }),
      );
      return connection;
    }
    this.#connections.add(connection);
    return connection;
  }

  submit(wish: Wish, mode?: DeliveryMode, from?: Origin): Promise<number> {
    if (this.#isDraining) return Promise.reject(new ParleyError('draining', { retryAfterMs: 1_000 }));
    const { gate } = this.#options;
    const refusal = gate?.refusal(wish, from);
    if (refusal !== undefined) return Promise.reject(refusal);
    const answer = this.#sealAndSubmit(wish, mode);
    // What nearly every command is, is noted by nobody.
    if (gate === undefined || wish.command.type === 'post') return answer;
    return gate.noted(answer, wish, from);
  }

  #sealAndSubmit(wish: Wish, mode: DeliveryMode | undefined): Promise<number> {
    let sealed: Wish | Promise<Wish>;
    try {
      sealed = this.#sealing.seal(wish, this.#rooms.get(wish.stream) !== undefined);
    } catch (error) {
      return Promise.reject(this.#asParleyError(error));
    }
    if (!(sealed instanceof Promise)) return this.#requests.submit(sealed, mode);
    return sealed.then((ready) => this.#requests.submit(ready, mode));
  }

  /** The texts of a stream were erased: nothing of them is told from memory, and who looks at it is told to look again. */
  textsErased(stream: StreamId): void {
    this.#rooms.textsErased(stream);
  }

  revoke(sessions: readonly string[]): void {
    if (sessions.length === 0) return;
    this.closeSessions(sessions);
    const payload = envelopeFor(this.#options.broker, { type: 'revoke', sessions });
    for (const { node, roles } of this.#members) {
      if (roles.includes('gateway') && node !== this.#options.node) this.#options.broker.send(node, payload);
    }
  }

  /** These sessions ended, here or elsewhere: closes the sockets that this node has of them. */
  closeSessions(sessions: Iterable<string>): void {
    const ended = new Set(sessions);
    if (ended.size === 0) return;
    for (const session of ended) this.#revoked.add(session);
    for (const session of this.#revoked) {
      if (this.#revoked.size <= maxRevoked) break;
      this.#revoked.delete(session);
    }
    for (const connection of this.#connections) {
      if (connection.session !== undefined && ended.has(connection.session.principal.session))
        connection.unauthenticated();
    }
  }

  /** The sessions that have sockets here, each once. */
  openSessions(): Set<string> {
    const open = new Set<string>();
    for (const { session } of this.#connections) if (session !== undefined) open.add(session.principal.session);
    return open;
  }

  presenceOf(users: readonly UserId[]): Promise<readonly Presence[]> {
    return this.#presences.of(users);
  }

  profileChanged({ id, displayName, color, status }: Profile): void {
    this.#publishSignal(id, id, { type: 'profile', displayName, color, status });
  }

  /** Takes no new work, waits for answers under way, then sends everybody elsewhere. */
  async drain(timeoutMs: number): Promise<void> {
    this.#isDraining = true;
    const { clock } = this.#options;
    const deadline = clock.elapsed() + timeoutMs;
    while (this.#requests.pending > 0 && clock.elapsed() < deadline) {
      await new Promise<void>((resolve) => clock.after(20, resolve));
    }
    const spreadMs = Math.min((this.#connections.size / reconnectsPerSecond) * 1_000, longestSpreadMs);
    for (const connection of this.#connections) {
      const retryAfterMs = Math.round(200 + this.#options.random() * spreadMs);
      connection.socket.send(encodeFrame({ t: 'bye', retryAfterMs }));
      connection.close(1012, 'restarting');
    }
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    for (const connection of this.#connections) connection.close(1012, 'restarting');
    await this.#presences.stop();
    for (const subscription of this.#subscriptions.splice(0).toReversed()) await subscription.close();
  }

  #received(payload: Uint8Array): void {
    const message = decodeInboxMessage(payload);
    if (message.type === 'revoke') return this.closeSessions(message.sessions);
    for (const item of message.items) this.#take(item);
    this.#routing.received(message);
  }

  #take(item: InboxItem): void {
    switch (item.type) {
      case 'events':
        return this.#rooms.received(item.stream, item.events);
      case 'head':
        return this.#rooms.receivedHead(item.stream, item.head);
      case 'ack':
        if (item.ref < 0) return this.#options.onEffectAnswered(item.ref, true);
        return this.#requests.acknowledged(item.ref, item.seq);
      case 'nack':
        // A refused effect (somebody left meanwhile) is settled too; only `unavailable` is not.
        if (item.ref < 0) return this.#options.onEffectAnswered(item.ref, item.error.code !== 'unavailable');
        return this.#requests.refused(item.ref, item.error);
      case 'signal':
        return this.#heard(item);
    }
  }

  #heard({ stream, actor, signal: sent }: Extract<InboxItem, { type: 'signal' }>): void {
    const signal = this.#sealing.openSignal(actor, sent);
    if (signal === undefined) return;
    this.#rooms.get(stream)?.signal(actor, signal);
    if (isConversationStream(stream)) return;
    this.#faces.signal(actor, signal);
    this.#presences.heard(actor, signal);
  }

  #signalFrom(session: Session, stream: StreamId, signal: Signal): void {
    const { user } = session.principal;
    if (isConversationStream(stream)) {
      if (signal.type === 'typing') this.#publishSignal(stream, user, signal);
    } else if ((stream as string) === (user as string) && signal.type === 'presence') {
      this.#presences.changed(user, signal.state);
    }
  }

  #publishSignal(stream: StreamId, actor: UserId, plain: Signal): void {
    const signal = this.#sealing.sealSignal(actor, plain);
    if (signal === undefined) return;
    const partition = partitionOf(stream, this.#options.broker.partitions);
    this.#publisher.publish(partition, { type: 'signal', stream, actor, signal }).catch((error: unknown) => {
      this.#options.log.debug({ stream, error: String(error) }, 'a signal was lost');
    });
  }

  #sweep(): void {
    const now = this.#options.clock.elapsed();
    this.#requests.sweep();
    this.#routing.sweep();
    this.#rooms.sweep();
    this.#presences.sweep();
    for (const connection of this.#connections) {
      const { session } = connection;
      if (session === undefined) {
        if (now - connection.openedAt >= limits.helloTimeoutMs) connection.late();
      } else if ((session.principal.expiresAt ?? Number.POSITIVE_INFINITY) <= this.#options.clock.now())
        connection.unauthenticated('This session has expired. Please sign in again.');
      else if (now - session.lastHeardAt > 2 * pingMs + 5_000) connection.close(1001, 'silent for too long');
    }
  }

  #flushHeads(): void {
    for (const session of this.#context.headsDirty) {
      session.flushHeads();
      if (!session.isLagging) this.#context.headsDirty.delete(session);
    }
  }

  #every(ms: number, run: () => void): void {
    const index = this.#timers.length;
    const schedule = (): void => {
      this.#timers[index] = this.#options.clock.after(ms, () => {
        run();
        schedule();
      });
    };
    schedule();
  }

  #asParleyError(error: unknown): ParleyError {
    if (error instanceof ParleyError) return error;
    this.#options.log.error({ error: error instanceof Error ? error.stack : String(error) }, 'unforeseen error');
    return new ParleyError('internal', { cause: error });
  }
}

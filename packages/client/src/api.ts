import type {
  Cid,
  ClientCommand,
  DeliveryMode,
  Head,
  ParleyError,
  Signal,
  StreamEvent,
  StreamId,
  UserId,
  WatchLevel,
} from '@parley/protocol';
import type { Outbox } from './outbox/port.ts';
import type { Platform } from './platform.ts';
import type { Rest } from './rest.ts';

/** Settings of a client. Only `url` is required. */
export interface ClientOptions {
  /** Where the server is: `https://chat.example.org`. In a browser, `location.origin`. */
  readonly url: string;
  /** The session token. A browser that signed in on the same origin has a cookie and needs none. */
  readonly token?: string;
  /**
   * Makes the session's token turn: once a day, when it connects, the client asks for a new one, uses it, and tells it
   * here to be kept in the place of the old one, which ends ten minutes later. Absent: the token stays.
   */
  readonly onToken?: (token: string) => void;
  /** Where unacknowledged sends are kept. Default: memory. See `indexedDbOutbox`, `fileOutbox`. */
  readonly outbox?: Outbox;
  /** Name and version of the program, told to the server in `hello`. The server does not use it yet: devices are named at sign-in. */
  readonly agent?: string;
  /** First and longest pause between attempts to connect; each pause is drawn at random up to its bound. Default 500 and 20,000 ms. */
  readonly backoff?: { readonly firstMs: number; readonly maxMs: number };
  /** Makes a socket with the subprotocol `parley.v1`. For tests and exotic platforms; default: the platform's own. */
  readonly webSocket?: (url: string) => WebSocket;
  /** For tests and exotic platforms; default: the platform's own. */
  readonly fetch?: typeof fetch;
  /** Numbers from 0 up to 1 that spread attempts to connect. Default: `Math.random`. */
  readonly random?: () => number;
  /** Time, timers and randomness. For tests and simulations; default: the platform's own. */
  readonly platform?: Platform;
}

/**
 * `idle`: not asked to connect yet. `online`: signed in and live. `offline`: waiting for the next attempt.
 * `signed-out`: the token was refused or revoked; no more attempts until `useToken`. `closed`: for good.
 */
export type ConnectionState = 'idle' | 'connecting' | 'online' | 'offline' | 'signed-out' | 'closed';

/** An acknowledgement. */
export interface Ack {
  /** Where the command went. */
  readonly stream: StreamId;
  /** The command's id; its event carries the same. */
  readonly cid: Cid;
  /** The seq of the event. 0 with `at-most-once`, and with `at-least-once` where the server does not wait for the store. */
  readonly seq: number;
}

/** How one command is sent. */
export interface SendOptions {
  /**
   * What is promised, and what it costs. Default `exactly-once`.
   * - `exactly-once`: kept in the outbox, resent until acknowledged, stored once however often it was sent. The commands
   *   of this client to one stream are stored in the order of the calls: while one waits (for the server, for the rate
   *   limit), those behind it in the same stream wait too. Costs a round trip between two commands to one stream. Only a
   *   command refused for good is passed over: it is in `pending` with its error, and those behind it go on.
   * - `at-least-once`: kept and resent too, but acknowledged once the server's log has it, which may be before it is
   *   stored. The resend of a lost acknowledgement may store it twice; many to one stream are under way at once, so a
   *   refused one may come after later ones.
   * - `at-most-once`: written to the socket and forgotten: no outbox, no acknowledgement, no resend, no order. Rejects
   *   with `unavailable` when there is no connection.
   */
  readonly mode?: DeliveryMode;
  /** To send again what was sent before: with `exactly-once` the answer is the first one's. Default: a new id. */
  readonly cid?: Cid;
  /** Stops waiting, for this call alone; what is in the outbox is still sent unless `cancel`led. */
  readonly signal?: AbortSignal;
}

/** An entry of the outbox, as `client.pending()` and the `outbox` event show it. */
export interface PendingSend {
  /** The command's id. */
  readonly cid: Cid;
  /** Where it is to go. */
  readonly stream: StreamId;
  /** What was sent. */
  readonly command: ClientCommand;
  /** `exactly-once` or `at-least-once`. */
  readonly mode: DeliveryMode;
  /** When `send` was called, in milliseconds since 1970. */
  readonly queuedAt: number;
  /** Set when the server refused it for good; it stays until `retry` or `cancel`, or is tried again by the next life. */
  readonly error?: ParleyError;
}

/** What `client.on` can listen to. */
export interface ClientEvents {
  /** The connection changed. `retryInMs`: until the next attempt, with `offline`. `error`: why, with `signed-out`. */
  state: { readonly state: ConnectionState; readonly retryInMs?: number; readonly error?: ParleyError };
  /** Each event of each fully watched stream once, in order of its stream. */
  event: { readonly stream: StreamId; readonly event: StreamEvent };
  /** The head of a head-watched stream moved. */
  head: Head;
  /** Passing news, never stored: typing in a watched conversation, presence and profiles of `watchFaces`. */
  signal: { readonly stream: StreamId; readonly actor: UserId; readonly signal: Signal };
  /** Too far behind: the events from after `after` up to `head` will not come. Reload history; what is new follows. */
  reset: { readonly stream: StreamId; readonly after: number; readonly head: number };
  /** The right to watch ended, or never was. */
  ended: { readonly stream: StreamId; readonly error: ParleyError };
  /** The outbox changed: something was queued, acknowledged, refused or cancelled. */
  outbox: {
    readonly stream: StreamId;
    readonly cid: Cid;
    readonly change: 'queued' | 'acknowledged' | 'refused' | 'cancelled';
    readonly seq?: number;
    readonly error?: ParleyError;
  };
}

/** How a stream is watched. */
export interface WatchOptions {
  /** `full`: every event, in order. `head`: only that something happened (for a badge), cheaper. Default `full`. */
  readonly level?: WatchLevel;
  /** The last seq already seen; the next event delivered is the one after it. Absent: only what is new. */
  readonly after?: number;
}

/**
 * A connection to a Parley server: sends with an outbox, delivers each event once and in order, resumes by itself.
 * `createClient(options)` makes one; `client.rest` holds a typed method for every REST call.
 */
export interface Client extends AsyncDisposable {
  /** Every REST call: accounts, lists, pages of history, presence. */
  readonly rest: Rest;
  /** How the connection is; changes are told by the `state` event. */
  readonly state: ConnectionState;
  /** The signed-in user, once `online`. */
  readonly user: UserId | undefined;
  /**
   * Resolves at the first `online`, however many attempts it takes; rejects with `unauthenticated`, with `unavailable`
   * when the outbox cannot be read or the client is closed, and with the signal. Later losses are repaired silently.
   */
  connect(signal?: AbortSignal): Promise<void>;
  /** Takes another token (after sign-in) and connects with it. */
  useToken(token: string | undefined): void;
  /** Ends for good. Calls of `send` that still wait are rejected with `unavailable`; what the outbox keeps, a later client sends. */
  close(): Promise<void>;
  /** Listens until the returned function is called or the signal comes. */
  on<Type extends keyof ClientEvents>(
    type: Type,
    listener: (event: ClientEvents[Type]) => void,
    options?: { signal?: AbortSignal },
  ): () => void;
  /**
   * Queues a command and resolves when it is acknowledged as its mode says (see `SendOptions`); waits out lost
   * connections, restarts and rate limits by itself. Rejects with the server's refusal, with `limit-reached` when
   * 10,000 wait already, with `unavailable` when the outbox cannot keep it, and with the signal.
   */
  send(stream: StreamId, command: ClientCommand, options?: SendOptions): Promise<Ack>;
  /** What is not acknowledged yet, of one stream or of all, oldest first. */
  pending(stream?: StreamId): readonly PendingSend[];
  /** Sends again what was refused, behind what its stream has waiting. Does nothing with an id that is not pending. */
  retry(cid: Cid): void;
  /** Takes a command out of the outbox. One that is under way may be stored all the same. */
  cancel(cid: Cid): void;
  /** Starts watching, or changes level; survives reconnects until `unwatch`. Its events come to `on('event')`. */
  watch(stream: StreamId, options?: WatchOptions): void;
  /** Stops watching. Does nothing where nothing is watched. */
  unwatch(stream: StreamId): void;
  /** Whose presence and profile changes are wanted (as `signal`s on their stream), at most 500; replaces the earlier set. */
  watchFaces(users: readonly UserId[]): void;
  /** Sends passing news (that one is typing, one's presence), at most once: lost where there is no connection. */
  signal(stream: StreamId, signal: Signal): void;
  /**
   * The events of one stream as they come, each once and in order, from after `after` (absent: only what is new). A
   * loop slower than the stream loses nothing: what does not fit its buffer is read from history. Begins with the first
   * step of the loop, and watches the stream while it lasts, so let one loop or `watch` have a stream at a time. Ends
   * with the signal, with `break` and with `close`; throws when the right to watch ends or the token is revoked.
   */
  events(stream: StreamId, options?: { after?: number; signal?: AbortSignal }): AsyncIterableIterator<StreamEvent>;
}

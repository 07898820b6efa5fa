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

/** Settings of a client. Only `url` is required. */
export interface ClientOptions {
  /** Where the server is: `https://chat.example.org`. In a browser, `location.origin`. */
  readonly url: string;
  /** The session token. A browser that signed in on the same origin has a cookie and needs none. */
  readonly token?: string;
  /** Where unacknowledged sends are kept. Default: memory. See `indexedDbOutbox`, `fileOutbox`. */
  readonly outbox?: Outbox;
  /** Named in the user's list of devices. */
  readonly agent?: string;
  /** First and longest pause between attempts to connect; each pause is drawn at random up to its bound. Default 500 and 20,000 ms. */
  readonly backoff?: { readonly firstMs: number; readonly maxMs: number };
  /** For tests and exotic platforms. Default: the platform's own. */
  readonly webSocket?: (url: string) => WebSocket;
  readonly fetch?: typeof fetch;
  readonly random?: () => number;
}

/** `online`: signed in and live. `offline`: waiting for the next attempt. `signed-out`: the token was refused; no more attempts. */
export type ConnectionState = 'idle' | 'connecting' | 'online' | 'offline' | 'signed-out' | 'closed';

/** An acknowledgement. */
export interface Ack {
  readonly stream: StreamId;
  readonly cid: Cid;
  /** The seq of the event; 0 for `at-most-once` and `at-least-once`, which do not wait for it. */
  readonly seq: number;
}

export interface SendOptions {
  /** Default `exactly-once`. */
  readonly mode?: DeliveryMode;
  /** To send again what was sent before. Default: a new one. */
  readonly cid?: Cid;
  /** Stops waiting; what is in the outbox is still sent unless `cancel`led. */
  readonly signal?: AbortSignal;
}

/** An entry of the outbox, as `client.pending()` and the `outbox` event show it. */
export interface PendingSend {
  readonly cid: Cid;
  readonly stream: StreamId;
  readonly command: ClientCommand;
  readonly mode: DeliveryMode;
  readonly queuedAt: number;
  /** Set when the server refused it for good; it stays until `retry` or `cancel`. */
  readonly error?: ParleyError;
}

/** What `client.on` can listen to. */
export interface ClientEvents {
  state: { readonly state: ConnectionState; readonly retryInMs?: number; readonly error?: ParleyError };
  /** Each event of each fully watched stream once, in order of its stream. */
  event: { readonly stream: StreamId; readonly event: StreamEvent };
  /** The head of a head-watched stream moved. */
  head: Head;
  signal: { readonly stream: StreamId; readonly actor: UserId; readonly signal: Signal };
  /** Too far behind: reload history, then `watch` again from `head`. */
  reset: { readonly stream: StreamId; readonly head: number };
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

export interface WatchOptions {
  /** Default `full`. */
  readonly level?: WatchLevel;
  /** The last seq already seen; the next event delivered is the one after it. Absent: only what is new. */
  readonly after?: number;
}

/**
 * A connection to a Parley server: sends with an outbox, delivers each event once and in order, resumes by itself.
 * `createClient(options)` makes one; `client.rest` holds a typed method for every REST call.
 */
export interface Client extends AsyncDisposable {
  readonly state: ConnectionState;
  /** The signed-in user, once `online`. */
  readonly user: UserId | undefined;
  /** Resolves at the first `online`; rejects with `unauthenticated`. Later losses are repaired silently. */
  connect(signal?: AbortSignal): Promise<void>;
  /** Takes another token (after sign-in) and connects with it. */
  useToken(token: string | undefined): void;
  close(): Promise<void>;
  on<Type extends keyof ClientEvents>(
    type: Type,
    listener: (event: ClientEvents[Type]) => void,
    options?: { signal?: AbortSignal },
  ): () => void;
  /** Queues a command and resolves when it is acknowledged as its mode says. Rejects with the server's refusal. */
  send(stream: StreamId, command: ClientCommand, options?: SendOptions): Promise<Ack>;
  pending(stream?: StreamId): readonly PendingSend[];
  retry(cid: Cid): void;
  cancel(cid: Cid): void;
  /** Starts watching, or changes level; survives reconnects until `unwatch`. */
  watch(stream: StreamId, options?: WatchOptions): void;
  unwatch(stream: StreamId): void;
  /** Whose presence and profile changes are wanted (as `signal`s on their stream); replaces the earlier set. */
  watchFaces(users: readonly UserId[]): void;
  signal(stream: StreamId, signal: Signal): void;
  /** The events of one stream as they come. Ends with the signal, or throws when the right to watch ends. */
  events(stream: StreamId, options?: { after?: number; signal?: AbortSignal }): AsyncIterableIterator<StreamEvent>;
}

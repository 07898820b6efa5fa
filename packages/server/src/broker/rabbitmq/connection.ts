import { isIP } from 'node:net';
import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { certificateFault } from '../../engine-tls.ts';
import type { Log } from '../../log.ts';
import { EngineError, reasonOf } from '../../patience.ts';
import type { RabbitSettings } from './url.ts';
import { closeTimeoutMs, within } from './within.ts';

/** AMQP heartbeats: a server that vanished without a word is noticed within twice that. */
const heartbeatSeconds = 5;
const connectTimeoutMs = 5_000;
const firstPauseMs = 100;
/** Shorter than nodes take to be missed, so that after an outage of the engine nobody is taken for dead. */
const longestPauseMs = 1_500;

/** What is set up on a connection; run again on every new one. */
export type Setup = (model: ChannelModel) => Promise<void>;

/** One connection that comes back by itself, with everything that was set up on it. */
export class RabbitConnection {
  readonly #settings: RabbitSettings;
  readonly #log: Log;
  readonly #setups = new Set<Setup>();
  #model: ChannelModel | undefined;
  #attempts = 0;
  #isClosed = false;
  #reconnecting: NodeJS.Timeout | undefined;

  constructor(settings: RabbitSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
  }

  /** For people: never with the password. */
  get engine(): string {
    return `RabbitMQ at ${this.#settings.servers.map(({ host, port }) => `${host}:${port}`).join(', ')}`;
  }

  /** The connection as it is now. @throws Error while there is none */
  get model(): ChannelModel {
    if (this.#model === undefined) throw new Error(`${this.engine} is away`);
    return this.#model;
  }

  get isAway(): boolean {
    return this.#model === undefined;
  }

  /** Whether this is the connection as it is now. */
  isNow(model: ChannelModel): boolean {
    return this.#model === model;
  }

  /** The first connection. @throws EngineError for what trying again does not mend */
  async open(): Promise<void> {
    try {
      this.#keep(await this.#connect());
    } catch (error) {
      throw explain(this.engine, error);
    }
  }

  /** Sets up now, if it can, and on every connection to come. */
  async setUp(setup: Setup): Promise<() => void> {
    this.#setups.add(setup);
    const model = this.#model;
    if (model !== undefined) {
      try {
        await setup(model);
      } catch (error) {
        // The channel's end is told before the connection's. After that the next connection sets it up.
        await new Promise((resolve) => setImmediate(resolve));
        if (this.#model === model || this.#isClosed) {
          this.#setups.delete(setup);
          throw error;
        }
      }
    }
    return () => this.#setups.delete(setup);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#reconnecting);
    const model = this.#model;
    if (model !== undefined) await within(closeTimeoutMs, model.close()).catch(() => undefined);
    this.#model = undefined;
  }

  async #connect(): Promise<ChannelModel> {
    const { servers, tls, protocol, username, password, vhost } = this.#settings;
    const server = servers[this.#attempts++ % servers.length];
    if (server === undefined) throw new Error('the URL names no server');
    const { host: hostname, port } = server;
    return connect(
      { protocol, hostname, port, username, password, vhost, heartbeat: heartbeatSeconds },
      // The name is what a certificate is checked against; amqplib passes on only what it is told.
      { ...tls, servername: isIP(hostname) === 0 ? hostname : '', timeout: connectTimeoutMs, noDelay: true },
    );
  }

  #keep(model: ChannelModel): void {
    this.#model = model;
    let reason = 'the connection was closed';
    model.on('error', (error) => {
      reason = reasonOf(error);
    });
    model.on('close', () => {
      if (this.#model === model) this.#model = undefined;
      if (this.#isClosed) return;
      this.#log.warn({ engine: this.engine, reason }, 'connection lost');
      this.#reconnectIn(firstPauseMs);
    });
  }

  #reconnectIn(pauseMs: number): void {
    const jittered = pauseMs * (0.5 + Math.random() / 2);
    this.#reconnecting = setTimeout(() => void this.#reconnect(pauseMs), jittered);
  }

  async #reconnect(pauseMs: number): Promise<void> {
    let model: ChannelModel | undefined;
    try {
      model = await this.#connect();
      if (this.#isClosed) {
        await model.close();
        return;
      }
      this.#keep(model);
      for (const setup of this.#setups) await setup(model);
      this.#log.info({ engine: this.engine }, 'connected again');
    } catch (error) {
      this.#log.warn({ engine: this.engine, reason: reasonOf(error) }, 'cannot be reached');
      // One that is open but could not be set up ends, and its end brings the next try.
      if (model !== undefined && this.#model === model) await model.close().catch(() => undefined);
      else if (!this.#isClosed) this.#reconnectIn(Math.min(pauseMs * 2, longestPauseMs));
    }
  }
}

/** A channel whose errors are its user's to notice: every request on it rejects, and its end is told. */
export async function openChannel(model: ChannelModel): Promise<Channel> {
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  return channel;
}

export async function openConfirmChannel(model: ChannelModel): Promise<ConfirmChannel> {
  const channel = await model.createConfirmChannel();
  channel.on('error', () => undefined);
  return channel;
}

/** Errors that trying again does not mend, said for an operator. */
export function explain(engine: string, error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const fatal = (sentence: string): EngineError => new EngineError(`${engine} ${sentence}`, { cause: error });
  const fault = certificateFault(error);
  if (fault !== undefined) return fatal(fault);
  if (/ACCESS[_-]REFUSED/.test(message) && /login|credentials|handshake/i.test(message))
    return fatal('refuses the user or the password in the URL.');
  if (/ACCESS[_-]REFUSED/.test(message))
    return fatal('lacks rights for this user: it needs configure, write and read on the names of its prefix.');
  // The driver shows of this refusal only that the connection was closed where it should have been opened.
  if (/NOT[_-]ALLOWED|Expected ConnectionOpenOk/.test(message))
    return fatal('does not have the virtual host of the URL, or does not let this user into it.');
  return error;
}

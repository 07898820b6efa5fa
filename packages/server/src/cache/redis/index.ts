import { createClient, createCluster, RESP_TYPES } from 'redis';
import type { Clock } from '../../clock.ts';
import { certificateFault } from '../../engine-tls.ts';
import type { Log } from '../../log.ts';
import { EngineError, reasonOf } from '../../patience.ts';
import { type CacheCounters, createBreaker } from '../breaker.ts';
import type { Cache } from '../port.ts';
import { type RedisAddress, redisAddress } from './address.ts';

export interface RedisCacheOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: CacheCounters;
}

/** Longest pause between two attempts to connect again. */
const longestPauseMs = 2_000;
/** Commands waiting for their answers; beyond it the engine is slower than the load and doing without is faster. */
const maxWaiting = 10_000;
/** Entries of Parley among others in the same Redis. */
const keyPrefix = 'parley:';

/** What this adapter needs of a client, be it of one server or of a cluster. */
interface Commands {
  get(key: string): Promise<Buffer | null>;
  getMany(keys: string[]): Promise<readonly (Buffer | null)[]>;
  set(key: string, value: Buffer, ttlMs: number): Promise<unknown>;
  del(key: string): Promise<unknown>;
  pExpire(key: string, ttlMs: number): Promise<number>;
  destroy(): void;
}

/**
 * A cache in Redis or Valkey, one server or a cluster. Commands of one tick travel together.
 * @param url see `redisAddress`
 * @throws EngineError for a URL that cannot be understood, and for an engine that answers and refuses these credentials or shows a wrong certificate.
 * An engine that cannot be reached is no error: the cache starts empty-handed and connects when it can
 */
export async function openRedisCache(url: string, { clock, log, counters }: RedisCacheOptions): Promise<Cache> {
  const address = redisAddress(url);
  const commands = await connect(address, log);
  const guarded = createBreaker({ clock, counters, timeoutMs: address.timeoutMs });
  const note = <Value>(value: Value | null): Value | undefined => {
    if (value === null) counters.misses++;
    else counters.hits++;
    return value ?? undefined;
  };
  // Redis refuses a life of 0.
  const life = (ttlMs: number): number => Math.max(1, Math.ceil(ttlMs));
  const named = (key: string): string => keyPrefix + key;

  return {
    get: (key) => guarded(async () => note(await commands.get(named(key))), undefined),
    getMany: (keys) =>
      keys.length === 0
        ? Promise.resolve([])
        : guarded(
            async () => (await commands.getMany(keys.map(named))).map(note),
            keys.map(() => undefined),
          ),
    set: (key, value, ttlMs) =>
      guarded(async () => {
        await commands.set(named(key), Buffer.from(value.buffer, value.byteOffset, value.byteLength), life(ttlMs));
      }, undefined),
    delete: (key) =>
      guarded(async () => {
        await commands.del(named(key));
      }, undefined),
    touch: (key, ttlMs) => guarded(async () => (await commands.pExpire(named(key), life(ttlMs))) === 1, false),
    close() {
      commands.destroy();
      return Promise.resolve();
    },
  };
}

async function connect(address: RedisAddress, log: Log) {
  const { servers, isCluster, isSecure, tls, user, password, database, timeoutMs } = address;
  const options = {
    commandsQueueMaxLength: maxWaiting,
    // A command that cannot be sent now is answered now: as a miss.
    disableOfflineQueue: true,
    // Finds a connection that died without a word.
    pingInterval: 1_000,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
  };
  const socket = {
    connectTimeout: Math.max(1_000, timeoutMs),
    socketTimeout: 5_000,
    reconnectStrategy: (attempts: number) => Math.min(50 * 2 ** Math.min(attempts, 6), longestPauseMs),
  };
  const typeMapping = { [RESP_TYPES.BLOB_STRING]: Buffer };
  const socketOf = ({ host, port }: { host: string; port: number }) =>
    isSecure ? { ...socket, ...tls, tls: true as const, host, port } : { ...socket, host, port };

  let isDown = false;
  const refusals: EngineError[] = [];
  const where = servers.map(({ host, port }) => `${host}:${port}`).join(', ');
  const failed = (error: unknown): void => {
    const reason = reasonOf(error);
    if (/WRONGPASS|NOAUTH|NOPERM/.test(reason))
      refusals.push(new EngineError(`Redis at ${where} refuses these credentials: ${reason}.`, { cause: error }));
    const fault = certificateFault(error);
    if (fault !== undefined) refusals.push(new EngineError(`Redis at ${where} ${fault}`, { cause: error }));
    if (!isDown) log.warn({ engine: `Redis at ${where}`, reason }, 'the cache is down; Parley goes on without it');
    isDown = true;
  };
  const ready = (): void => {
    if (isDown) log.info({ engine: `Redis at ${where}` }, 'the cache is back');
    isDown = false;
  };
  const started = async (connecting: Promise<unknown>, destroy: () => void): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, socket.connectTimeout);
    });
    await Promise.race([connecting.catch(failed), patience]);
    clearTimeout(timer);
    const [refusal] = refusals;
    if (refusal === undefined) return;
    destroy();
    throw refusal;
  };

  if (isCluster) {
    const cluster = createCluster({
      rootNodes: servers.map((server) => ({ socket: socketOf(server) })),
      defaults: { ...options, socket: isSecure ? { ...socket, ...tls, tls: true } : socket },
    });
    cluster.on('error', failed).on('connect', ready);
    await started(cluster.connect(), () => cluster.destroy());
    const bytes = cluster.withTypeMapping(typeMapping);
    return {
      get: (key) => bytes.get(key),
      // Keys of a cluster live on different servers; what is asked in one tick travels together to each.
      getMany: (keys) => Promise.all(keys.map((key) => bytes.get(key))),
      set: (key, value, ttlMs) => bytes.set(key, value, { expiration: { type: 'PX', value: ttlMs } }),
      del: (key) => bytes.del(key),
      pExpire: (key, ttlMs) => bytes.pExpire(key, ttlMs),
      destroy: () => cluster.destroy(),
    } satisfies Commands;
  }
  const [server] = servers;
  const client = createClient({ ...options, ...(server && { socket: socketOf(server) }), database });
  client.on('error', failed).on('ready', ready);
  await started(client.connect(), () => client.destroy());
  const bytes = client.withTypeMapping(typeMapping);
  return {
    get: (key) => bytes.get(key),
    getMany: (keys) => bytes.mGet(keys),
    set: (key, value, ttlMs) => bytes.set(key, value, { expiration: { type: 'PX', value: ttlMs } }),
    del: (key) => bytes.del(key),
    pExpire: (key, ttlMs) => bytes.pExpire(key, ttlMs),
    destroy: () => client.destroy(),
  } satisfies Commands;
}

import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Server as TlsServer } from 'node:https';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { newUserId, ParleyError, type UserId } from '@parley/protocol';
import { pino } from 'pino';
import type { Registry } from 'prom-client';
import { Accounts } from './accounts/index.ts';
import { openProvider } from './accounts/open-provider.ts';
import { SessionWatch } from './accounts/session-watch.ts';
import { AuditCuts } from './audit/cut.ts';
import { Audit } from './audit/index.ts';
import { Refusals } from './audit/refusals.ts';
import { openBroker } from './broker/registry.ts';
import { newCounters } from './cache/breaker.ts';
import { openCache } from './cache/registry.ts';
import { systemClock } from './clock.ts';
import { type Config, ConfigError } from './config/index.ts';
import { openEncryption } from './encryption/index.ts';
import { type Keyring, KeyringError } from './encryption/keyring/port.ts';
import { type EndingStep, endInTurn } from './ending.ts';
import { Gateway } from './gateway/index.ts';
import { Naming } from './gateway/naming.ts';
import type { ClientSocket } from './gateway/socket.ts';
import { createSocketIo, socketIoPath } from './gateway/socket-io/index.ts';
import { attachWebSockets } from './gateway/websocket.ts';
import { addressOf } from './http/address.ts';
import { isOriginAllowed, isUpgradeSecure, tokenOf } from './http/authentication.ts';
import { createHttp } from './http/index.ts';
import { readTls, tlsFilesOf, watchTls } from './http/tls.ts';
import { CommandLimits } from './limits/command-limits.ts';
import { SharedRates } from './limits/shared-rates.ts';
import { openMailer } from './mail/open.ts';
import { collectMetrics } from './metrics.ts';
import { createModeration } from './moderation/index.ts';
import { EngineError, untilReachable } from './patience.ts';
import { deleteAccount } from './personal/delete.ts';
import { exportAccount } from './personal/export.ts';
import { enduring, readiness, storeReadiness } from './readiness.ts';
import { createReads } from './reads/index.ts';
import { createStates } from './reads/states.ts';
import { Sequencer } from './sequencer/index.ts';
import { openStore } from './store/registry.ts';
import { type HubOptions, openHub } from './workers/hub.ts';

/** A running node. */
export interface Node {
  /** Where people reach it: the public URL, if one is set. */
  readonly url: string;
  /** What it listens on; chosen by the system where the settings said 0. */
  readonly port: number;
  /** Whether any account exists; without one, the first to be made becomes the owner. */
  readonly hasOwner: boolean;
  /** What this process measures. */
  readonly metrics: Registry;
  /** Drains and ends: no new work, answers out, clients told to come back. Resolves within `config.drainMs` and a second. */
  stop(): Promise<void>;
}

export interface NodeOptions {
  /** For tests of a full disk: SQLite refuses to grow beyond so many pages of 4 KiB. */
  readonly maxStorePages?: number;
  /** Instead of the one that the settings name. */
  readonly keyring?: Keyring;
  /** One of several processes of a server: its name in metrics, and what `/metrics` tells in place of its own alone. */
  readonly process?: {
    readonly name: string;
    readonly metrics?: (own: Registry) => Promise<Pick<Registry, 'contentType' | 'metrics'>>;
  };
  /** Lends its engines to other processes of this machine, and serves no client itself. */
  readonly lends?: Pick<HubOptions, 'path' | 'lost'>;
}

/** Past the time for draining: letting go of engines. One that is away is not waited for longer. */
const endMs = 1_000;

const systemIds = { now: () => Date.now(), random: (count: number) => crypto.getRandomValues(new Uint8Array(count)) };

/**
 * Puts the roles of one process together; the only file that knows every adapter.
 * @throws ConfigError with one clear line: port taken, folder not writable, an engine that cannot be reached, refuses, is in use or from a newer version; a keyring that does not serve
 */
export async function startNode(config: Config, options: NodeOptions = {}): Promise<Node> {
  const log = pino(
    { level: config.logLevel, base: {}, redact: ['req.headers.authorization', 'req.headers.cookie'] },
    pino.destination(2),
  );
  const version = versionOf();
  const node = `n_${newUserId().slice(2)}`;
  const clock = systemClock;
  const roles = new Set(config.roles);
  if (config.broker.startsWith('memory:') && roles.size < 3 && options.lends === undefined) {
    throw new ConfigError(
      'The broker memory: reaches no other process, so this one must have every role. Leave --roles out, or choose a --broker that is shared.',
    );
  }
  const tlsFiles = tlsFilesOf(config);
  const tls = tlsFiles === undefined ? undefined : readTls(tlsFiles);
  const mailer = await openMailer(config);
  const provider = openProvider(config);
  const engine = await orConfigError(
    openStore(config.store ?? `sqlite:${join(config.data, 'parley.db')}`, {
      log,
      ...(options.maxStorePages === undefined ? {} : { maxPages: options.maxStorePages }),
    }),
  );
  const opened: { close(): Promise<void> }[] = [engine];
  const closeOpened = async (error: unknown): Promise<never> => {
    for (const one of opened) await one.close();
    throw error;
  };
  const keyring = options.keyring ?? config.keyring;
  const encryption = await orConfigError(openEncryption({ keyring, store: engine, clock, log })).catch(closeOpened);
  const { store } = encryption;
  const { partitions } = config;
  const broker = await orConfigError(openBroker(config.broker, { partitions, log })).catch(closeOpened);
  opened.push(broker);
  const cacheCounters = newCounters();
  const cache = await orConfigError(openCache(config.cache, { clock, log, counters: cacheCounters })).catch(
    closeOpened,
  );
  opened.push(cache);
  const states = createStates({ store });
  const checkStore = (): Promise<void> => engine.check();
  const sequencer = new Sequencer({ node, broker, store: engine, clock, ids: systemIds, log, checkStore });
  /** The store may go away again while a node starts. */
  const patiently = <Result>(read: () => Promise<Result>): Promise<Result> =>
    orConfigError(untilReachable({ engine: 'The store', log }, read));
  let url = '';
  const rates = new SharedRates({ node, cache, clock, nodes: () => gateway.nodes });
  const accounts = new Accounts({
    store,
    clock,
    registration: config.registration,
    publicUrl: () => config.publicUrl?.replace(/\/$/, '') ?? url,
    onRevoked: (sessions) => gateway.revoke(sessions),
    knowsEndings: () => sessionWatch.isFresh,
    mailer,
    serverName: config.name,
    log,
    provider,
    welcomesByProvider: config.oidcSignUp,
    refuse: (user) => moderation.bans.refuse(user),
    rates,
  });
  const audit = new Audit({ store, clock, log, node });
  const auditCuts = new AuditCuts({ store, audit, clock, log, keepDays: config.auditKeepDays });
  const refusals = new Refusals(audit, rates);
  const limits = new CommandLimits(rates, { perSecond: config.ratePerSecond, burst: config.rateBurst });
  const endSessions = async (user: UserId): Promise<void> => {
    const ids = (await accounts.sessions.list(user)).map(({ id }) => id);
    gateway.revoke(await accounts.sessions.end(user, ids));
  };
  const moderation = createModeration({
    store,
    states,
    clock,
    log,
    audit,
    refusals,
    limits,
    endSessions,
  });
  const gateway = new Gateway({
    node,
    gate: moderation.gate,
    sealing: new Naming(async (name) => (await store.accountByName(name))?.id, clock).before(encryption.sealing),
    broker,
    store,
    states,
    cache,
    clock,
    log,
    defer: setImmediate,
    random: Math.random,
    rate: { perSecond: config.ratePerSecond, burst: config.rateBurst },
    rates,
    socketCaps: { perAddress: config.socketsPerAddress, perAccount: config.socketsPerAccount },
    authenticate: (token) => accounts.sessions.authenticate(token),
    onEffectAnswered: (ref, stored) => sequencer.followUps.answered(ref, stored),
  });
  const sessionWatch = new SessionWatch({
    store,
    clock,
    log,
    onEnded: (sessions) => {
      accounts.sessions.forgetEnded(sessions);
      gateway.closeSessions(sessions);
    },
    open: () => gateway.openSessions(),
    used: (sessions) => accounts.sessions.used(sessions),
  });
  const cookieOrBearer = ({ headers }: IncomingMessage): string | undefined => {
    const presented = tokenOf(headers, isUpgradeSecure(headers, config));
    return presented?.isOldName === true ? undefined : presented?.token;
  };
  let isDraining = false;
  // Who has no share of the work is not left out of it either.
  const canUseStore = roles.has('sequencer') ? storeReadiness(broker, checkStore) : checkStore;
  const canUseBroker = enduring(() => broker.check(), clock);
  const canUseEngines = readiness(async () => void (await Promise.all([canUseStore(), canUseBroker()])), clock);
  const reads = createReads({ store, states, presenceOf: (users) => gateway.presenceOf(users) });
  const metrics = collectMetrics(gateway, sequencer, cacheCounters, encryption.damaged);
  if (options.process !== undefined) metrics.setDefaultLabels({ process: options.process.name });
  const http = await createHttp({
    config,
    version,
    accounts,
    gateway,
    reads,
    moderation,
    rates,
    audit,
    refusals,
    exportOf: (user) => exportAccount({ store, states, emailOf: (of) => accounts.emails.of(of) }, user),
    deletionOf: (user, written) =>
      deleteAccount(
        { store, states, gateway, bans: moderation.bans, endSessions, forgetEmail: (of) => accounts.emails.remove(of) },
        user,
        written,
      ),
    clock,
    metrics: (await options.process?.metrics?.(metrics)) ?? metrics,
    log,
    webRoot: webRootOf(),
    tls,
    checkReady: async () => {
      if (isDraining) throw new ParleyError('draining');
      await canUseEngines();
    },
  });
  const accept = (socket: ClientSocket, request: IncomingMessage) =>
    gateway.accept(socket, cookieOrBearer(request), addressOf(request, config.trustProxy));
  const socketIo = config.socketIo ? createSocketIo({ accept }) : undefined;
  const detach = attachWebSockets(http.server, {
    ...(socketIo === undefined ? {} : { others: new Map([[socketIoPath, socketIo.upgrade]]) }),
    isAccepting: () => !isDraining && roles.has('gateway'),
    isOriginAllowed: (origin, request) => isOriginAllowed(origin, request.headers.host, config),
    accept,
  });

  await patiently(() => moderation.filters.start());
  rates.start();
  await gateway.start();
  sessionWatch.start();
  encryption.start((stream) => {
    states.forget(stream);
    gateway.textsErased(stream);
  });
  const membership = await broker.join({ node, roles: config.roles });
  if (roles.has('sequencer')) {
    await sequencer.start();
    auditCuts.start();
  }
  const hub =
    options.lends === undefined
      ? undefined
      : await openHub({ ...options.lends, broker, store: engine, cache, metrics });
  let stopWatchingTls = (): void => undefined;
  const end = (withinMs: number): Promise<void> => {
    stopWatchingTls();
    detach();
    socketIo?.close();
    sessionWatch.stop();
    auditCuts.stop();
    encryption.stop();
    moderation.filters.stop();
    rates.stop();
    const steps: readonly EndingStep[] = [
      ['gateway', () => gateway.stop()],
      ['sequencer', () => sequencer.stop()],
      ['membership', () => membership.close()],
      ['http', () => http.close()],
      ['accounts', () => accounts.background.idle()],
      ['mailer', () => mailer?.close()],
      ['audit', () => audit.stop()],
      ['hub', () => hub?.close()],
      ['store', () => store.close()],
      ['broker', () => broker.close()],
      ['cache', () => cache.close()],
    ];
    return endInTurn(steps, performance.now() + withinMs, log);
  };
  try {
    if (options.lends === undefined) await http.listen({ port: config.port, host: config.host });
  } catch (error) {
    await end(endMs + config.drainMs);
    throw listenError(error, config);
  }
  const address = http.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  url = `${tls === undefined ? 'http' : 'https'}://localhost:${port}`;
  if (tlsFiles !== undefined && http.server instanceof TlsServer) {
    const { server } = http;
    stopWatchingTls = watchTls(tlsFiles, log, (material) => server.setSecureContext(material));
  }
  const hasOwner = await patiently(() => store.hasAccounts());
  audit.record({ act: 'node.started', detail: { version } });
  log.info({ version, port, data: config.data }, 'ready');
  return {
    url: config.publicUrl ?? url,
    port,
    hasOwner,
    metrics,
    async stop() {
      isDraining = true;
      log.info({}, 'draining');
      const deadline = performance.now() + config.drainMs + endMs;
      await gateway.drain(config.drainMs);
      await end(deadline - performance.now());
      log.info({}, 'stopped');
    },
  };
}

/** What an engine refuses is for whoever wrote the settings. */
function orConfigError<Engine>(opening: Promise<Engine>): Promise<Engine> {
  return opening.catch((error: unknown) => {
    throw error instanceof EngineError || error instanceof KeyringError
      ? new ConfigError(error.message, { cause: error })
      : error;
  });
}

function listenError(error: unknown, { port, host }: Config): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new ConfigError(`Port ${port} is taken. Choose another one with --port, or stop what is using it.`, {
      cause: error,
    });
  if (code === 'EACCES')
    return new ConfigError(`Port ${port} may not be opened by this user. Choose one above 1023 with --port.`, {
      cause: error,
    });
  if (code === 'EADDRNOTAVAIL')
    return new ConfigError(`This machine has no address ${host}. Choose another one with --host.`, { cause: error });
  return error;
}

/** The built web client: in the repository beside this package, or where `@parley/web` is installed. */
function webRootOf(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve('@parley/web/package.json');
    return join(dirname(manifest), 'dist', 'site');
  } catch {
    return resolve(import.meta.dirname, '../../web/dist/site');
  }
}

function versionOf(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}

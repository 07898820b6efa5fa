import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pino } from 'pino';
import { type Config, ConfigError } from '../config/index.ts';
import { localUrl } from '../link.ts';
import { type Node, startNode } from '../node.ts';
import { Crew } from './crew.ts';

/**
 * One server of several processes on one machine: this one orders and stores, `config.workers` others serve clients. It
 * answers to its callers as one node does.
 * @throws ConfigError as `startNode` does, and where the engines are not embedded
 */
export async function startWorkers(config: Config): Promise<Node> {
  if (!config.broker.startsWith('memory:') || config.roles.length < 3) {
    throw new ConfigError(
      '--workers shares the embedded engines between processes of one machine. With a --broker that is shared already, or with --roles, leave it out and start as many servers as you want.',
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'parley-'));
  const hub = process.platform === 'win32' ? `\\\\.\\pipe\\${basename(folder)}` : join(folder, 'hub');
  const leave = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const owner = await startNode(
    { ...config, roles: ['sequencer'] },
    { process: { name: 'owner' }, lends: { path: hub, lost: (pid) => crew.lost(pid) } },
  ).catch(async (error: unknown) => {
    await leave();
    throw error;
  });
  const crew = new Crew({
    size: config.workers,
    start: { config: lentTo(config, hub), hub },
    log: pino({ level: config.logLevel, base: {} }, pino.destination(2)),
  });
  const stop = async (): Promise<void> => {
    await crew.stop(config.drainMs);
    await owner.stop();
    await leave();
  };
  const place = await crew.start().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { ...place, hasOwner: owner.hasOwner, metrics: owner.metrics, stop };
}

/** The settings of a process that serves: whatever is embedded is the owner's. */
function lentTo(config: Config, hub: string): Config {
  const store = config.store ?? `sqlite:${join(config.data, 'parley.db')}`;
  const file = resolve(store.slice('sqlite:'.length));
  return {
    ...config,
    roles: ['gateway', 'http'],
    broker: localUrl(hub),
    store: store.startsWith('sqlite:') ? localUrl(hub, { file }) : store,
    cache: config.cache.startsWith('memory:') ? localUrl(hub) : config.cache,
  };
}

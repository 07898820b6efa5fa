import type { Log } from '../log.ts';
import { EngineError } from '../patience.ts';
import type { Broker } from './port.ts';

/** What every broker is opened with, whatever its engine. */
export interface OpenBrokerOptions {
  /** Partitions of the log; fixed at installation. */
  readonly partitions: number;
  readonly log: Log;
  /** Longest time to wait for an engine that cannot be reached. Default 60 s. */
  readonly startWithinMs?: number;
}

type Open = (url: string, options: OpenBrokerOptions) => Promise<Broker>;

/** Loaded when asked for: an embedded start pays for no driver. */
const engines: Readonly<Record<string, Open>> = {
  'memory:': async (_url, { partitions }) => {
    const { createMemoryBroker } = await import('./memory/index.ts');
    return createMemoryBroker({ partitions }).connect();
  },
  'kafka:': async (url, options) => (await import('./kafka/index.ts')).openKafkaBroker(url, options),
  'amqp:': async (url, options) => (await import('./rabbitmq/index.ts')).openRabbitBroker(url, options),
  'amqps:': async (url, options) => (await import('./rabbitmq/index.ts')).openRabbitBroker(url, options),
};

/** How the URL of a broker may begin. */
export const brokerSchemes: readonly string[] = Object.keys(engines);

/** Not for settings: the processes of one server give it to each other. */
const local: Open = async (url) => (await import('./local/index.ts')).openLocalBroker(url);

/**
 * Opens the broker that the URL names.
 * @throws EngineError that says which engine, where, and what to do
 */
export async function openBroker(url: string, options: OpenBrokerOptions): Promise<Broker> {
  const open = url.startsWith('local:') ? local : engines[`${url.split(':', 1)[0]}:`];
  if (open === undefined)
    throw new EngineError(`There is no broker for ${url.split(':', 1)[0]}:. Known: ${brokerSchemes.join(', ')}.`);
  return open(url, options);
}

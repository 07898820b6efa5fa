import { readFileSync } from 'node:fs';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { EngineError } from '../patience.ts';

const mechanisms = { plain: 'PLAIN', 'scram-sha-256': 'SCRAM-SHA-256', 'scram-sha-512': 'SCRAM-SHA-512' } as const;
const compressions = ['zstd', 'lz4', 'snappy', 'gzip', 'none'] as const;

/** What a Kafka URL says. */
export interface KafkaSettings {
  readonly servers: readonly { readonly host: string; readonly port: number }[];
  /** Begins the names of topics and of the consumer group. */
  readonly prefix: string;
  readonly tls: TlsOptions | undefined;
  readonly sasl:
    | {
        readonly mechanism: (typeof mechanisms)[keyof typeof mechanisms];
        readonly username: string;
        readonly password: string;
      }
    | undefined;
  /** Copies of each topic when it is made; undefined: as the brokers say. */
  readonly replicas: number | undefined;
  readonly compression: (typeof compressions)[number];
  /** Partitions of the topic of inboxes: about twice the number of nodes, so that few of them share one. */
  readonly inboxes: number;
  readonly maxQueued: number;
  readonly patienceMs: number;
}

const form =
  'kafka://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT] …][/PREFIX][?tls=true&ca=FILE&sasl=scram-sha-512&replicas=3 …]';

/** @throws EngineError that says which part is wrong */
export function parseKafkaUrl(url: string): KafkaSettings {
  // Not the URL class: it knows no list of hosts.
  const match = /^kafka:\/\/(?:([^@/]*)@)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(url);
  if (match === null) throw new EngineError(`The broker's URL is not of the form ${form}.`);
  const [, credentials, hosts = '', prefix = '', search = ''] = match;
  const options = new URLSearchParams(search);
  const settings = {
    servers: hosts.split(',').map(parseServer),
    prefix: prefix === '' ? 'parley' : prefix,
    tls: parseTls(options),
    sasl: parseSasl(credentials, options),
    replicas: options.has('replicas') ? parseNumber(options, 'replicas', 1, 32_767, 1) : undefined,
    compression: oneOf(options, 'compression', compressions, 'zstd'),
    inboxes: parseNumber(options, 'inboxes', 1, 10_000, 128),
    maxQueued: parseNumber(options, 'maxQueued', 1, 10_000_000, 20_000),
    patienceMs: parseNumber(options, 'patienceMs', 100, 600_000, 10_000),
  };
  const known = ['tls', 'ca', 'cert', 'key', 'sasl', 'replicas', 'compression', 'inboxes', 'maxQueued', 'patienceMs'];
  const unknown = [...options.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new EngineError(
      `The broker's URL has an option ${unknown} that Kafka does not take here. Known: ${known.join(', ')}.`,
    );
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(settings.prefix))
    throw new EngineError(
      `The prefix ${settings.prefix} in the broker's URL may hold letters, digits, dots, dashes and underscores only.`,
    );
  return settings;
}

function parseServer(server: string): { host: string; port: number } {
  const match = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(server);
  if (match === null) throw new EngineError(`The broker's URL has a host that cannot be read: ${server}.`);
  const [, host = '', port] = match;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? 9092) };
}

function parseTls(options: URLSearchParams): TlsOptions | undefined {
  const given = options.get('tls');
  if (given === null || given === 'false') return undefined;
  if (given !== 'true') throw new EngineError(`tls in the broker's URL is ${given}; it takes true or false.`);
  const files = (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const path = options.get(name);
    return path === null ? [] : [[name, read(path, name)] as const];
  });
  return Object.fromEntries(files);
}

function read(path: string, name: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new EngineError(`${name} in the broker's URL names a file that cannot be read: ${path}.`, { cause });
  }
}

function parseSasl(credentials: string | undefined, options: URLSearchParams): KafkaSettings['sasl'] {
  const mechanism = oneOf(options, 'sasl', ['plain', 'scram-sha-256', 'scram-sha-512'] as const, 'plain');
  if (credentials === undefined) {
    if (options.has('sasl')) throw new EngineError('The broker’s URL has sasl but no USER:PASSWORD@ before the host.');
    return undefined;
  }
  const [username = '', password = ''] = credentials.split(/:(.*)/s, 2).map(decodeURIComponent);
  return { mechanism: mechanisms[mechanism], username, password };
}

function oneOf<Word extends string>(
  options: URLSearchParams,
  name: string,
  words: readonly Word[],
  fallback: Word,
): Word {
  const given = options.get(name) ?? fallback;
  const word = words.find((each) => each === given);
  if (word === undefined)
    throw new EngineError(`${name} in the broker's URL is ${given}; it takes one of: ${words.join(', ')}.`);
  return word;
}

function parseNumber(options: URLSearchParams, name: string, min: number, max: number, fallback: number): number {
  const given = options.get(name);
  const value = given === null ? fallback : Number(given);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new EngineError(`${name} in the broker's URL is ${given}; it takes a whole number from ${min} to ${max}.`);
  return value;
}

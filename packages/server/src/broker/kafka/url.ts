import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { readTls, tlsOptions } from '../../engine-tls.ts';
import { flagOption, numberOption, parseEngineUrl } from '../../engine-url.ts';
import { EngineError } from '../../patience.ts';

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

const known = ['tls', ...tlsOptions, 'sasl', 'replicas', 'compression', 'inboxes', 'maxQueued', 'patienceMs'];

/**
 * Reads `kafka://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT] …][/PREFIX][?OPTION=VALUE …]`.
 * @throws EngineError that says which part is wrong
 */
export function parseKafkaUrl(url: string): KafkaSettings {
  const { servers, user, password, path, options } = parseEngineUrl(url, 9092, known);
  const prefix = path === '' ? 'parley' : path;
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(prefix)) {
    throw new EngineError(
      `The prefix ${prefix} in the broker's URL may hold letters, digits, dots, dashes and underscores only.`,
    );
  }
  const isSecure = flagOption(options, 'tls');
  const tls = readTls(options, isSecure, 'tls=true');
  return {
    servers,
    prefix,
    tls: isSecure ? tls : undefined,
    sasl: readSasl(user, password, options),
    replicas: options.has('replicas') ? numberOption(options, 'replicas', 1, 1, 32_767) : undefined,
    compression: oneOf(options, 'compression', compressions, 'zstd'),
    inboxes: numberOption(options, 'inboxes', 128, 1, 10_000),
    maxQueued: numberOption(options, 'maxQueued', 20_000, 1, 10_000_000),
    patienceMs: numberOption(options, 'patienceMs', 10_000, 100, 600_000),
  };
}

function readSasl(
  username: string | undefined,
  password: string | undefined,
  options: URLSearchParams,
): KafkaSettings['sasl'] {
  const words = Object.keys(mechanisms) as (keyof typeof mechanisms)[];
  const mechanism = mechanisms[oneOf(options, 'sasl', words, 'plain')];
  if (username !== undefined) return { mechanism, username, password: password ?? '' };
  if (options.has('sasl')) throw new EngineError("The broker's URL has sasl= but no USER:PASSWORD@ before the host.");
  return undefined;
}

function oneOf<Word extends string>(
  options: URLSearchParams,
  name: string,
  words: readonly Word[],
  fallback: Word,
): Word {
  const given = options.get(name) ?? fallback;
  const word = words.find((each) => each === given);
  if (word !== undefined) return word;
  throw new EngineError(`${name}=${given} in the broker's URL must be one of: ${words.join(', ')}.`);
}

import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { readTls, tlsOptions } from '../../engine-tls.ts';
import { numberOption, parseEngineUrl } from '../../engine-url.ts';
import { EngineError } from '../../patience.ts';

/** What an AMQP URL says. */
export interface RabbitSettings {
  readonly protocol: 'amqp' | 'amqps';
  /** The nodes of the cluster; one after the other is tried. */
  readonly servers: readonly { readonly host: string; readonly port: number }[];
  readonly username: string;
  readonly password: string;
  readonly vhost: string;
  /** Begins the names of queues and exchanges. */
  readonly prefix: string;
  readonly tls: TlsOptions;
  readonly maxQueued: number;
  readonly patienceMs: number;
}

const known = ['prefix', ...tlsOptions, 'maxQueued', 'patienceMs'];

/**
 * Reads `amqp[s]://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT] …][/VHOST][?OPTION=VALUE …]`.
 * @throws EngineError that says which part is wrong
 */
export function parseRabbitUrl(url: string): RabbitSettings {
  const isTls = url.startsWith('amqps:');
  const { servers, user, password, path, options } = parseEngineUrl(url, isTls ? 5671 : 5672, known);
  const prefix = options.get('prefix') ?? 'parley';
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(prefix)) {
    throw new EngineError(
      `The prefix ${prefix} in the broker's URL may hold letters, digits, dots, dashes and underscores only.`,
    );
  }
  return {
    protocol: isTls ? 'amqps' : 'amqp',
    servers,
    username: user ?? 'guest',
    password: password ?? 'guest',
    vhost: path === '' ? '/' : path,
    prefix,
    tls: readTls(options, isTls, 'amqps: instead of amqp:'),
    maxQueued: numberOption(options, 'maxQueued', 20_000, 1, 10_000_000),
    patienceMs: numberOption(options, 'patienceMs', 10_000, 100, 600_000),
  };
}

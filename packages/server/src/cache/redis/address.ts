import type { ConnectionOptions } from 'node:tls';
import { readTls, tlsOptions } from '../../engine-tls.ts';
import { flagOption, numberOption, parseEngineUrl } from '../../engine-url.ts';
import { EngineError } from '../../patience.ts';

export interface RedisAddress {
  readonly servers: readonly { readonly host: string; readonly port: number }[];
  readonly isCluster: boolean;
  readonly isSecure: boolean;
  readonly tls: ConnectionOptions;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly timeoutMs: number;
}

/**
 * `redis[s]://[user:password@]host[:port][,host…][/database][?cluster=true&timeout=50&ca=FILE&cert=FILE&key=FILE]`. Several hosts are
 * a cluster. `timeout` is in milliseconds. TLS with `rediss`.
 * @throws EngineError
 */
export function redisAddress(url: string): RedisAddress {
  const { scheme, servers, user, password, path, options } = parseEngineUrl(url, 6379, [
    'cluster',
    'timeout',
    ...tlsOptions,
  ]);
  const isCluster = flagOption(options, 'cluster') || servers.length > 1;
  const database = Number(path === '' ? '0' : path);
  if (!Number.isInteger(database) || database < 0)
    throw new EngineError(`A Redis database is a number, such as redis://host/1, not “${path}”.`);
  if (isCluster && database !== 0) throw new EngineError('A Redis cluster has one database, 0. Leave the number away.');
  return {
    servers,
    isCluster,
    isSecure: scheme === 'rediss',
    tls: readTls(options, scheme === 'rediss', 'rediss: instead of redis:'),
    user,
    password,
    database,
    timeoutMs: numberOption(options, 'timeout', 50, 5, 1_000),
  };
}

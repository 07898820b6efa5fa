import type { ConnectionOptions } from 'node:tls';
import { readTls, tlsOptions } from '../../engine-tls.ts';
import { flagOption, numberOption, parseEngineUrl } from '../../engine-url.ts';
import { EngineError } from '../../patience.ts';

/** How many replicas answer before a write or read counts as done. Weaker ones would lose what was acknowledged. */
const consistencies = ['LOCAL_QUORUM', 'QUORUM', 'EACH_QUORUM', 'ALL'] as const;
/** Where writers of one stream agree: in all data centres together, or within one. */
const agreements = ['SERIAL', 'LOCAL_SERIAL'] as const;

export interface CassandraAddress {
  readonly servers: readonly { readonly host: string; readonly port: number }[];
  readonly keyspace: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** The one to talk to; found by asking the first server when absent. */
  readonly datacenter: string | undefined;
  /** Replicas in the data centre, used when the keyspace is made and held against it afterwards. */
  readonly replication: number | undefined;
  readonly consistency: (typeof consistencies)[number];
  readonly serial: (typeof agreements)[number];
  /** Absent: without TLS. */
  readonly tls: ConnectionOptions | undefined;
  readonly timeoutMs: number;
  /** Connections to each server. One carries 2,048 requests at a time. */
  readonly pool: number;
}

/**
 * `cassandra://[user:password@]host[:port][,host…]/keyspace[?datacenter=dc1&replication=3&consistency=LOCAL_QUORUM&serial=SERIAL&tls=true&ca=FILE&cert=FILE&key=FILE&timeout=5000&pool=2]`;
 * `timeout` is in milliseconds.
 * @throws EngineError
 */
export function cassandraAddress(url: string): CassandraAddress {
  const { servers, user, password, path, options } = parseEngineUrl(url, 9042, [
    'datacenter',
    'replication',
    'consistency',
    'serial',
    'tls',
    ...tlsOptions,
    'timeout',
    'pool',
  ]);
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(path))
    throw new EngineError(
      `“${path}” is no name of a keyspace: small letters, digits and _, such as cassandra://host/parley.`,
    );
  const isSecure = flagOption(options, 'tls');
  const tls = readTls(options, isSecure, 'tls=true');
  return {
    servers,
    keyspace: path,
    user,
    password,
    datacenter: options.get('datacenter') ?? undefined,
    replication: options.has('replication') ? numberOption(options, 'replication', 3, 1, 100) : undefined,
    consistency: oneOf(options, 'consistency', consistencies),
    serial: oneOf(options, 'serial', agreements),
    tls: isSecure ? tls : undefined,
    timeoutMs: numberOption(options, 'timeout', 5_000, 100, 60_000),
    pool: numberOption(options, 'pool', 2, 1, 64),
  };
}

function oneOf<Name extends string>(options: URLSearchParams, option: string, names: readonly [Name, ...Name[]]): Name {
  const text = options.get(option);
  const found = text === null ? names[0] : names.find((name) => name === text.toUpperCase());
  if (found === undefined)
    throw new EngineError(`The option ${option}=${text} is not known here. It takes ${names.join(', ')}.`);
  return found;
}

import { readFileSync } from 'node:fs';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { EngineError } from '../patience.ts';

/** What an AMQP URL says. */
export interface RabbitSettings {
  /** Of each server of the cluster, for the driver: with credentials, without our options. */
  readonly servers: readonly { readonly url: string; readonly shown: string }[];
  /** Begins the names of queues and exchanges. */
  readonly prefix: string;
  readonly tls: TlsOptions;
  readonly maxQueued: number;
  readonly patienceMs: number;
}

const form = 'amqp[s]://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT] …][/VHOST][?prefix=parley&ca=FILE …]';
const known = ['prefix', 'ca', 'cert', 'key', 'maxQueued', 'patienceMs'];

/** @throws EngineError that says which part is wrong */
export function parseRabbitUrl(url: string): RabbitSettings {
  // Not the URL class: it knows no list of hosts.
  const match = /^(amqps?):\/\/(?:([^@/]*)@)?([^/?]+)(\/[^?]*)?(?:\?(.*))?$/.exec(url);
  if (match === null) throw new EngineError(`The broker's URL is not of the form ${form}.`);
  const [, scheme = '', credentials, hosts = '', path = '', search = ''] = match;
  const options = new URLSearchParams(search);
  const unknown = [...options.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const all = known.join(', ');
    throw new EngineError(`The broker's URL has an option ${unknown} that RabbitMQ does not take here. Known: ${all}.`);
  }
  const prefix = options.get('prefix') ?? 'parley';
  if (!/^[A-Za-z0-9._-]{1,200}$/.test(prefix)) {
    throw new EngineError(
      `The prefix ${prefix} in the broker's URL may hold letters, digits, dots, dashes and underscores only.`,
    );
  }
  // A path of nothing but a slash is the default virtual host too, as people mean it.
  const vhost = path === '' || path === '/' ? '' : path;
  const files = (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const file = options.get(name);
    return file === null ? [] : [[name, read(file, name)] as const];
  });
  return {
    servers: hosts.split(',').map((host) => ({
      url: `${scheme}://${credentials === undefined ? '' : `${credentials}@`}${host}${vhost}`,
      shown: host,
    })),
    prefix,
    tls: Object.fromEntries(files),
    maxQueued: parseNumber(options, 'maxQueued', 1, 10_000_000, 20_000),
    patienceMs: parseNumber(options, 'patienceMs', 100, 600_000, 10_000),
  };
}

function read(path: string, name: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new EngineError(`${name} in the broker's URL names a file that cannot be read: ${path}.`, { cause });
  }
}

function parseNumber(options: URLSearchParams, name: string, min: number, max: number, fallback: number): number {
  const given = options.get(name);
  const value = given === null ? fallback : Number(given);
  if (!Number.isInteger(value) || value < min || value > max)
    throw new EngineError(`${name} in the broker's URL is ${given}; it takes a whole number from ${min} to ${max}.`);
  return value;
}

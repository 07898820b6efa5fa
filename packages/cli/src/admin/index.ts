import { stdout } from 'node:process';
import { makePasswordReset, shardStore } from '@parley/server';
import { parseOptions, UsageError, urlOf } from '../options.ts';

export const adminHelp = (): string => `Usage: parley admin shard --store URL
       parley admin reset-password NAME --store URL [--public-url URL]

shard
  Spreads a store over the shards of a MongoDB cluster: once, before or after the first start; running it again changes
  nothing. Each large collection is spread by the hash of its stream or id. The user of the address needs the right to
  shard (clusterManager on admin); the server itself does not.

reset-password
  Prints a link by which NAME chooses a new password within a day. For an owner who has forgotten theirs; of others,
  administrators make links in the web client. A store of SQLite must not be in use: stop the server first.

Options:
  --store URL        sqlite:PATH, cassandra://HOST/KEYSPACE or mongodb://USER:PASSWORD@HOST/DATABASE; to shard, a mongos
  --public-url URL   Where people reach the server [http://localhost:3000]
`;

const settings = {
  store: { type: 'string' },
  'public-url': { type: 'string', default: 'http://localhost:3000' },
} as const;

/** What an operator does to an engine once. Resolves to the exit code; rejects with an Error fit for an operator. */
export async function admin(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions('admin', argv, settings);
  const [what, name, ...more] = positionals;
  const { store } = values;
  if (what === 'shard' && name === undefined && store !== undefined) {
    const spread = await shardStore(store);
    for (const [collection, field] of Object.entries(spread))
      stdout.write(`${collection.padEnd(14)} by the hash of ${field}\n`);
    return 0;
  }
  if (what === 'reset-password' && name !== undefined && more.length === 0 && store !== undefined) {
    const link = await makePasswordReset(store, name, urlOf('--public-url', values['public-url']));
    stdout.write(`${link.url}\n`);
    return 0;
  }
  throw new UsageError(
    "admin takes: shard --store URL, or reset-password NAME --store URL. See 'parley admin --help'.",
  );
}

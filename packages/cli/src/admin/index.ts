import { stdout } from 'node:process';
import { shardStore } from '@parley/server';
import { parseOptions, UsageError } from '../options.ts';

export const adminHelp = (): string => `Usage: parley admin shard --store URL

Spreads a store over the shards of a MongoDB cluster: once, before or after the first start; running it again changes
nothing. Each large collection is spread by the hash of its stream or id. The user of the address needs the right to
shard (clusterManager on admin); the server itself does not.

Options:
  --store URL   Of a mongos: mongodb://USER:PASSWORD@HOST/DATABASE
`;

const settings = { store: { type: 'string' } } as const;

/** What an operator does to an engine once. Resolves to the exit code; rejects with an Error fit for an operator. */
export async function admin(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions('admin', argv, settings);
  const [what, ...more] = positionals;
  if (what !== 'shard' || more.length > 0 || values.store === undefined)
    throw new UsageError("admin takes: shard --store URL. See 'parley admin --help'.");
  const spread = await shardStore(values.store);
  for (const [collection, field] of Object.entries(spread))
    stdout.write(`${collection.padEnd(14)} by the hash of ${field}\n`);
  return 0;
}

import { stdout } from 'node:process';
import type { Factor } from '@parley/client';
import { makePasswordReset, removeFactorsInStore, shardStore } from '@parley/server';
import { parseOptions, UsageError, urlOf } from '../options.ts';
import {
  type Administrator,
  accountNamed,
  administratorOf,
  checkAudit,
  exportAccount,
  writeAudit,
} from './accounts.ts';

export const adminHelp = (): string => `Usage: parley admin shard --store URL
       parley admin reset-password NAME --store URL [--public-url URL]
       parley admin remove-factors NAME [--codes] [--passkeys] [--store URL | --url URL]
       parley admin audit [--json] [--out FILE] [--url URL]
       parley admin audit --check [--url URL]
       parley admin export-account NAME [--out FILE] [--url URL]
       parley admin delete-account NAME --yes [--remove-messages] [--url URL]

shard
  Spreads a store over the shards of a MongoDB cluster: once, before or after the first start; running it again changes
  nothing. Each large collection is spread by the hash of its stream or id. The user of the address needs the right to
  shard (clusterManager on admin); the server itself does not.

reset-password
  Prints a link by which NAME chooses a new password within a day. For an owner who has forgotten theirs; of others,
  administrators make links in the web client. A store of SQLite must not be in use: stop the server first.

remove-factors
  Takes a lost authenticator app (--codes), lost passkeys (--passkeys), or without either option both, off the account NAME,
  and ends its sessions and tokens. An administrator does it at a running server; for an owner it takes --store, as above.

audit
  Writes the audit log of a running server, newest first: who did what to whom, from where. With --json a line of JSON for
  each entry, with the hashes that chain it; --out makes a file. With --check it tells instead whether an entry was changed or is
  missing, apart from what a server cut off by age (--audit-keep-days), and fails when that is so.

export-account
  Writes everything that is kept of NAME, a line of JSON for each piece.

delete-account
  Deletes the account NAME for good: its sessions end, its name is free, and what it wrote stays by "Deleted account", or
  goes too with --remove-messages. Doing it again finishes one that was cut short.

What is done at a running server is done as the administrator of PARLEY_TOKEN, or of 'parley chat login'.

Options:
  --url URL          Of the server; default: the one signed in to last
  --out FILE         Where the export goes, readable by nobody else [standard output]
  --store URL        sqlite:PATH, cassandra://HOST/KEYSPACE or mongodb://USER:PASSWORD@HOST/DATABASE; to shard, a mongos
  --public-url URL   Where people reach the server [http://localhost:3000]
`;

const settings = {
  store: { type: 'string' },
  'public-url': { type: 'string', default: 'http://localhost:3000' },
  url: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  'remove-messages': { type: 'boolean', default: false },
  codes: { type: 'boolean', default: false },
  passkeys: { type: 'boolean', default: false },
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
  const atServer = (): Administrator =>
    administratorOf(values.url === undefined ? undefined : urlOf('--url', values.url));
  if (what === 'remove-factors' && name !== undefined && more.length === 0) {
    const factors = factorsOf(values);
    const at = store === undefined ? atServer() : undefined;
    const { oneTimeCodes, passkeys } =
      at === undefined
        ? await removeFactorsInStore(store ?? '', name, factors)
        : await at.rest.removeFactors({ user: await accountNamed(at, name), factors: [...factors] });
    const app = oneTimeCodes ? 'an authenticator app' : 'no authenticator app';
    stdout.write(`Taken off @${name}: ${app}, ${passkeys} passkeys. Every session of the account has ended.\n`);
    return 0;
  }
  if (what === 'audit' && name === undefined) {
    if (values.check) return (await checkAudit(atServer())) ? 0 : 1;
    await writeAudit(atServer(), { asJson: values.json, file: values.out });
    return 0;
  }
  if (what === 'export-account' && name !== undefined && more.length === 0) {
    const server = atServer();
    await exportAccount(server, await accountNamed(server, name), values.out);
    return 0;
  }
  if (what === 'delete-account' && name !== undefined && more.length === 0) {
    if (!values.yes) throw new UsageError(`Deleting @${name} cannot be undone. Say --yes to do it.`);
    const server = atServer();
    await server.rest.deleteAccount(await accountNamed(server, name), values['remove-messages'] ? 'remove' : 'keep');
    stdout.write(`@${name} is deleted.\n`);
    return 0;
  }
  throw new UsageError(
    "admin takes: shard, reset-password NAME, remove-factors NAME, audit, export-account NAME or delete-account NAME. See 'parley admin --help'.",
  );
}

/** Without a choice, both. */
function factorsOf({ codes, passkeys }: { readonly codes: boolean; readonly passkeys: boolean }): readonly Factor[] {
  const chosen: readonly Factor[] = [
    ...(codes ? (['one-time-codes'] as const) : []),
    ...(passkeys ? (['passkeys'] as const) : []),
  ];
  return chosen.length === 0 ? ['one-time-codes', 'passkeys'] : chosen;
}

import { createWriteStream } from 'node:fs';
import { env, stdout } from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AuditEntry, AuditPage } from '@parley/client';
import { createClient, ParleyError, type Rest, type UserId } from '@parley/client';
import { faultsOf, type AuditEntry as KeptEntry } from '@parley/server';
import { UsageError } from '../options.ts';
import { keptSession, lastUrl } from '../sessions.ts';

/** Entries asked for at once. */
const page = 1_000;

/** Where an administrator's commands go, and as whom. */
export interface Administrator {
  readonly url: string;
  readonly token: string;
  readonly rest: Rest;
}

/** The session of PARLEY_TOKEN, or of `parley chat login`. @throws UsageError where there is none */
export function administratorOf(url: string = lastUrl() ?? 'http://localhost:3000'): Administrator {
  const given = env['PARLEY_TOKEN'];
  const token = given === undefined || given === '' ? keptSession(url)?.token : given;
  if (token === undefined)
    throw new UsageError(`Nobody is signed in at ${url}. Say 'parley chat login' first, or set PARLEY_TOKEN.`);
  return { url, token, rest: createClient({ url, token }).rest };
}

/** The audit log, newest first, in pages. */
async function* auditPages({ rest }: Administrator): AsyncGenerator<AuditPage> {
  for (let before: string | undefined; ; ) {
    const found = await rest.audit({ limit: page, ...(before === undefined ? {} : { before }) });
    yield found;
    before = found.entries.at(-1)?.key;
    if (found.entries.length < page) return;
  }
}

/** Writes the audit log, newest first: a line for people, or with `asJson` one of JSON, with all that is in it. */
export async function writeAudit(
  administrator: Administrator,
  { asJson, file }: { readonly asJson: boolean; readonly file: string | undefined },
): Promise<void> {
  const lines = async function* (): AsyncGenerator<string> {
    const names = new Map<UserId, string>();
    for await (const { entries, people } of auditPages(administrator)) {
      for (const { id, name } of people) names.set(id, name);
      for (const entry of entries) yield `${asJson ? JSON.stringify(entry) : lineOf(entry, names)}\n`;
    }
  };
  // Never over an older copy, which may be all that is left of what was cut.
  if (file !== undefined) return pipeline(lines, createWriteStream(file, { mode: 0o600, flags: 'wx' }));
  for await (const line of lines()) stdout.write(line);
}

/** Checks the chain of hashes of the whole log; writes what is wrong and returns whether nothing is. */
export async function checkAudit(administrator: Administrator): Promise<boolean> {
  const newestFirst: AuditEntry[] = [];
  for await (const { entries } of auditPages(administrator)) newestFirst.push(...entries);
  const faults = [...faultsOf(newestFirst.toReversed() as readonly KeptEntry[])];
  for (const fault of faults) stdout.write(`${fault}\n`);
  const nodes = new Set(newestFirst.map(({ node }) => node)).size;
  stdout.write(`${newestFirst.length} entries of ${nodes} nodes; ${faults.length} faults\n`);
  return faults.length === 0;
}

function lineOf({ at, act, actor, target, address, detail }: AuditEntry, names: ReadonlyMap<UserId, string>): string {
  const nameOf = (user: UserId): string => `@${names.get(user) ?? user}`;
  return [
    new Date(at).toISOString(),
    act.padEnd(22),
    actor === undefined ? '' : `by ${nameOf(actor)}`,
    target === undefined ? '' : `about ${nameOf(target)}`,
    address === undefined ? '' : `from ${address}`,
    ...Object.entries(detail ?? {}).map(([name, value]) => `${name}=${String(value)}`),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** The account with this handle. @throws UsageError */
export async function accountNamed({ rest, url }: Administrator, name: string): Promise<UserId> {
  const found = await rest.users({ query: name, limit: 200 });
  const account = found.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (account === undefined) throw new UsageError(`There is no account named ${name} at ${url}.`);
  return account.id;
}

/** Writes everything that is kept of somebody, as lines of JSON: to a file, or to standard output. */
export async function exportAccount(
  { url, token }: Administrator,
  user: UserId,
  file: string | undefined,
): Promise<void> {
  const response = await fetch(`${url}/api/v1/admin/accounts/${user}/export`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok || response.body === null) {
    const { error } = (await response.json()) as { error: Parameters<typeof ParleyError.fromWire>[0] };
    throw ParleyError.fromWire(error);
  }
  const lines = Readable.fromWeb(response.body);
  if (file !== undefined) return pipeline(lines, createWriteStream(file, { mode: 0o600 }));
  for await (const chunk of lines) stdout.write(chunk as Uint8Array);
}

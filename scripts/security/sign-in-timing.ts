/**
 * Whether the time of the answer to a sign-in tells if a name exists:
 * `node --conditions=source scripts/security/sign-in-timing.ts [PAIRS]`, 400 unless told otherwise. It measures what is
 * behind the route, without the network, whose noise would hide a difference from us sooner than from an attacker with
 * patience. A script and no test: on a busy machine a measure of time says nothing. Ends with 1 where it finds one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { newUserId } from '@parley/protocol';
import { Accounts } from '../../packages/server/src/accounts/index.ts';
import { hashPassword } from '../../packages/server/src/accounts/passwords.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import { openSqliteStore } from '../../packages/server/src/store/sqlite/index.ts';

const pairs = Number(process.argv[2] ?? 400);
/** Standard errors by which the means must differ: by chance that happens once in 100,000 runs. */
const surprise = 4.4;
/** Few enough tries at each name that no limit is met. */
const names = Math.ceil(pairs / 20);

const folder = await mkdtemp(join(tmpdir(), 'parley-timing-'));
const store = await openSqliteStore({ path: join(folder, 'parley.db') });
const accounts = new Accounts({
  store,
  clock: systemClock,
  registration: 'open',
  publicUrl: () => '',
  onRevoked: () => undefined,
  knowsEndings: () => true,
});
const passwordHash = await hashPassword('a fine pass phrase');
const account = { displayName: 'x', color: 0, status: '', serverRole: 'member', createdAt: 0, passwordHash } as const;
for (let index = 0; index < names; index++)
  await store.createAccount({ ...account, id: newUserId(), name: `known-${index}` });

async function timeMs(name: string, address: string): Promise<number> {
  const began = performance.now();
  await accounts.signIn({ name, password: 'a wrong pass phrase' }, address).catch((error: Error) => {
    if (!('code' in error) || error.code !== 'wrong-credentials') throw error;
  });
  return performance.now() - began;
}

const times: Record<'known' | 'other', number[]> = { known: [], other: [] };
for (let pair = 0; pair < pairs; pair++) {
  // In turns, and now one first, now the other: what slows the machine slows both.
  const order = pair % 2 === 0 ? (['known', 'other'] as const) : (['other', 'known'] as const);
  for (const kind of order) times[kind].push(await timeMs(`${kind}-${pair % names}`, `address ${pair}`));
}
await store.close();
await rm(folder, { recursive: true });

const differences = times.known.map((known, index) => known - (times.other[index] ?? 0));
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const average = mean(differences);
const error = Math.sqrt(mean(differences.map((each) => (each - average) ** 2)) / (pairs - 1));
const isTelling = Math.abs(average / error) > surprise;
const median = (values: readonly number[]): string =>
  (values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0).toFixed(3);
process.stdout.write(
  `${pairs} pairs: median ${median(times.known)} ms for names that exist, ${median(times.other)} ms for others;\n` +
    `mean difference ${average.toFixed(4)} ms with a standard error of ${error.toFixed(4)} ms: ${isTelling ? 'the time tells' : 'the time does not tell'} them apart.\n`,
);
process.exitCode = isTelling ? 1 : 0;

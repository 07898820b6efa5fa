import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { openKeyring } from '@parley/server';
import { Closing } from './cluster/closing.ts';
import { distributedStack, type EngineUrls } from './cluster/distributed.ts';
import { embeddedStack } from './cluster/embedded.ts';
import { enginePorts, type Stack } from './cluster/stack.ts';
import { faultHelp, parseFaults } from './faults/kinds.ts';
import { findingsOf, html, type Report, recoveries, summary } from './report.ts';
import { run } from './run.ts';

export const verifyHelp = (): string => `Usage: parley verify [--stack STACK] [OPTIONS]
       parley verify --url URL --as NAME:PASSWORD [OPTIONS]

Holds a deployment against the promises P1 to P6: real clients chat, a schedule of faults is carried out, and a checker
compares every acknowledgement and everything every client saw with what is stored. Exits 1 unless all held.

With --stack it starts a deployment of its own on this machine: three nodes and their engines, or one node on the
embedded engines. Engines that are named by URL are used as they are, and are not killed. With --url it checks a running one, without faults, with
test accounts and conversations of its own, and deletes those accounts afterwards.

Options:
  --stack STACK         ${Object.keys(stacks).join(', ')} [embedded]
  --url URL             A running deployment
  --as NAME:PASSWORD    An administrator of it
  --seconds N           How long the load lasts [60]
  --broker URL          A running broker, store or cache for the nodes of the stack, instead of one of its own; with
  --store URL           data that may be written into
  --cache URL
  --faults LIST         all, none, or some of those below [all]
  --encrypted           The nodes of the stack encrypt at rest, with a keyring of their own
  --apart               One fault at a time, each after everybody had recovered from the last: measures recovery
  --mode MODE           at-most-once, at-least-once or exactly-once [exactly-once]
  --seed N              For the same choices again [random]
  --settle N            Seconds in which everybody must have caught up, after load and faults have ended [60]
  --rate N              Actions a second, over everybody [300]
  --members N           People [30]
  --report FILE         Writes a page with the timeline [report.html when it fails]
  --keep FOLDER         Keeps data, logs and history there
  --json                Close with one line of JSON

Faults, where the stack has what they strike:
${Object.entries(faultHelp)
  .map(([kind, what]) => `  ${kind.padEnd(20)}  ${what}`)
  .join('\n')}
`;

const distributed =
  (broker: string, store: string, cache: string) =>
  (folder: string, given: EngineUrls, closing: Closing): Promise<Stack> =>
    distributedStack(`${broker}-${store}-${cache}`, { broker, store, cache }, folder, given, closing);

/** Stacks that can be started here, by name. */
const stacks: Readonly<Record<string, (folder: string, given: EngineUrls, closing: Closing) => Promise<Stack>>> = {
  embedded: (folder, _given, closing) => embeddedStack(folder, closing),
  'kafka-cassandra-redis': distributed('kafka', 'cassandra', 'redis'),
  'rabbitmq-mongodb-memcached': distributed('rabbitmq', 'mongodb', 'memcached'),
};

const modes = ['at-most-once', 'at-least-once', 'exactly-once'] as const;

const settings = {
  stack: { type: 'string', default: 'embedded' },
  broker: { type: 'string' },
  store: { type: 'string' },
  cache: { type: 'string' },
  url: { type: 'string' },
  as: { type: 'string' },
  seconds: { type: 'string', default: '60' },
  faults: { type: 'string', default: 'all' },
  encrypted: { type: 'boolean', default: false },
  apart: { type: 'boolean', default: false },
  mode: { type: 'string', default: 'exactly-once' },
  seed: { type: 'string' },
  settle: { type: 'string', default: '60' },
  rate: { type: 'string', default: '300' },
  members: { type: 'string', default: '30' },
  report: { type: 'string' },
  keep: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** Verifies a deployment; the exit code says whether every promise held. */
export async function verify(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...argv], options: settings });
  const numberOf = (name: 'seconds' | 'settle' | 'rate' | 'members'): number => {
    const value = Number(values[name]);
    if (!(value > 0)) throw new Error(`--${name} takes a number above 0, not ${values[name]}.`);
    return value;
  };
  const mode = modes.find((known) => known === values.mode);
  if (mode === undefined) throw new Error(`--mode takes one of ${modes.join(', ')}, not ${values.mode}.`);
  const seed = values.seed === undefined ? Math.floor(Math.random() * 1e9) : Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed takes a whole number, not ${values.seed}.`);
  const members = numberOf('members');
  const load = {
    isApart: values.apart,
    mode,
    seed,
    seconds: numberOf('seconds'),
    settleSeconds: numberOf('settle'),
    ratePerSecond: numberOf('rate'),
    size: { members, groups: members * 2, probes: 8 },
  };

  const folder = values.keep === undefined ? mkdtempSync(join(tmpdir(), 'parley-verify-')) : resolve(values.keep);
  mkdirSync(folder, { recursive: true });
  if (values.encrypted) await keyringIn(folder);
  try {
    const report =
      values.url === undefined
        ? await verifyOwn(values.stack, enginesIn(values), values.faults, folder, load)
        : await verifyTheirs(values.url, values.as, folder, load);
    const page = values.report ?? (report.pass ? undefined : join(values.keep ?? '.', 'report.html'));
    if (page !== undefined) writeFileSync(page, html(report));
    for (const found of findingsOf(report)) stderr.write(`${found}\n`);
    if (!report.pass)
      stderr.write(
        `Not held. Run it again with --seed ${seed}; the timeline is in ${page}${values.keep === undefined ? '' : `, the history in ${folder}`}.\n`,
      );
    stdout.write(`${values.json ? JSON.stringify(summary(report)) : table(report)}\n`);
    return report.pass ? 0 : 1;
  } finally {
    if (values.keep === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A keyring that every node started from here finds in its environment. */
async function keyringIn(folder: string): Promise<void> {
  const file = join(folder, 'keyring.json');
  const url = `file:${file}`;
  if (!existsSync(file)) await openKeyring(url).init();
  process.env['PARLEY_KEYRING'] = url;
}

type LoadOptions = Omit<Parameters<typeof run>[0], 'url' | 'as' | 'stack' | 'faults' | 'folder'>;

const enginesIn = (values: EngineUrls): EngineUrls =>
  Object.fromEntries(enginePorts.flatMap((port) => (values[port] === undefined ? [] : [[port, values[port]]])));

async function verifyOwn(
  name: string,
  given: EngineUrls,
  faults: string,
  folder: string,
  load: LoadOptions,
): Promise<Report> {
  const start = stacks[name];
  if (start === undefined) throw new Error(`There is no stack '${name}'. Stacks: ${Object.keys(stacks).join(', ')}.`);
  const closing = new Closing();
  // Engines are processes of their own, which an interrupted verifier must not leave behind, started or half started.
  const interrupted = (): void => void closing.close().finally(() => exit(1));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const stack = await start(folder, given, closing);
    const as = { name: 'verifier', password: 'verify-this-deployment' };
    return await run({ ...load, url: stack.url, as, stack, faults: parseFaults(faults, stack.possible), folder });
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await closing.close();
  }
}

function verifyTheirs(url: string, as: string | undefined, folder: string, load: LoadOptions): Promise<Report> {
  const [name = '', password = ''] = (as ?? '').split(/:(.*)/s);
  if (name === '' || password === '') throw new Error('--url needs --as NAME:PASSWORD of an administrator.');
  return run({ ...load, url, as: { name, password }, faults: [], folder });
}

function table(report: Report): string {
  const lines = Object.entries(summary(report)).filter(([name]) => name !== 'recoveryMs');
  const recovery = Object.entries(recoveries(report.incidents)).map(([kind, ms]) => [
    `recovery from ${kind}`,
    ms === null ? 'never' : `${ms} ms`,
  ]);
  return [...lines, ...recovery].map(([name, value]) => `${name.padEnd(26)}${String(value)}`).join('\n');
}

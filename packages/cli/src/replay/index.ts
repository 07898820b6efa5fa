import { stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import type { Cid, StreamEvent } from '@parley/client';
import { check, type Posted, type View } from './check.ts';
import { type ChatLine, readLines } from './lines.ts';
import { paceOf } from './pace.ts';
import { patiently } from './patience.ts';
import { ClientPool } from './pool.ts';
import { postChannel } from './post.ts';
import { Reader } from './readers.ts';
import { isGood, Progress, percentile, type Report, table } from './report.ts';
import { administrator, makeChannels, makePeople } from './setup.ts';

export const replayHelp = (): string => `Usage: parley replay FILE.jsonl[.gz] --url URL --as NAME:PASSWORD [OPTIONS]

Replays recorded chat through a server and checks what comes out: makes the accounts of everybody who speaks (on an
empty server, the owner first), posts their lines, watches with independent readers. Exits 1 on any loss, duplicate
or disorder.

Options:
  --url URL             The server [http://localhost:3000]
  --as NAME:PASSWORD    An administrator of it
  --limit N             Lines to post [all]
  --connections N       Clients that post at a time [50]
  --readers N           Independent readers [3]
  --rate N              Lines a second, over all channels [as fast as acknowledged]
  --speed X             X times as fast as it was said
  --timeout N           Seconds after which the replay gives up [600]
  --json                Close with one line of JSON
`;

const settings = {
  url: { type: 'string', default: 'http://localhost:3000' },
  as: { type: 'string' },
  limit: { type: 'string', default: 'Infinity' },
  connections: { type: 'string', default: '50' },
  readers: { type: 'string', default: '3' },
  rate: { type: 'string' },
  speed: { type: 'string' },
  timeout: { type: 'string', default: '600' },
  json: { type: 'boolean', default: false },
} as const;

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} takes a number above 0, not ${text}.`);
  return value;
}

/** Replays a recording; the exit code says whether everything came out as promised. */
export async function replay(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...argv], options: settings, allowPositionals: true });
  const [file] = positionals;
  const [name = '', password = ''] = (values.as ?? '').split(/:(.*)/s);
  if (file === undefined || name === '' || password === '')
    throw new Error('replay needs a FILE and --as NAME:PASSWORD. See --help.');
  const deadline = Date.now() + numberOf('timeout', values.timeout) * 1_000;

  const excerpts = new Map<string, ChatLine[]>();
  let total = 0;
  for await (const line of readLines(file, numberOf('limit', values.limit))) {
    const lines = excerpts.get(line.file);
    if (lines === undefined) excerpts.set(line.file, [line]);
    else lines.push(line);
    total++;
  }
  const admin = await administrator(values.url, name, password);
  const nicks = Array.from(excerpts.values(), (lines) => lines.map(({ nick }) => nick)).flat();
  const { people, readers: readerPeople } = await makePeople(admin, nicks, numberOf('readers', values.readers));
  const channels = await makeChannels(admin, excerpts, people);

  const sentAt = new Map<Cid, number>();
  const latencies: number[] = [];
  const readers = readerPeople.map(
    ({ token }, index) =>
      new Reader(`reader ${index + 1}`, values.url, token, (cid) => {
        const at = sentAt.get(cid);
        if (at !== undefined) latencies.push(performance.now() - at);
      }),
  );
  await Promise.all(readers.map((reader) => reader.connect()));
  for (const { id } of channels) for (const reader of readers) reader.watch(id);

  const acknowledged: Posted[] = [];
  const progress = new Progress(total);
  const pool = new ClientPool(values.url, numberOf('connections', values.connections));
  const pace = paceOf({
    ...(values.rate === undefined ? {} : { perSecond: numberOf('rate', values.rate) }),
    ...(values.speed === undefined ? {} : { speed: numberOf('speed', values.speed) }),
  });
  const startedAt = performance.now();
  const posting = Promise.all(
    channels.map((channel) =>
      postChannel(channel, {
        pool,
        people,
        pace,
        onSend: (cid) => sentAt.set(cid, performance.now()),
        onAcknowledged: (post) => {
          acknowledged.push(post);
          progress.step();
        },
      }),
    ),
  );
  await Promise.race([posting, new Promise((resolve) => setTimeout(resolve, deadline - Date.now()).unref())]);
  const seconds = (performance.now() - startedAt) / 1_000;
  progress.end();
  // Whoever is cut off by the deadline says so by the counts.
  posting.catch(() => undefined);
  const grace = Math.min(deadline, Date.now() + 60_000);
  await Promise.all(readers.map((reader) => reader.sawPosts(acknowledged.length, grace)));

  const stored: View = {
    name: 'the store',
    streams: new Map(await Promise.all(channels.map(async ({ id }) => [id, await readAll(admin, id)] as const))),
  };
  const { findings, ...counts } = check(acknowledged, [...readers, stored]);
  const readersVerdict = check(acknowledged, readers);
  const report: Report = {
    posted: total,
    acknowledged: acknowledged.length,
    delivered: readersVerdict.delivered,
    lost: counts.lost,
    duplicated: counts.duplicated,
    disordered: counts.disordered,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    perSecond: Math.round(acknowledged.length / seconds),
  };
  await Promise.all([pool.close(), admin.close(), ...readers.map((reader) => reader.close())]);
  for (const finding of findings) stderr.write(`${finding}\n`);
  stdout.write(`${values.json ? JSON.stringify(report) : table(report)}\n`);
  return isGood(report) ? 0 : 1;
}

async function readAll(admin: Awaited<ReturnType<typeof administrator>>, id: Parameters<typeof admin.rest.events>[0]) {
  const events: StreamEvent[] = [];
  for (;;) {
    const page = await patiently(() => admin.rest.events(id, { after: events.at(-1)?.seq ?? 0, limit: 1_000 }));
    events.push(...page.events);
    if (page.events.length === 0 || (events.at(-1)?.seq ?? 0) >= page.head) return events;
  }
}

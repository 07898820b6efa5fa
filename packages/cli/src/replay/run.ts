import type { Cid, ConversationId, ParleyClient, StreamEvent } from '@parley/client';
import { check, type Posted, type View } from './check.ts';
import type { ChatLine } from './lines.ts';
import { paceOf } from './pace.ts';
import { patiently } from './patience.ts';
import { ClientPool } from './pool.ts';
import { postChannel } from './post.ts';
import { Reader } from './readers.ts';
import { Progress, percentile, type Report } from './report.ts';
import { makeChannels, makePeople } from './setup.ts';

export interface RunOptions {
  readonly url: string;
  readonly connections: number;
  readonly readers: number;
  /** When to give up, in milliseconds since 1970. */
  readonly deadline: number;
  readonly perSecond?: number;
  readonly speed?: number;
}

/** What acknowledged posts may take to reach the readers once all are posted. */
const graceMs = 60_000;

/** Posts every excerpt's lines, watches them arrive, and holds what was seen and stored against what was acknowledged. */
export async function run(
  admin: ParleyClient,
  excerpts: ReadonlyMap<string, readonly ChatLine[]>,
  options: RunOptions,
): Promise<{ report: Report; findings: readonly string[] }> {
  const { url, deadline } = options;
  const lines = [...excerpts.values()].flat();
  const nicks = lines.map(({ nick }) => nick);
  const { people, readers: readerPeople } = await makePeople(admin, nicks, options.readers);
  const channels = await makeChannels(admin, excerpts, people);

  const sentAt = new Map<Cid, number>();
  const latencies: number[] = [];
  const readers = readerPeople.map(
    ({ token }, index) =>
      new Reader(`reader ${index + 1}`, url, token, (cid) => {
        const at = sentAt.get(cid);
        if (at !== undefined) latencies.push(performance.now() - at);
      }),
  );
  await Promise.all(readers.map((reader) => reader.connect()));
  for (const { id } of channels) for (const reader of readers) reader.watch(id);

  const acknowledged: Posted[] = [];
  const progress = new Progress(lines.length);
  const pool = new ClientPool(url, options.connections);
  const pace = paceOf(options);
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
  const grace = Math.min(deadline, Date.now() + graceMs);
  await Promise.all(readers.map((reader) => reader.sawPosts(acknowledged.length, grace)));

  const stored: View = {
    name: 'the store',
    streams: new Map(await Promise.all(channels.map(async ({ id }) => [id, await readAll(admin, id)] as const))),
  };
  const { findings, lost, duplicated, disordered } = check(acknowledged, [...readers, stored]);
  const report: Report = {
    posted: lines.length,
    acknowledged: acknowledged.length,
    delivered: check(acknowledged, readers).delivered,
    lost,
    duplicated,
    disordered,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    perSecond: Math.round(acknowledged.length / seconds),
  };
  await Promise.all([pool.close(), admin.close(), ...readers.map((reader) => reader.close())]);
  return { report, findings };
}

async function readAll(admin: ParleyClient, id: ConversationId): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for (;;) {
    const page = await patiently(() => admin.rest.events(id, { after: events.at(-1)?.seq ?? 0, limit: 1_000 }));
    events.push(...page.events);
    if (page.events.length === 0 || (events.at(-1)?.seq ?? 0) >= page.head) return events;
  }
}

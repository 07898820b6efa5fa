import { stderr, stdout } from 'node:process';
import { numberOf, parseOptions, UsageError, urlOf } from '../options.ts';
import { replayAdministrator } from './administrator.ts';
import { readExcerpts } from './lines.ts';
import { isGood, table } from './report.ts';
import { run } from './run.ts';

export const replayHelp = (): string => `Usage: parley replay FILE.jsonl[.gz] [OPTIONS]

Replays recorded chat through a server and checks what comes out: makes the accounts of everybody who speaks and a
channel for each excerpt, posts their lines, watches with independent readers. Exits 1 on any loss, duplicate or
disorder. Messages under way when the server dies are carried over to its next life.

Options:
  --url URL             The server [http://localhost:3000]
  --as NAME:PASSWORD    An administrator of it, made the owner on an empty server
                        [PARLEY_TOKEN or the session of 'parley chat login'; on an empty server an owner is made]
  --limit N             Lines to post [all]
  --connections N       Clients that post at a time [50]
  --readers N           Independent readers [3]
  --rate N              Lines a second, over all channels [as fast as acknowledged]
  --speed X             X times as fast as it was said
  --timeout N           Seconds after which the replay gives up [600]
  --json                Close with one line of JSON

One JSON object a line: file (the excerpt), line (its number there), nick, text, kind (message or action; others are
skipped); optional: time (HH:MM), replyTo (numbers of lines of the same excerpt).
`;

const settings = {
  url: { type: 'string', default: 'http://localhost:3000' },
  as: { type: 'string' },
  limit: { type: 'string' },
  connections: { type: 'string', default: '50' },
  readers: { type: 'string', default: '3' },
  rate: { type: 'string' },
  speed: { type: 'string' },
  timeout: { type: 'string', default: '600' },
  json: { type: 'boolean', default: false },
} as const;

const count = (option: string, text: string): number => numberOf(option, text, { isWhole: true });

/** Replays a recording; the exit code says whether everything came out as promised. */
export async function replay(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions('replay', argv, settings);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw new UsageError("replay takes one FILE of recorded chat. See 'parley replay --help'.");
  const url = urlOf('--url', values.url);
  const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : count('--limit', values.limit);
  const options = {
    url,
    connections: count('--connections', values.connections),
    readers: count('--readers', values.readers),
    deadline: Date.now() + numberOf('--timeout', values.timeout) * 1_000,
    ...(values.rate === undefined ? {} : { perSecond: numberOf('--rate', values.rate) }),
    ...(values.speed === undefined ? {} : { speed: numberOf('--speed', values.speed) }),
  };
  const excerpts = await readExcerpts(file, limit);
  const admin = await replayAdministrator(url, values.as);
  const { report, findings } = await run(admin, excerpts, options);
  for (const finding of findings) stderr.write(`${finding}\n`);
  stdout.write(`${values.json ? JSON.stringify(report) : table(report)}\n`);
  return isGood(report) ? 0 : 1;
}

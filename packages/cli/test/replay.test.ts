import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createClient } from '@parley/client';
import { ended, parley, ServerProcess, start } from './support/processes.ts';

const recording = join(import.meta.dirname, 'fixtures/ubuntu-irc.jsonl');
const owner = 'owner:a fine pass phrase';
/** Lines of the recording that somebody said. */
const said = readFileSync(recording, 'utf8')
  .split('\n')
  .filter((line) => /"kind": "(?:message|action)"/.test(line));

interface Report {
  readonly posted: number;
  readonly acknowledged: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly disordered: number;
}
const reportOf = (out: string): Report => JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as Report;

function assertWhole({ posted, acknowledged, delivered, lost, duplicated, disordered }: Report, readers: number): void {
  assert.deepEqual(
    { posted, acknowledged, delivered, lost, duplicated, disordered },
    {
      posted: said.length,
      acknowledged: said.length,
      delivered: said.length * readers,
      lost: 0,
      duplicated: 0,
      disordered: 0,
    },
  );
}

describe('a replay', () => {
  let folder = '';
  let env: Record<string, string> = {};
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-replay-'));
    env = { XDG_CONFIG_HOME: folder };
  });
  after(() => rm(folder, { recursive: true }));

  it('posts a recording on an empty server, makes its owner, keeps answers, and finds everything where it belongs', async () => {
    await using server = await ServerProcess.start();
    const { code, out, err } = await parley(['replay', recording, '--url', server.url, '--readers', '2', '--json'], {
      env,
    });
    assert.equal(code, 0, err);
    assertWhole(reportOf(out), 2);
    const [, name = '', password = ''] = /name (\S+), password (\S+)\./.exec(err) ?? [];
    const client = createClient({ url: server.url });
    client.useToken((await client.rest.signIn({ name, password })).token);
    const channels = await client.rest.channels();
    const messages = await Promise.all(channels.map(({ id }) => client.rest.events(id, { limit: 1_000 })));
    const posts = messages.flatMap(({ events }) => events.filter((event) => event.type === 'posted'));
    assert.equal(posts.length, said.length);
    assert.ok(posts.some((post) => post.type === 'posted' && post.replyTo !== undefined));
    await client.close();

    const again = await parley(['replay', recording, '--url', server.url, '--limit', '20', '--json'], { env });
    assert.equal(again.code, 0, `the kept session serves the next replay: ${again.err}`);
  });

  it('is carried over when the server is killed in its midst and started again', async () => {
    await using server = await ServerProcess.start();
    const options = ['--url', server.url, '--as', owner, '--readers', '2', '--rate', '100', '--json'];
    const running = start(['replay', recording, ...options], { env });
    const outcome = ended(running);
    await until(() => storedPosts(server.url), 50);
    await server.kill('SIGKILL');
    await server.start();
    const { code, out, err } = await outcome;
    assert.equal(code, 0, err);
    assertWhole(reportOf(out), 2);
  });

  it('reads gzip, and says what is wrong with a recording, a server or an administrator', async () => {
    await using server = await ServerProcess.start();
    const zipped = join(folder, 'short.jsonl.gz');
    await writeFile(zipped, gzipSync(said.slice(0, 5).join('\n')));
    const to = ['--url', server.url, '--as', owner];
    const short = await parley(['replay', zipped, ...to], { env });
    assert.equal(short.code, 0, short.err);
    assert.match(short.out, /posted +5\n/);

    const broken = join(folder, 'broken.jsonl');
    await writeFile(broken, 'not JSON\n');
    const empty = join(folder, 'empty.jsonl');
    await writeFile(empty, '{"kind":"system"}\n');
    const faults: [string[], RegExp][] = [
      [[], /takes one FILE/],
      [[join(folder, 'nowhere.jsonl')], /nowhere\.jsonl cannot be read: There is no such file/],
      [[broken], /broken\.jsonl:1 is not JSON/],
      [[empty], /holds no line that somebody said/],
      [[zipped, '--limit', 'many'], /--limit takes a whole number above 0, not 'many'/],
      [[zipped, '--rate', '-3'], /--rate/],
      [[zipped, '--frobnicate'], /no option --frobnicate/],
      [[zipped, '--url', 'localhost'], /--url takes an address/],
      [[zipped, '--url', server.url, '--as', 'owner'], /--as takes NAME:PASSWORD, not 'owner'/],
      [[zipped, '--url', server.url, '--as', 'owner:wrong password'], /Signing in as owner \(--as\) failed/],
      [[zipped, '--url', server.url], /has an owner already: name an administrator with --as/],
    ];
    await Promise.all(
      faults.map(async ([args, sentence]) => {
        const { code, err } = await parley(['replay', ...args], { env: { XDG_CONFIG_HOME: join(folder, 'none') } });
        assert.equal(code, 1, args.join(' '));
        assert.match(err, sentence);
      }),
    );
  });
});

/** How many posts the server's public channels hold, as the owner of the replay sees them; 0 while there is no owner. */
async function storedPosts(url: string): Promise<number> {
  const client = createClient({ url });
  if (!(await client.rest.server()).hasOwner) return 0;
  token ??= (await client.rest.signIn({ name: 'owner', password: 'a fine pass phrase' })).token;
  client.useToken(token);
  const channels = await client.rest.channels();
  await client.close();
  return channels.reduce((sum, { head }) => sum + head.posts, 0);
}
let token: string | undefined;

async function until(count: () => Promise<number>, wanted: number): Promise<void> {
  while ((await count()) < wanted) await new Promise((resolve) => setTimeout(resolve, 50));
}

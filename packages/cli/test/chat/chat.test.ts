import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { type ConversationId, createClient, newConversationId, type ParleyClient } from '@parley/client';
import { parley, ServerProcess, start } from '../support/processes.ts';

const password = 'a fine pass phrase';

describe('parley chat', () => {
  let server: ServerProcess;
  let folder = '';
  let env: Record<string, string> = {};
  let owner: ParleyClient;
  let general: ConversationId;
  const chat = (args: readonly string[], input?: string) =>
    parley(['chat', ...args, '--url', server.url], { env, ...(input === undefined ? {} : { input }) });
  const sessions = (): string => join(folder, 'parley', 'sessions.json');

  before(async () => {
    server = await ServerProcess.start();
    folder = await mkdtemp(join(tmpdir(), 'parley-chat-'));
    env = { XDG_CONFIG_HOME: folder };
    const stranger = createClient({ url: server.url });
    const { token } = await stranger.rest.signUp({ name: 'owner', password });
    owner = createClient({ url: server.url, token });
    await owner.connect();
    const { accounts } = await owner.rest.createAccounts({ accounts: [{ name: 'ann', password }] });
    general = newConversationId();
    const ann = accounts[0]?.user.id;
    assert.ok(ann);
    await owner.send(general, { type: 'create', kind: 'channel', name: 'general', members: [ann] });
    await owner.send(newConversationId(), { type: 'create', kind: 'channel', name: 'quiet', members: [] });
  });
  after(async () => {
    await owner.close();
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it('keeps a session for its user alone, until it is signed out', async () => {
    const login = await chat(['login', '--as', `ann:${password}`]);
    assert.equal(login.code, 0, login.err);
    assert.equal(login.out, `Signed in to ${server.url} as ann.\n`);
    if (process.platform !== 'win32') assert.equal((await stat(sessions())).mode & 0o777, 0o600);
    assert.match((await chat(['list'])).out, /^#general +c_\w+/);
    // The server signed in to last need not be named again.
    assert.equal((await parley(['chat', 'list'], { env })).code, 0);
    assert.equal((await chat(['logout'])).code, 0);
    const { code, err } = await chat(['list']);
    assert.equal(code, 1);
    assert.match(err, /not signed in to .*parley chat login/);
  });

  it('lists conversations, for people and for scripts', async () => {
    const as = ['--as', `ann:${password}`];
    const [mine, all, lines] = await Promise.all([
      chat(['list', ...as]),
      chat(['list', '--all', ...as]),
      chat(['list', '--all', '--json', ...as]),
    ]);
    assert.doesNotMatch(mine.out, /quiet/);
    assert.match(all.out, /#quiet .*not joined/);
    const listed = lines.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { label: string; id: string; isMember: boolean });
    assert.deepEqual(
      listed.map(({ label, isMember }) => `${label} ${isMember}`),
      ['#general true', '#quiet false'],
    );
    assert.equal(listed[0]?.id, general);
  });

  it('sends what it is told or what stands on its input, and leaves no session behind', async () => {
    const as = ['--as', `ann:${password}`];
    const sent = await chat(['send', 'general', 'Hello', 'from', 'a', 'shell', '--json', ...as]);
    assert.equal(sent.code, 0, sent.err);
    const { seq } = JSON.parse(sent.out) as { seq: number };
    assert.equal((await owner.rest.message(general, seq)).text, 'Hello from a shell');
    const piped = await chat(['send', general, '-', ...as], 'two\nlines\n');
    assert.equal(piped.code, 0, piped.err);
    assert.equal(piped.out, '');
    assert.equal((await owner.rest.messages(general)).messages.at(-1)?.text, 'two\nlines');
    const ann = createClient({ url: server.url });
    ann.useToken((await ann.rest.signIn({ name: 'ann', password })).token);
    assert.equal((await ann.rest.devices()).length, 1, 'only the one just made');
    await ann.close();
  });

  it('shows history and then what happens, one line each, and nothing that could play tricks on a terminal', async () => {
    const post = async (text: string, replyTo?: number) =>
      (await owner.send(general, { type: 'post', text, ...(replyTo === undefined ? {} : { replyTo }) })).seq;
    const first = await post('history \u001b[2J\u0007 here');
    const child = start(
      ['chat', 'follow', '#General', '--history', '1', '--url', server.url, '--as', `ann:${password}`],
      {
        env,
      },
    );
    const outcome = once(child);
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout });
    for await (const line of reader) {
      lines.push(line);
      if (lines.length === 1) {
        const answer = await post('live\nand two lines', first);
        await owner.send(general, { type: 'edit', target: answer, text: 'better' });
        await owner.send(general, { type: 'react', target: answer, emoji: '👍', on: true });
        await owner.send(general, { type: 'delete', target: answer });
      }
      if (lines.length === 5) child.kill('SIGINT');
    }
    assert.equal((await outcome).code, 0);
    const answer = first + 1;
    assert.deepEqual(
      lines.map((line) => line.replace(/^\d\d:\d\d /, '')),
      [
        `#${first} owner: history \ufffd[2J\ufffd here`,
        `#${answer} owner ↳ #${first}: live ⏎ and two lines`,
        `#${answer + 1} * owner edited #${answer}: better`,
        `#${answer + 2} * owner reacted with 👍 on #${answer}`,
        `#${answer + 3} * owner deleted #${answer}`,
      ],
    );
  });

  it('gives scripts JSON, and the page alone with --once', async () => {
    await owner.send(general, { type: 'post', text: 'for scripts' });
    const { out, code } = await chat([
      'follow',
      'general',
      '--once',
      '--json',
      '--history',
      '2',
      '--as',
      `ann:${password}`,
    ]);
    assert.equal(code, 0);
    const last = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
    assert.equal(last['text'], 'for scripts');
    assert.equal(last['name'], 'owner');
    assert.equal(last['type'], 'posted');
    assert.equal(last['stream'], general);
    const none = await chat(['follow', 'general', '--once', '--history', '0', '--as', `ann:${password}`]);
    assert.deepEqual([none.code, none.out], [0, '']);
  });

  it('says in one line what is wrong, and fails', async () => {
    const as = ['--as', `ann:${password}`];
    const faults: [string[], RegExp][] = [
      [['login'], /needs --as NAME/],
      [['list', '--as', 'ann:wrong'], /name or the password is wrong/],
      [['list', '--as', 'ann'], /no terminal to ask for the password of ann/],
      [['send', 'nowhere', 'x', ...as], /no conversation 'nowhere'/],
      [['send', 'general', ...as], /takes a CONVERSATION and a TEXT/],
      [['send', 'quiet', 'x', ...as], /not a member of #quiet/],
      [['follow', 'two', 'words', ...as], /takes one CONVERSATION/],
      [['follow', 'general', '--history', '201', ...as], /--history takes a whole number from 0 to 200, not '201'/],
      [['general', ...as], /needs a terminal/],
      [['frob', 'nicate', ...as], /no 'parley chat frob'/],
    ];
    await Promise.all(
      faults.map(async ([args, sentence]) => {
        const { code, err, out } = await chat(args);
        assert.equal(code, 1, args.join(' '));
        assert.match(err, sentence);
        assert.match(err, /^parley: [^\n]+\n$/);
        assert.equal(out, '');
      }),
    );
    const away = await parley(['chat', 'list', '--url', 'http://127.0.0.1:1', ...as], { env });
    assert.match(away.err, /^parley: http:\/\/127\.0\.0\.1:1: The server cannot be reached/);
    const ended = await parley(['chat', 'list', '--url', server.url], { env: { ...env, PARLEY_TOKEN: 'pt_old' } });
    assert.match(ended.err, /session at .* has ended\. Sign in again/);
  });
});

/** The exit code of a process whose output somebody else reads. */
const once = (child: ReturnType<typeof start>): Promise<{ code: number | null }> =>
  new Promise((resolve) => child.once('exit', (code) => resolve({ code })));

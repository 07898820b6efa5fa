import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { type ConversationId, createClient, newConversationId, type ParleyClient } from '@parley/client';
import { findConversation } from '../../src/chat/conversations.ts';
import { parseInput } from '../../src/chat/input.ts';
import { Talk } from '../../src/chat/talk.ts';
import { ServerProcess } from '../support/processes.ts';

/** A terminal: what is typed into it and what it shows. */
class Terminal {
  readonly input = new PassThrough();
  readonly output = new PassThrough({ encoding: 'utf8' });
  shown = '';
  #changed = Promise.withResolvers<void>();

  constructor() {
    this.output.on('data', (text: string) => {
      this.shown += stripVTControlCharacters(text);
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    });
  }

  /** Waits until it shows something, and returns what matched. What was shown before is forgotten. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.shown);
      if (match !== null) {
        this.shown = this.shown.slice(match.index + match[0].length);
        return match;
      }
      await this.#changed.promise;
    }
  }

  type(text: string): void {
    this.input.write(text);
  }
}

describe('the interactive chat', () => {
  let server: ServerProcess;
  let owner: ParleyClient;
  let ann: ParleyClient;
  let general: ConversationId;
  const channel = async (name: string): Promise<ConversationId> => {
    const id = newConversationId();
    await owner.send(id, { type: 'create', kind: 'channel', name, members: [] });
    return id;
  };
  const open = async (name: string) => {
    const terminal = new Terminal();
    const { input, output } = terminal;
    const first = await findConversation(ann, name);
    const talk = new Talk(ann, { input, output, isColoured: true, history: 20 }).run(first);
    await terminal.shows(/— #\w+ —/);
    return { terminal, talk };
  };

  before(async () => {
    server = await ServerProcess.start();
    const { token } = await createClient({ url: server.url }).rest.signUp({ name: 'owner', password: 'a fine phrase' });
    owner = createClient({ url: server.url, token });
    await owner.connect();
    const { accounts } = await owner.rest.createAccounts({ accounts: [{ name: 'ann' }], tokens: true });
    ann = createClient({ url: server.url, token: accounts[0]?.token ?? '', backoff: { firstMs: 20, maxMs: 100 } });
    await ann.connect();
    general = await channel('general');
    await ann.send(general, { type: 'join' });
  });
  after(async () => {
    await Promise.all([owner.close(), ann.close()]);
    await server[Symbol.asyncDispose]();
  });

  it('sends lines, answers, reacts, changes and deletes, and shows what comes of it', async () => {
    const { terminal, talk } = await open('general');
    terminal.type('Hello everybody\r');
    const [, seq = ''] = await terminal.shows(/#(\d+) ann: Hello everybody/);
    terminal.type(`/reply ${seq} and hello to me\r`);
    await terminal.shows(new RegExp(`ann ↳ #${seq}: and hello to me`));
    terminal.type('/edit and hello to you\r');
    await terminal.shows(/ann edited #\d+: and hello to you/);
    terminal.type('/edit\r');
    await terminal.shows(/\/edit #\d+ and hello to you/);
    terminal.type('!\r');
    await terminal.shows(/ann edited #\d+: and hello to you!/);
    terminal.type(`/react ${seq} 👋\r`);
    await terminal.shows(new RegExp(`ann reacted with 👋 on #${seq}`));
    terminal.type(`/delete ${seq}\r`);
    await terminal.shows(new RegExp(`ann deleted #${seq}`));
    terminal.type('/quit\r');
    await talk;
    const { messages } = await owner.rest.messages(general);
    assert.equal(messages.at(-1)?.text, 'and hello to you!');
  });

  it('shows who is typing, and tells others that one types oneself, but not commands', async () => {
    const { terminal, talk } = await open('general');
    const isWatching = new Promise<void>((resolve) => owner.on('event', () => resolve()));
    owner.watch(general, { after: 0 });
    await isWatching;
    const heard = new Promise<boolean>((resolve) => {
      owner.on('signal', ({ actor, signal }) => resolve(actor === ann.user && signal.type === 'typing'));
    });
    // Signals are for those who watch at that moment, which the terminal may not do yet.
    const typing = setInterval(() => owner.signal(general, { type: 'typing', on: true }), 50);
    await terminal.shows(/#general \(owner is typing\)> /);
    clearInterval(typing);
    await owner.send(general, { type: 'post', text: 'there it is' });
    await terminal.shows(/owner: there it is[^]*#general> /);
    terminal.type('I am ty');
    assert.ok(await heard);
    terminal.type('\u0003');
    await talk;
  });

  it('goes to other conversations, joins channels, makes them, and says what it cannot do', async () => {
    const { terminal, talk } = await open('general');
    const tea = await channel('tea');
    await owner.send(tea, { type: 'post', text: 'before you came' });
    terminal.type('/join tea\r');
    await terminal.shows(/— #tea —/);
    await terminal.shows(/owner: before you came/);
    terminal.type('now I am here\r');
    await terminal.shows(/ann: now I am here/);
    await owner.send(general, { type: 'post', text: 'not shown here' });
    terminal.type('/new cake\r');
    await terminal.shows(/— #cake —/);
    assert.doesNotMatch(terminal.shown, /not shown here/);
    terminal.type('/list\r');
    await terminal.shows(/#cake/);
    for (const [typed, answer] of [
      ['/join nowhere', /! There is no conversation 'nowhere'/],
      ['/frob', /! There is no command \/frob/],
      ['/delete 1', /! That message does not exist/],
      ['/edit anything', /! You have said nothing here/],
      ['/help', /\/reply N TEXT/],
    ] as const) {
      terminal.type(`${typed}\r`);
      await terminal.shows(answer);
    }
    terminal.input.end();
    await talk;
  });

  it('keeps what is typed while the server is away, and says so', async () => {
    const { terminal, talk } = await open('general');
    await server.kill();
    await terminal.shows(/! The connection is lost/);
    terminal.type('written in the dark\r');
    await server.start();
    await terminal.shows(/! Connected again/);
    await terminal.shows(/ann: written in the dark/);
    terminal.type('/quit\r');
    await talk;
  });
});

describe('a typed line', () => {
  it('is a message, unless it begins with one slash', () => {
    assert.deepEqual(parseInput('  hi  '), { type: 'send', command: { type: 'post', text: 'hi' } });
    assert.deepEqual(parseInput('//etc/hosts'), { type: 'send', command: { type: 'post', text: '/etc/hosts' } });
    assert.deepEqual(parseInput(' '), { type: 'nothing' });
    assert.deepEqual(parseInput('/reply #12 yes'), {
      type: 'send',
      command: { type: 'post', text: 'yes', replyTo: 12 },
    });
    assert.deepEqual(parseInput('/edit 2 pints'), { type: 'editLast', text: '2 pints' });
    assert.deepEqual(parseInput('/edit #2 pints'), {
      type: 'send',
      command: { type: 'edit', target: 2, text: 'pints' },
    });
    for (const bare of ['/reply', '/reply 3', '/react 3', '/delete x', '/join', '/new', '/edit #7', '/nonsense'])
      assert.equal(parseInput(bare).type, 'mistake', bare);
  });
});

import { stdin, stdout } from 'node:process';
import { text as readText } from 'node:stream/consumers';
import { createClient, newCid, type ParleyClient, ParleyError } from '@parley/client';
import { parseOptions, UsageError, urlOf } from '../options.ts';
import { patiently } from '../replay/patience.ts';
import { forgetSession, keepSession, keptSession, lastUrl, sessionsPath } from '../sessions.ts';
import { chatSession, signIn } from './account.ts';
import { findConversation, namedConversations } from './conversations.ts';
import { follow } from './follow.ts';
import { listLines } from './list.ts';
import { Talk } from './talk.ts';

export const chatHelp = (): string => `Usage: parley chat [CONVERSATION] [OPTIONS]
       parley chat login --as NAME[:PASSWORD] [--new [--invite CODE]]
       parley chat logout
       parley chat list [--all]
       parley chat follow CONVERSATION [--history N] [--once]
       parley chat send CONVERSATION TEXT|-

Chats in the terminal. Alone, it opens a conversation (the latest, unless one is named), shows what happens and sends
the lines you type; /help there shows more. A conversation is named as it is called, or by its id.

  login    signs in and keeps the session, for you alone, in
           ${sessionsPath()}
  logout   ends that session
  list     your conversations; with --all also public channels you have not joined
  follow   the last messages, then whatever happens, one line each, until it is stopped
  send     a message; with - its text is read from the standard input

Options:
  --url URL                The server [the one signed in to last, or http://localhost:3000]
  --as NAME[:PASSWORD]     Who you are; the password is asked for if you leave it out,
                           and a code where your account needs one
                           [PARLEY_TOKEN, or the session that login kept]
  --new                    With login: makes the account first
  --invite CODE            With --new: the invitation
  --all                    With list: public channels too
  --history N              Messages of history shown first, 0 to 200 [50]
  --once                   With follow: ends after history
  --json                   Lines of JSON, for scripts
`;

const settings = {
  url: { type: 'string' },
  as: { type: 'string' },
  new: { type: 'boolean', default: false },
  invite: { type: 'string' },
  all: { type: 'boolean', default: false },
  history: { type: 'string', default: '50' },
  once: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseOptions<typeof settings>>['values'];

const print = (line: string): void => void stdout.write(`${line}\n`);

/** Carries out `parley chat`; resolves with the exit code. */
export async function chat(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseOptions('chat', argv, settings);
  const [word, ...words] = positionals;
  const url = urlOf('--url', values.url ?? lastUrl() ?? 'http://localhost:3000');
  const historyLength = Number(values.history);
  if (!Number.isInteger(historyLength) || historyLength < 0 || historyLength > 200)
    throw new UsageError(`--history takes a whole number from 0 to 200, not '${values.history}'.`);
  // A reader that has seen enough, such as head, is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  switch (word) {
    case 'login':
      return login(url, values);
    case 'logout':
      return logout(url);
    case 'list':
      return withClient(url, values, async (client) => {
        for (const line of await listLines(client, values)) print(line);
      });
    case 'follow':
      return withClient(url, values, (client) => followOne(client, one(word, words), values, historyLength));
    case 'send':
      return withClient(url, values, (client) => send(client, words, values.json));
    default:
      if (words.length > 0)
        throw new UsageError(`There is no 'parley chat ${word}' with more words. See 'parley chat --help'.`);
      return withClient(url, values, (client) => talk(client, word, historyLength));
  }
}

function one(word: string, words: readonly string[]): string {
  const [name, ...more] = words;
  if (name === undefined || more.length > 0)
    throw new UsageError(`parley chat ${word} takes one CONVERSATION; put a name of several words in quotes.`);
  return name;
}

async function login(url: string, { as, new: isNew, invite, json }: Values): Promise<number> {
  if (as === undefined) throw new UsageError('parley chat login needs --as NAME or --as NAME:PASSWORD.');
  const { token, user } = await signIn(url, as, { isNew, ...(invite === undefined ? {} : { invite }) });
  keepSession(url, { name: user.name, token });
  print(json ? JSON.stringify({ url, user: user.id, name: user.name }) : `Signed in to ${url} as ${user.name}.`);
  return 0;
}

async function logout(url: string): Promise<number> {
  const kept = keptSession(url);
  if (kept === undefined) throw new UsageError(`You are not signed in to ${url}.`);
  await createClient({ url, token: kept.token })
    .rest.signOut()
    .catch((error: unknown) => {
      // A session that the server does not know any more has ended too.
      if (!(error instanceof ParleyError) || error.code !== 'unauthenticated') throw error;
    });
  forgetSession(url);
  print(`Signed out of ${url}.`);
  return 0;
}

async function withClient(url: string, { as }: Values, work: (client: ParleyClient) => Promise<void>): Promise<number> {
  const { token, isPassing } = await chatSession(url, as);
  const client = createClient({ url, token, agent: 'parley chat' });
  try {
    // Sooner than a socket would, this says that nobody answers or that the session has ended.
    await client.rest.me();
    await work(client);
    return 0;
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'unauthenticated')
      throw new Error(`Your session at ${url} has ended. Sign in again with 'parley chat login'.`, { cause: error });
    if (error instanceof ParleyError && error.code === 'unavailable')
      throw new Error(`${url}: ${error.message}`, { cause: error });
    throw error;
  } finally {
    if (isPassing) await client.rest.signOut().catch(() => undefined);
    await client.close();
  }
}

async function followOne(client: ParleyClient, name: string, values: Values, history: number): Promise<void> {
  const found = await findConversation(client, name);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  if (!values.once) await client.connect(stop.signal);
  const isColoured = stdout.isTTY && stdout.hasColors();
  await follow(client, found, { ...values, history, isColoured, write: print, signal: stop.signal });
}

async function send(client: ParleyClient, [name, ...words]: readonly string[], json: boolean): Promise<void> {
  const text = words.length === 1 && words[0] === '-' ? (await readText(stdin)).trimEnd() : words.join(' ');
  if (name === undefined || words.length === 0)
    throw new UsageError('parley chat send takes a CONVERSATION and a TEXT, or - to read it from the standard input.');
  const { conversation, label } = await findConversation(client, name);
  if (conversation.role === undefined)
    throw new Error(`You are not a member of ${label}. Join it in 'parley chat' with /join.`);
  const cid = newCid();
  const ack = await patiently(() => client.rest.command(conversation.id, cid, { type: 'post', text }));
  if (json) print(JSON.stringify(ack));
}

async function talk(client: ParleyClient, name: string | undefined, history: number): Promise<void> {
  if (!stdin.isTTY || !stdout.isTTY)
    throw new UsageError("parley chat needs a terminal; scripts use 'parley chat follow' and 'parley chat send'.");
  const first = name === undefined ? (await namedConversations(client)).mine[0] : await findConversation(client, name);
  await client.connect();
  await new Talk(client, { input: stdin, output: stdout, isColoured: stdout.hasColors(), history }).run(first);
}

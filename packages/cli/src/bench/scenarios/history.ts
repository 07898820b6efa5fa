import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ConversationId, newCid, newConversationId, newUserId, type StreamEvent } from '@parley/protocol';
import { openStore } from '@parley/server';
import { percentile } from '../../replay/report.ts';
import { BenchedParley, greeting, newFolder } from '../load/parley.ts';
import { RawSocket } from '../load/raw-socket.ts';
import { parleyHeaders } from '../load/socket-io.ts';
import { silent } from '../measuring.ts';
import type { Params, Scenario } from '../scenario.ts';

type Store = Awaited<ReturnType<typeof openStore>>;
const pageSize = 50;
const batch = 1_000;
/** Not counted: they have the code compiled, here and in a server that has just started. */
const warmUps = 300;
/** A second of answers. Of the first thousand one in a hundred waits for the compiler of a server that has just started. */
const tailAnswers = 5_000;

/** Pages out of much: a page costs what it holds, however much there is. */
export const history: Scenario = {
  name: 'history',
  help: 'Random pages of 50 among 10 million stored messages, one conversation of 1 million: latency',
  params: { messages: 10_000_000, longest: 1_000_000, conversations: 1_000, fillSeconds: 300, pages: 2_000 },
  async run(params) {
    const folder = newFolder();
    try {
      const filled = await fill(folder, params);
      const fromStore = await readPages(folder, filled, Number(params['pages']));
      const served = await readServed(folder, filled, Number(params['pages']));
      const parley = { storedMessages: filled.stored, longestConversation: filled.longest.head, fromStore, ...served };
      return {
        parley,
        peers: {},
        ratio: {},
        pass: filled.stored >= Number(params['messages']) && fromStore.p99Ms <= 5 && served.fromTail.p99Ms <= 1,
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Filled {
  readonly stored: number;
  readonly longest: { readonly id: ConversationId; readonly head: number };
  readonly all: readonly { readonly id: ConversationId; readonly head: number }[];
}

/** Straight through the store's port, in batches as large as a busy sequencer's; stops when the time is up. */
async function fill(folder: string, params: Params): Promise<Filled> {
  const store = await openStore(`sqlite:${join(folder, 'parley.db')}`, { log: silent });
  const author = newUserId();
  const deadline = performance.now() + Number(params['fillSeconds']) * 1_000;
  const streams = Array.from({ length: Number(params['conversations']) }, () => ({ id: newConversationId(), head: 0 }));
  const wanted = Number(params['messages']);
  const stored = (): number => streams.reduce((sum, { head }) => sum + Math.max(0, head - 1), 0);
  const extend = async (stream: { id: ConversationId; head: number }, count: number): Promise<void> => {
    const { head } = stream;
    stream.head += count;
    await append(store, stream.id, head, count, author);
  };
  const [longest] = streams;
  if (longest === undefined) throw new Error('history needs a conversation: --conversations 1 or more.');
  // The long one first and in turn with others, as chat comes, so that its pages lie among theirs.
  let before: Promise<unknown> = Promise.resolve();
  for (let turn = 0; stored() < wanted && performance.now() < deadline; turn++) {
    const others = Array.from({ length: 9 }, (_, index) => streams[1 + ((turn * 9 + index) % (streams.length - 1))]);
    const now = Promise.all(
      [longest.head < Number(params['longest']) ? longest : undefined, ...others].flatMap((stream) =>
        stream === undefined ? [] : [extend(stream, batch)],
      ),
    );
    // The next are made while these are written; that these failed is told when they are waited for.
    now.catch(() => undefined);
    await before;
    before = now;
  }
  await before;
  await store.close();
  return { stored: stored(), longest, all: streams.filter(({ head }) => head > pageSize) };
}

async function append(
  store: Store,
  id: ConversationId,
  head: number,
  count: number,
  author: ReturnType<typeof newUserId>,
): Promise<void> {
  const at = Date.now();
  const events = Array.from({ length: count }, (_, index): StreamEvent => {
    const base = { seq: head + index + 1, at, actor: author, cid: newCid() };
    if (base.seq === 1)
      return {
        ...base,
        type: 'created',
        kind: 'channel',
        name: id,
        topic: '',
        members: [{ user: author, role: 'owner' }],
      };
    return { ...base, type: 'posted', text: `message ${base.seq}: ${'as people write, some words. '.repeat(3)}` };
  });
  const messages = events.flatMap((event) => {
    if (event.type !== 'posted') return [];
    const { type: _type, ...row } = event;
    return [row];
  });
  const last = events.at(-1);
  const result = await store.append({ stream: id, expectedHead: head, events, messages });
  if (!result.ok || last === undefined)
    throw new Error(`the store is at ${result.ok ? 0 : result.head}, not at ${head}`);
}

interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

async function timed(count: number, act: (index: number) => Promise<unknown>): Promise<Latency> {
  const latencies: number[] = [];
  for (let index = -warmUps; index < count; index++) {
    const begun = performance.now();
    await act(index);
    if (index >= 0) latencies.push(performance.now() - begun);
  }
  return { p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) };
}

const randomPage = ({ head }: { readonly head: number }): number =>
  pageSize + Math.floor(Math.random() * (head - pageSize));

async function readPages(folder: string, { all, longest }: Filled, pages: number): Promise<Latency> {
  const store = await openStore(`sqlite:${join(folder, 'parley.db')}`, { log: silent });
  const figures = await timed(pages, (index) => {
    const stream = (index % 2 === 0 ? longest : all[Math.floor(Math.random() * all.length)]) ?? longest;
    const query = { stream: stream.id, to: randomPage(stream), limit: pageSize, thread: 'none' as const };
    return store.messages({ ...query, direction: 'backward' });
  });
  await store.close();
  return figures;
}

/** The same through a server: over HTTP, and over a socket from the events a gateway holds. */
async function readServed(folder: string, { longest }: Filled, pages: number) {
  const parley = await BenchedParley.start([], folder);
  const overHttp = await timed(Math.min(pages, 1_000), () =>
    parley.admin.rest.messages(longest.id, { before: randomPage(longest), limit: pageSize }),
  );
  const [reader] = await parley.people(1);
  let text = '';
  let mark = '"t":"watched"';
  let seen: () => void = () => undefined;
  const socket = await RawSocket.open({
    url: parley.server.url,
    path: '/ws',
    headers: parleyHeaders,
    onData(chunk) {
      text += chunk.toString('latin1');
      if (text.includes(mark)) seen();
    },
  });
  const answerTo = (frames: readonly string[]): Promise<void> => {
    const answered = new Promise<void>((resolve) => (seen = resolve));
    text = '';
    for (const frame of frames) socket.send(frame);
    return answered;
  };
  await answerTo(greeting(reader?.token ?? '', [longest.id]));
  // Somebody watches while these are posted, so the gateway has them at hand.
  const { seq: after } = await parley.admin.send(longest.id, { type: 'join' });
  for (let index = 0; index < pageSize; index++)
    await parley.admin.send(longest.id, {
      type: 'post',
      text: `the newest, ${index}: ${'as people write. '.repeat(5)}`,
    });
  mark = `"seq":${after + pageSize},`;
  const resume = JSON.stringify({ t: 'watch', id: 2, streams: [{ stream: longest.id, level: 'full', after }] });
  const fromTail = await timed(tailAnswers, () => answerTo([resume]));
  socket.close();
  await parley.stop();
  return { overHttp, fromTail };
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConversationId, newCid, newConversationId, newUserId } from '@parley/protocol';
import { WebSocket } from 'ws';
import { CommandLimits } from '../../src/limits/command-limits.ts';
import { localRates } from '../../src/limits/shared-rates.ts';
import { OpenSockets } from '../../src/limits/sockets.ts';
import { silentLog } from '../../src/log.ts';
import { Stand } from '../node/stand.ts';
import { until } from '../until.ts';
import { VirtualClock } from '../virtual-clock.ts';

interface Opened {
  readonly socket: WebSocket;
  readonly frames: { t: string; error?: { code: string } }[];
  /** The code it was closed with. */
  code: number | undefined;
}

function open(stand: Stand, from: string, token?: string): Opened {
  const url = `${stand.node.url.replace('http', 'ws')}/ws`;
  const socket = new WebSocket(url, 'parley.v1', { headers: { 'x-forwarded-for': from } });
  const opened: Opened = { socket, frames: [], code: undefined };
  socket.on('message', (data: Buffer) => opened.frames.push(JSON.parse(String(data)) as Opened['frames'][number]));
  socket.on('close', (code) => (opened.code = code));
  socket.on('error', () => undefined);
  if (token !== undefined) socket.on('open', () => socket.send(JSON.stringify({ t: 'hello', token })));
  return opened;
}
const isIn = ({ frames }: Opened): boolean => frames.some(({ t }) => t === 'welcome');
const isFull = ({ frames, code }: Opened): boolean =>
  code === 1013 && frames.some(({ error }) => error?.code === 'limit-reached');

describe('caps of connections', () => {
  it('let so many sockets in from one address, another when one goes, and others all the while', async () => {
    await using stand = await Stand.open(['--trust-proxy', 'true', '--sockets-per-address', '3']);
    const ann = await stand.signUp('ann');
    const sockets = [1, 2, 3].map(() => open(stand, '192.0.2.1', ann.token));
    await until('three are in', () => sockets.every(isIn));
    const fourth = open(stand, '192.0.2.1', ann.token);
    await until('the fourth is told', () => isFull(fourth));
    const other = open(stand, '192.0.2.2', ann.token);
    await until('another address is in', () => isIn(other));
    const silent = sockets[0];
    silent?.socket.close();
    await until('it has gone', () => silent?.code !== undefined);
    let again = open(stand, '192.0.2.1', ann.token);
    await until('there is room again', () => {
      if (isFull(again)) again = open(stand, '192.0.2.1', ann.token);
      return isIn(again);
    });
    for (const { socket } of [...sockets, other, again]) socket.terminate();
  });

  it('count sockets that never say who they are, and an IPv6 network as one address', async () => {
    await using stand = await Stand.open(['--trust-proxy', 'true', '--sockets-per-address', '2']);
    const held = [open(stand, '2001:db8::1'), open(stand, '2001:db8::2')];
    await until('both are open', () => held.every(({ socket }) => socket.readyState === WebSocket.OPEN));
    const third = open(stand, '2001:db8::3');
    await until('the third is told', () => isFull(third));
    for (const { socket } of held) socket.terminate();
  });

  it('let so many sockets of one account in, wherever they come from', async () => {
    await using stand = await Stand.open(['--trust-proxy', 'true', '--sockets-per-account', '2']);
    const [ann, bob] = await Promise.all([stand.signUp('ann'), stand.signUp('bob')]);
    const sockets = ['192.0.2.1', '192.0.2.2'].map((from) => open(stand, from, ann.token));
    await until('two are in', () => sockets.every(isIn));
    const third = open(stand, '192.0.2.3', ann.token);
    await until('the third is told', () => isFull(third));
    const his = open(stand, '192.0.2.3', bob.token);
    await until('bob is in', () => isIn(his));
    for (const { socket } of [...sockets, his]) socket.terminate();
  });

  it('do not count this machine, where a proxy may be that is not believed', () => {
    const sockets = new OpenSockets({ perAddress: 1, perAccount: 1 }, silentLog);
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', undefined])
      for (let time = 0; time < 3; time++) assert.ok(sockets.fromAddress(address));
    assert.ok(sockets.fromAddress('192.0.2.1'));
    assert.ok(!sockets.fromAddress('192.0.2.1'));
  });
});

describe('limits of commands', () => {
  it('bound what an account makes more closely than what it says, on REST and the socket together', async () => {
    await using stand = await Stand.open(['--rate-burst', '100', '--rate-per-second', '1']);
    const ann = await stand.signUp('ann');
    const live = await stand.live(ann);
    const codes: (string | undefined)[] = [];
    for (let count = 0; count < 20; count++) {
      const [stream, command] = [newConversationId(), { type: 'create', kind: 'group', name: 'tea', members: [] }];
      if (count % 2 === 0) codes.push((await stand.command(ann, stream, command)).error?.code);
      else {
        live.send({ t: 'send', stream, cid: `group-${count}-by-socket`, command });
        const answer = await Promise.race([
          live.next('ack', (ack) => ack.stream === stream),
          live.next('nack', (nack) => nack.stream === stream),
        ]);
        codes.push(answer.t === 'nack' ? answer.error.code : undefined);
      }
    }
    const made = codes.filter((code) => code === undefined).length;
    assert.ok(made >= 10 && made <= 12, `made ${made}`);
    assert.ok(
      codes.slice(12).every((code) => code === 'rate-limited'),
      codes.join(),
    );
  });

  it('bound what all say in one conversation, and all behind one address, however many accounts that are', () => {
    const clock = new VirtualClock();
    const limits = new CommandLimits(localRates(clock), { perSecond: 1, burst: 2 });
    const [busy, quiet] = [newConversationId(), newConversationId()];
    const isLate = (stream: ConversationId, address: string): boolean => {
      const wish = { stream, actor: newUserId(), serverRole: 'member', cid: newCid() } as const;
      return limits.refusal({ ...wish, command: { type: 'post', text: 'hello' } }, { address }) !== undefined;
    };
    const here = Array.from({ length: 45 }, (_, index) => isLate(busy, `192.0.2.${index}`));
    assert.equal(here.filter(Boolean).length, 5);
    assert.ok(!isLate(quiet, '192.0.2.1'));
    const behindOne = Array.from({ length: 45 }, () => isLate(newConversationId(), '198.51.100.7'));
    assert.equal(behindOne.filter(Boolean).length, 5);
    assert.ok(!isLate(newConversationId(), '198.51.100.8'));
    assert.ok(!Array.from({ length: 45 }, () => isLate(newConversationId(), '127.0.0.1')).some(Boolean));
    clock.advance(1_000);
    assert.ok(!isLate(busy, '192.0.2.1'));
  });
});

describe('/metrics', () => {
  const status = async (stand: Stand, headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(`${stand.node.url}/metrics`, { headers })).status;

  it('is for this machine where no token is set, and not through a proxy on it', async () => {
    await using stand = await Stand.open();
    assert.equal(await status(stand), 200);
    assert.equal(await status(stand, { 'x-forwarded-for': '192.0.2.1' }), 404);
    assert.equal(await status(stand, { forwarded: 'for=192.0.2.1' }), 404);
    await using behind = await Stand.open(['--trust-proxy', 'true']);
    assert.equal(await status(behind, { 'x-forwarded-for': '127.0.0.1' }), 404);
  });

  it('is for whoever shows the token where one is set', async () => {
    await using stand = await Stand.open(['--metrics-token', 'a-token-for-prometheus']);
    assert.equal(await status(stand), 404);
    assert.equal(await status(stand, { authorization: 'Bearer a-token-for-prometheuS' }), 404);
    assert.equal(await status(stand, { authorization: 'Bearer a-token-for-prometheus' }), 200);
  });
});

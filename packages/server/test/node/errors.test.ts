import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, errorCatalogue, limits, newCid, newConversationId, type ServerFrame } from '@parley/protocol';
import { until } from '../until.ts';
import type { RawClient } from './raw-client.ts';
import { type SignedUp, Stand } from './stand.ts';

describe('what a node answers when something is wrong', () => {
  let stand: Stand;
  let ann: SignedUp;
  let bob: SignedUp;
  let stranger: SignedUp;
  before(async () => {
    stand = await Stand.open();
    ann = await stand.signUp('ann');
    bob = await stand.signUp('bob');
    stranger = await stand.signUp('mallory');
  });
  after(() => stand[Symbol.asyncDispose]());

  /** The server is unharmed: others, and this person on another socket, go on. */
  const goesOn = async (): Promise<void> => {
    const client = await stand.live(bob);
    client.send({ t: 'ping', id: 5 });
    await client.next('pong');
    client.close();
  };
  const errorOf = async (client: RawClient, code: ErrorCode): Promise<{ field?: string; message: string }> => {
    const { error } = await client.next('error', (frame) => frame.error.code === code);
    return { message: error.message, ...(error.field === undefined ? {} : { field: error.field }) };
  };

  describe('over the socket', () => {
    const malformed: readonly (readonly [what: string, frame: unknown, field: string | undefined])[] = [
      ['what is not JSON', '{"t":"send"', undefined],
      ['what is no object', '[1, 2]', undefined],
      ['an unknown frame', { t: 'dance' }, 't'],
      [
        'an unknown command',
        { t: 'send', stream: newConversationId(), cid: newCid(), command: { type: 'x' } },
        'command.type',
      ],
      ['a field of another type', { t: 'ping', id: 'one' }, 'id'],
      ['a field too many', { t: 'ping', id: 1, extra: true }, undefined],
      ['binary', new Blob([Uint8Array.of(1, 2, 3)]), undefined],
    ];
    for (const [what, frame, field] of malformed) {
      it(`${what} gets an error frame${field === undefined ? '' : ` that names ${field}`}, and the socket lives on`, async () => {
        const client = await stand.live(ann);
        client.send(frame);
        assert.equal((await errorOf(client, 'bad-frame')).field, field);
        client.send({ t: 'ping', id: 9 });
        await client.next('pong', ({ id }) => id === 9);
        client.close();
      });
    }

    it('repeated abuse closes with 1008', async () => {
      const client = await stand.live(ann);
      for (let time = 0; time < limits.maxBadFrames; time++)
        client.send(time % 2 === 0 ? '{' : new Blob([Uint8Array.of(time)]));
      assert.equal(await client.closed(), 1008);
      await goesOn();
    });

    it('a frame of one byte over 64 KiB is named as too large and closes with 1009; one of exactly 64 KiB is read', async () => {
      const client = await stand.live(ann);
      const ping = JSON.stringify({ t: 'ping', id: 7 });
      client.send(ping.padEnd(limits.maxFrameBytes));
      await client.next('pong', ({ id }) => id === 7);
      client.send(ping.padEnd(limits.maxFrameBytes + 1));
      await errorOf(client, 'frame-too-large');
      assert.equal(await client.closed(), 1009);
      await goesOn();
    });

    it('a frame of megabytes closes with 1009, unread', async () => {
      const client = await stand.live(ann);
      client.send('x'.repeat(3_000_000));
      assert.equal(await client.closed(), 1009);
      await goesOn();
    });

    it('a bad token, no token, and anything before hello are unauthenticated and closed', async () => {
      for (const frame of [{ t: 'hello', token: 'pt_made_up' }, { t: 'hello' }, { t: 'ping', id: 1 }]) {
        const client = await stand.connect();
        client.send(frame);
        await errorOf(client, 'unauthenticated').catch(() => undefined);
        assert.equal(await client.closed(), 1008);
        assert.ok(
          client.frames.some(({ t }) => t === 'error'),
          'it was said why',
        );
      }
    });

    it('nobody’s hello within 5 seconds is closed and told to come back', async () => {
      const client = await stand.connect();
      assert.equal(await client.closed(), 1008);
      assert.deepEqual(
        client.frames.map((frame) => frame.t === 'error' && frame.error.code),
        ['unavailable'],
      );
    });

    it('a revoked session’s sockets close, its token is worth nothing, other devices stay', async () => {
      const fay = await stand.signUp('fay');
      const { body } = await stand.ask('POST', '/sessions', { body: { name: 'fay', password: 'a fine pass phrase' } });
      const laptop = { ...fay, token: String(body['token']) };
      const [one, two, other] = [await stand.live(fay), await stand.live(fay), await stand.live(laptop)];
      const sessions = await stand.ask('GET', '/sessions', fay);
      const current = (sessions.body['sessions'] as { id: string; current: boolean }[]).find((each) => each.current);
      assert.equal((await stand.ask('DELETE', `/sessions/${current?.id}`, laptop)).status, 204);
      assert.deepEqual(await Promise.all([one.closed(), two.closed()]), [1008, 1008]);
      assert.ok(one.frames.some((frame) => frame.t === 'error' && frame.error.code === 'unauthenticated'));
      assert.equal((await stand.ask('GET', '/me', fay)).status, 401);
      const again = await stand.connect();
      again.send({ t: 'hello', token: fay.token });
      assert.equal(await again.closed(), 1008);
      other.send({ t: 'ping', id: 1 });
      await other.next('pong');
    });

    it('signing out everywhere and changing the password end the sessions they should', async () => {
      const gil = await stand.signUp('gil');
      const signIn = async (password: string): Promise<SignedUp> => {
        const { body } = await stand.ask('POST', '/sessions', { body: { name: 'gil', password } });
        return { ...gil, token: String(body['token']) };
      };
      const second = await signIn('a fine pass phrase');
      const [first, other] = [await stand.live(gil), await stand.live(second)];
      const change = { current: 'a fine pass phrase', next: 'another fine phrase' };
      assert.equal((await stand.ask('POST', '/password', { token: gil.token, body: change })).status, 204);
      assert.equal(await other.closed(), 1008);
      const third = await signIn(change.next);
      assert.equal((await stand.ask('DELETE', '/sessions', third)).status, 204);
      assert.equal(await first.closed(), 1008);
    });

    it('a wish that is refused comes back with its cid, a code and a sentence', async () => {
      const stream = await stand.group(ann, [bob]);
      const client = await stand.live(bob);
      const wishes: readonly (readonly [object, ErrorCode])[] = [
        [{ type: 'post', text: '' }, 'text-empty'],
        [{ type: 'post', text: 'x'.repeat(limits.maxTextLength + 1) }, 'text-too-long'],
        [{ type: 'edit', target: 1, text: 'x' }, 'no-such-message'],
        [{ type: 'rename', name: 'mine now' }, 'forbidden'],
      ];
      for (const [command, code] of wishes) {
        const cid = newCid();
        client.send({ t: 'send', stream, cid, command });
        const { error } = await client.next('nack', (frame) => frame.cid === cid);
        assert.equal(error.code, code);
        assert.equal(error.message, errorCatalogue[code].sentence);
      }
      await stand.command(ann, stream, { type: 'post', text: 'ann’s own' });
      const cid = newCid();
      client.send({ t: 'send', stream, cid, command: { type: 'edit', target: 2, text: 'bob’s version' } });
      assert.equal((await client.next('nack', (frame) => frame.cid === cid)).error.code, 'not-yours');
      client.close();
    });
  });

  describe('over HTTP', () => {
    it('what needs a session says unauthenticated without one or with a bad one', async () => {
      for (const token of [undefined, 'pt_made_up']) {
        const { status, error } = await stand.ask('GET', '/me', token === undefined ? {} : { token });
        assert.equal(status, 401);
        assert.equal(error?.code, 'unauthenticated');
      }
    });

    it('a private conversation and one that does not exist look alike to a stranger, whatever they try', async () => {
      const secret = await stand.group(ann);
      const shown = async (path: string) => {
        const answers = await Promise.all(
          [secret, newConversationId()].map(async (stream) => {
            const { status, body } = await stand.ask('GET', path.replace(':id', stream), stranger);
            return { status, body };
          }),
        );
        assert.deepEqual(answers[0], answers[1], path);
        assert.equal(answers[0]?.status, 404, path);
      };
      for (const rest of ['', '/messages', '/members', '/events', '/pins', '/unread', '/messages/1', '/threads/1'])
        await shown(`/conversations/:id${rest}`);
      for (const command of [
        { type: 'post', text: 'x' },
        { type: 'join' },
        { type: 'leave' },
        { type: 'archive', on: true },
      ]) {
        const [one, other] = await Promise.all(
          [secret, newConversationId()].map((stream) => stand.command(stranger, stream, command)),
        );
        assert.deepEqual(one?.body, other?.body);
        assert.equal(one?.error?.code, 'not-found');
      }
    });

    it('accounts are refused for their name or password, in words', async () => {
      const rows: readonly (readonly [object, number, ErrorCode])[] = [
        [{ name: 'ANN', password: 'a fine pass phrase' }, 409, 'name-taken'],
        [{ name: 'a b', password: 'a fine pass phrase' }, 400, 'name-invalid'],
        [{ name: 'newcomer', password: 'short' }, 400, 'weak-password'],
        [{ name: 'newcomer', password: 'password' }, 400, 'weak-password'],
        [{ name: 'newcomer' }, 400, 'bad-request'],
      ];
      for (const [body, status, code] of rows) {
        const answer = await stand.ask('POST', '/accounts', { body });
        assert.equal(answer.error?.code, code, JSON.stringify(body));
        assert.equal(answer.status, status);
        assert.ok((answer.error?.message ?? '').length > 10);
      }
    });

    it('a wrong name and a wrong password look alike', async () => {
      const tries = [
        { name: 'ann', password: 'not her pass phrase' },
        { name: 'nobody', password: 'not her pass phrase' },
      ];
      const [known, unknown] = await Promise.all(tries.map((body) => stand.ask('POST', '/sessions', { body })));
      assert.equal(known?.error?.code, 'wrong-credentials');
      assert.deepEqual(known.body, unknown?.body);
      assert.equal(known.status, 401);
    });

    it('what is not in the form it should be is named', async () => {
      const token = ann.token;
      const rows: readonly (readonly [
        Promise<{ status: number; error: { code: string; field?: string } | undefined }>,
        number,
        string,
        string | undefined,
      ])[] = [
        [stand.ask('POST', '/commands', { token, body: '{"stream":' }), 400, 'bad-request', undefined],
        [
          stand.ask('POST', '/commands', { token, body: { stream: 'x', command: { type: 'join' } } }),
          400,
          'bad-request',
          'stream',
        ],
        [
          stand.ask('POST', '/commands', { token, body: { stream: newConversationId(), command: { type: 'join' } } }),
          400,
          'bad-request',
          'Idempotency-Key',
        ],
        [
          stand.ask('GET', `/conversations/${newConversationId()}/messages?limit=9999`, { token }),
          400,
          'bad-request',
          'limit',
        ],
        [stand.ask('GET', '/conversations/nonsense', { token }), 400, 'bad-request', 'id'],
        [stand.ask('POST', '/commands', { token, body: 'x'.repeat(200_000) }), 413, 'frame-too-large', undefined],
        [stand.ask('GET', '/no/such/thing', { token }), 404, 'not-found', undefined],
      ];
      for (const [asking, status, code, field] of rows) {
        const answer = await asking;
        assert.deepEqual(
          { status: answer.status, code: answer.error?.code, field: answer.error?.field },
          { status, code, field },
        );
      }
    });

    it('a command sent twice with one Idempotency-Key is answered twice with one seq', async () => {
      const stream = await stand.group(ann);
      const cid = newCid();
      const answers = await Promise.all(
        [1, 2, 3].map(() => stand.command(ann, stream, { type: 'post', text: 'once' }, cid)),
      );
      assert.deepEqual(
        answers.map(({ body }) => body['seq']),
        [2, 2, 2],
      );
      assert.deepEqual(await stand.texts(ann, stream), ['once']);
    });
  });
});

describe('a node that is asked too much', () => {
  it('says rate-limited and when to try again, and a retry after that succeeds', async () => {
    await using stand = await Stand.open(['--rate-burst', '5', '--rate-per-second', '20']);
    const ann = await stand.signUp('ann');
    const stream = await stand.group(ann);
    const client = await stand.live(ann);
    const texts = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    for (const text of texts) {
      const cid = newCid();
      // As the SDK does: the same command again, when it was told to.
      for (let attempt = 1; ; attempt++) {
        client.send({ t: 'send', stream, cid, command: { type: 'post', text } });
        const answers = (): ServerFrame[] =>
          client.frames.filter((frame) => (frame.t === 'ack' || frame.t === 'nack') && frame.cid === cid);
        await until('it is answered', () => answers().length === attempt);
        const last = answers().at(-1);
        if (last?.t !== 'nack') break;
        assert.equal(last.error.code, 'rate-limited');
        assert.ok((last.error.retryAfterMs ?? 0) > 0);
        await sleep(last.error.retryAfterMs);
      }
    }
    assert.ok(
      client.frames.some(({ t }) => t === 'nack'),
      'it was too fast at least once',
    );
    await until('all are there', async () => {
      const { status, headers, body } = await stand.ask('GET', `/conversations/${stream}/messages`, ann);
      if (status === 429) {
        assert.ok(Number(headers.get('retry-after')) >= 1);
        return false;
      }
      const stored = (body['messages'] as { text: string }[]).map(({ text }) => text);
      assert.deepEqual(stored, texts);
      return true;
    });
  });
});

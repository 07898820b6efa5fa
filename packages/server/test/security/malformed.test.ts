import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { limits, newCid } from '@parley/protocol';
import { type SignedUp, Stand } from '../node/stand.ts';

/** An array in an array in an array … */
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
/** More than any engine's stack: what the limit of a frame leaves room for. */
const abyss = 30_000;

describe('malformed input', () => {
  let stand: Stand;
  let ann: SignedUp;
  before(async () => {
    stand = await Stand.open(['--rate-burst', '100000']);
    ann = await stand.signUp('ann');
  });
  after(() => stand[Symbol.asyncDispose]());

  const goesOn = async (): Promise<void> => {
    const client = await stand.live(ann);
    client.send({ t: 'ping', id: 5 });
    await client.next('pong');
    client.close();
  };
  const preference = (value: string): string =>
    `{"t":"send","stream":"${ann.id}","cid":"${newCid()}","command":{"type":"setPreference","key":"k","value":${value}}}`;

  it('that nests to the bottom of the stack is refused, by a socket nobody has signed in on too', async () => {
    const stranger = await stand.connect();
    stranger.send(preference(nested(abyss)));
    assert.match((await stranger.next('error')).error.message, /nests deeper/);
    const client = await stand.live(ann);
    for (const frame of [preference(nested(abyss)), nested(abyss), `{"t":${nested(abyss)}}`]) {
      client.frames.length = 0;
      client.send(frame);
      assert.equal((await client.next('error')).error.code, 'bad-frame');
    }
    client.frames.length = 0;
    client.send(preference(nested(limits.maxJsonDepth - 2)));
    await client.next('ack');
    client.close();
    await goesOn();
  });

  it('over REST is a bad request however it is nested', async () => {
    const bodies = [
      nested(abyss),
      `{"stream":"${ann.id}","command":{"type":"setPreference","key":"k","value":${nested(abyss)}}}`,
      `{"name":${'{"a":'.repeat(abyss / 3)}1${'}'.repeat(abyss / 3)}}`,
    ];
    for (const path of ['/commands', '/accounts', '/sessions', '/password', '/invites', '/admin/accounts']) {
      for (const body of bodies) {
        const headers = { 'idempotency-key': newCid() };
        const { status, error } = await stand.ask('POST', path, { token: ann.token, headers, body });
        assert.deepEqual([status, error?.code], [400, 'bad-request'], `${path} ${body.slice(0, 40)}`);
      }
    }
    await goesOn();
  });

  it('with keys that reach for prototypes changes nobody’s prototype, and is refused', async () => {
    const keys = ['__proto__', 'constructor', 'prototype', '\\u005f_proto__'];
    const client = await stand.live(ann);
    for (const key of keys) {
      const poison = `{"${key}":{"polluted":true,"prototype":{"polluted":true}},`;
      client.frames.length = 0;
      client.send(`${poison}"t":"ping","id":1}`);
      assert.equal((await client.next('error')).error.code, 'bad-frame', key);
      for (const [path, rest] of [
        ['/sessions', '"name":"ann","password":"a wrong pass phrase"}'],
        ['/accounts', '"name":"eve","password":"a fine pass phrase"}'],
      ] as const) {
        const { status } = await stand.ask('POST', path, { body: poison + rest });
        assert.equal(status, 400, `${path} ${key}`);
      }
    }
    client.close();
    assert.equal('polluted' in {}, false);
    assert.equal('polluted' in Object, false);
  });

  it('a preference may be called anything, and is nothing but a preference', async () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const { status, body } = await stand.command(ann, ann.id, {
        type: 'setPreference',
        key,
        value: { polluted: true },
      });
      assert.equal(status, 200, JSON.stringify(body));
    }
    const { body } = await stand.ask('GET', '/conversations', ann);
    assert.equal('polluted' in {}, false);
    const preferences = body['preferences'] as object;
    assert.ok(Object.hasOwn(preferences, 'constructor'));
    await goesOn();
  });

  it('oversized bodies and headers are turned away before anything is done with them', async () => {
    const huge = JSON.stringify({ name: 'eve', password: 'x'.repeat(200_000) });
    const { status, error } = await stand.ask('POST', '/sessions', { body: huge });
    assert.deepEqual([status, error?.code], [413, 'frame-too-large']);
    const long = await fetch(`${stand.node.url}/api/v1/me`, { headers: { cookie: 'a'.repeat(100_000) } });
    assert.equal(long.status, 431);
    const line = await fetch(`${stand.node.url}/api/v1/invites/${'a'.repeat(10_000)}`);
    assert.ok(line.status === 414 || line.status === 404 || line.status === 400, String(line.status));
    await goesOn();
  });

  it('of other types than JSON is not looked at', async () => {
    for (const type of [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
      'text/xml',
    ]) {
      const headers = { 'content-type': type };
      const { status } = await stand.ask('POST', '/sessions', { headers, body: 'name=ann&password=x' });
      assert.ok(status === 400 || status === 415, `${type}: ${status}`);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newCid, newConversationId, newUserId } from '@parley/protocol';
import { clientFrame } from '@parley/protocol/schemas';
import fc from 'fast-check';
import { parseFrame } from '../../src/gateway/frames.ts';
import { isPlainPost } from '../../src/gateway/plain-post.ts';
import { frameOf } from '../../src/gateway/socket.ts';

const stream = newConversationId();
const cid = newCid();
const send = (command: unknown): object => ({ t: 'send', stream, cid, command });

/** Frames with one fault, by the field that has it. */
const faulty: readonly (readonly [field: string | undefined, frame: unknown])[] = [
  [undefined, null],
  [undefined, 7],
  [undefined, []],
  ['t', {}],
  ['t', { t: 'dance' }],
  ['token', { t: 'hello', token: 7 }],
  ['token', { t: 'hello', token: 'x'.repeat(201) }],
  [undefined, { t: 'hello', password: 'x' }],
  ['stream', { ...send({ type: 'post', text: 'x' }), stream: 'nonsense' }],
  ['stream', { t: 'send', cid, command: { type: 'post', text: 'x' } }],
  ['cid', { ...send({ type: 'post', text: 'x' }), cid: 'short' }],
  ['cid', { ...send({ type: 'post', text: 'x' }), cid: 'no spaces allowed' }],
  ['mode', { ...send({ type: 'post', text: 'x' }), mode: 'twice' }],
  ['command', { t: 'send', stream, cid }],
  ['command.type', send({ type: 'shout' })],
  ['command.text', send({ type: 'post' })],
  ['command.text', send({ type: 'post', text: 7 })],
  ['command.thread', send({ type: 'post', text: 'x', thread: -1 })],
  ['command.replyTo', send({ type: 'post', text: 'x', replyTo: 1.5 })],
  ['command.mentions.1', send({ type: 'post', text: 'x', mentions: [newUserId(), 'bob'] })],
  ['command.target', send({ type: 'edit', target: '2', text: 'x' })],
  ['command.emoji', send({ type: 'react', target: 2, emoji: '', on: true })],
  ['command.name', send({ type: 'rename', name: '   ' })],
  ['command.users', send({ type: 'invite', users: [] })],
  ['command.role', send({ type: 'setRole', user: newUserId(), role: 'king' })],
  ['command.seq', send({ type: 'markRead', conversation: stream })],
  ['command.type', send({ type: 'addConversation', conversation: stream, kind: 'group', by: newUserId(), at: 1 })],
  ['id', { t: 'ping' }],
  ['streams', { t: 'watch', id: 1, streams: [] }],
  ['streams.0.level', { t: 'watch', id: 1, streams: [{ stream, level: 'half' }] }],
  [
    'streams.1.after',
    {
      t: 'watch',
      id: 1,
      streams: [
        { stream, level: 'full' },
        { stream, level: 'full', after: -1 },
      ],
    },
  ],
  ['users.0', { t: 'faces', users: [stream] }],
  ['signal.type', { t: 'signal', stream, signal: { type: 'wink' } }],
];

describe('a frame', () => {
  for (const [field, frame] of faulty) {
    it(`is refused, naming ${field ?? 'no field'}: ${JSON.stringify(frame)?.slice(0, 90)}`, () => {
      const parsed = parseFrame(JSON.stringify(frame));
      assert.ok(!parsed.ok);
      assert.equal(parsed.error.code, 'bad-frame');
      assert.equal(parsed.error.field, field, parsed.error.message);
      if (field !== undefined) assert.ok(parsed.error.message.includes(field), parsed.error.message);
    });
  }

  it('is refused with the client’s number for it, where it has one', () => {
    const parsed = parseFrame(JSON.stringify({ t: 'watch', id: 42, streams: 'all' }));
    assert.equal(!parsed.ok && parsed.id, 42);
  });

  it('is refused without it where it is no number that an answer may carry', () => {
    for (const id of ['1e300', '1.5', '"7"', 'null', '9007199254740993']) {
      const parsed = parseFrame(`{"t":"watch","id":${id},"streams":"all"}`);
      assert.ok(!parsed.ok);
      assert.equal(parsed.id, undefined, id);
    }
  });

  it('is never more than refused, whatever text comes', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map((value) => JSON.stringify({ t: 'send', ...value })),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseFrame(text);
        if (!parsed.ok) assert.equal(parsed.error.code, 'bad-frame');
      }),
      { numRuns: 500 },
    );
  });

  it('that posts a message is taken by the short way only where the schema takes it, as it is', () => {
    const odd = fc.oneof(
      fc.constantFrom(undefined, null, 0, -1, 1.5, 2 ** 53, '', 'at-most-once', 'post', 'send', [], {}),
      fc.string(),
    );
    const fields = (base: object) =>
      fc
        .dictionary(fc.constantFrom(...Object.keys(base), 'extra', '__proto__', 'mentions'), odd, { maxKeys: 2 })
        .map((changed): object => ({ ...base, ...changed }));
    const command = fields({ type: 'post', text: 'x', replyTo: 1, thread: 2 });
    const frames = command.chain((inner) => fields({ t: 'send', stream, cid, mode: 'exactly-once', command: inner }));
    let taken = 0;
    fc.assert(
      fc.property(frames, (frame) => {
        const value: unknown = JSON.parse(JSON.stringify(frame));
        if (!isPlainPost(value)) return;
        taken++;
        assert.deepEqual(clientFrame.parse(value), value);
      }),
      { numRuns: 2_000 },
    );
    assert.ok(taken > 100, `only ${taken} frames went the short way`);
  });

  it('goes out in a header of the length that RFC 6455 asks for', () => {
    for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 200_000]) {
      const { bytes } = frameOf('é'.repeat(length >> 1) + 'x'.repeat(length & 1));
      const short = bytes.readUInt8(1);
      const [headerBytes, said] =
        short < 126 ? [2, short] : short === 126 ? [4, bytes.readUInt16BE(2)] : [10, Number(bytes.readBigUInt64BE(2))];
      assert.equal(bytes.readUInt8(0), 0x81);
      assert.equal(said, length);
      assert.equal(bytes.length, headerBytes + length);
      assert.equal(headerBytes, length < 126 ? 2 : length < 65_536 ? 4 : 10);
    }
  });
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { type ClientFrame, createClient, newConversationId, type StreamId } from '../src/index.ts';
import { ManualPlatform, settled } from './support/manual-platform.ts';
import { ScriptedServer } from './support/scripted-server.ts';

type SendFrame = Extract<ClientFrame, { t: 'send' }>;

/** What a server does with a command that comes. */
const treatments = [
  'store',
  'store, and lose the answer',
  'lose',
  'refuse for a moment',
  'refuse for good',
  'cut',
] as const;

/** Stores each cid once, as the sequencer does, but treats what comes as a test wants. */
class FickleServer extends ScriptedServer {
  readonly stored: SendFrame[] = [];
  treatments: (typeof treatments)[number][] = [];

  override onFrame = (frame: ClientFrame): void => {
    if (frame.t !== 'send') return;
    const { stream, cid } = frame;
    const treatment = this.treatments.shift() ?? 'store';
    const known = this.stored.findIndex((stored) => stored.cid === cid);
    if (treatment === 'lose') return;
    if (treatment === 'cut') return this.cut();
    if (treatment === 'refuse for a moment') {
      this.say({ t: 'nack', stream, cid, error: { code: 'unavailable', message: 'later', retryAfterMs: 100 } });
    } else if (treatment === 'refuse for good' && known === -1) {
      this.say({ t: 'nack', stream, cid, error: { code: 'forbidden', message: 'never' } });
    } else {
      if (known === -1) this.stored.push(frame);
      if (treatment !== 'store, and lose the answer') this.ack(frame);
    }
  };
}

const call = fc.record({ stream: fc.nat({ max: 2 }), pauseMs: fc.constantFrom(0, 0, 0, 700, 20_000) });
const scenario = fc.record({
  calls: fc.array(call, { minLength: 1, maxLength: 20 }),
  treatments: fc.array(fc.constantFrom(...treatments), { maxLength: 40 }),
});

it('stores what one client sends to a conversation once and in the order of its calls, whatever happens on the way', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ calls, treatments }) => {
      const server = new FickleServer();
      server.treatments = [...treatments];
      const platform = new ManualPlatform();
      const client = createClient({ url: 'http://scripted', webSocket: server.webSocket, platform });
      await client.connect();
      const streams: StreamId[] = [newConversationId(), newConversationId(), newConversationId()];
      const called = new Map<StreamId, string[]>(streams.map((stream) => [stream, []]));
      for (const [number, { stream: index, pauseMs }] of calls.entries()) {
        const stream = streams[index];
        assert.ok(stream);
        const text = String(number);
        called.get(stream)?.push(text);
        client.send(stream, { type: 'post', text }).catch(() => undefined);
        await settled();
        await platform.advance(pauseMs);
      }
      // Everything bad has happened by now or will within the patience of every send; then all of it gets through.
      for (let turn = 0; turn < 60 && client.pending().some(({ error }) => error === undefined); turn++)
        await platform.advance(20_000);

      const left = client.pending().filter(({ error }) => error === undefined);
      assert.deepEqual(left, [], 'something was never acknowledged');
      for (const [stream, texts] of called) {
        const stored = server.stored.filter((frame) => frame.stream === stream);
        const refused = client.pending(stream).map(({ command }) => (command.type === 'post' ? command.text : ''));
        assert.deepEqual(
          stored.map(({ command }) => (command.type === 'post' ? command.text : '')),
          texts.filter((text) => !refused.includes(text)),
        );
      }
      await client.close();
    }),
    { numRuns: 200 },
  );
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ConversationId, StreamEvent } from '@parley/protocol';
import { type SignedUp, Stand } from './stand.ts';

const secret = 'the password of the wine cellar';

/** The events as everybody gets them who comes later: over REST, from the log, and from the memory of the gateway. */
async function told(stand: Stand, who: SignedUp, stream: ConversationId): Promise<readonly (readonly StreamEvent[])[]> {
  const { body } = await stand.ask('GET', `/conversations/${stream}/events`, who);
  const client = await stand.live(who);
  client.send({ t: 'watch', id: 1, streams: [{ stream, level: 'full', after: 0 }] });
  const frame = await client.next('events', ({ events }) => events.some(({ type }) => type === 'deleted'));
  return [body['events'] as StreamEvent[], frame.events];
}

describe('a deleted message', () => {
  it('is told of later with its place and its author, and nothing of what it said', async () => {
    await using stand = await Stand.open();
    const [ann, bob] = [await stand.signUp('ann'), await stand.signUp('bob')];
    const stream = await stand.group(ann, [bob]);
    const watching = await stand.live(bob);
    watching.send({ t: 'watch', id: 1, streams: [{ stream, level: 'full', after: 0 }] });
    await stand.command(ann, stream, { type: 'post', text: secret });
    await stand.command(ann, stream, { type: 'edit', target: 2, text: `${secret}!` });
    await stand.command(ann, stream, { type: 'post', text: 'tea is ready' });
    await stand.command(ann, stream, { type: 'delete', target: 2 });
    await watching.next('events', ({ events }) => events.some(({ type }) => type === 'deleted'));

    const away = await told(stand, bob, stream);
    for (const events of away) {
      assert.deepEqual(
        events.map(({ type, seq }) => `${seq} ${type}`),
        ['1 created', '2 posted', '3 edited', '4 posted', '5 deleted'],
      );
      assert.doesNotMatch(JSON.stringify(events), /wine cellar/);
      assert.match(JSON.stringify(events), /tea is ready/);
    }
  });

  it('says nothing to who opens the conversation after it was deleted, from the log', async () => {
    await using stand = await Stand.open();
    const ann = await stand.signUp('ann');
    const stream = await stand.group(ann);
    await stand.command(ann, stream, { type: 'post', text: secret });
    await stand.command(ann, stream, { type: 'delete', target: 2 });
    for (const events of await told(stand, ann, stream)) assert.doesNotMatch(JSON.stringify(events), /wine cellar/);
  });
});

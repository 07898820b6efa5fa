import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newConversationId, ParleyError, type UserId } from '@parley/protocol';
import { plainSealing } from '../../src/encryption/plain.ts';
import { Naming } from '../../src/gateway/naming.ts';
import type { Wish } from '../../src/stream/index.ts';
import { people, wishOf } from '../stream/people.ts';
import { VirtualClock } from '../virtual-clock.ts';

const [ann, bob, cyd] = people;
const stream = newConversationId();
const post = (text: string, mentions?: UserId[]): Wish =>
  wishOf(stream, ann, { type: 'post', text, ...(mentions === undefined ? {} : { mentions }) });

/** Names of people, as long as `isDown` does not keep them. */
function stand() {
  const asked: string[] = [];
  const world = { isDown: false };
  const ids = new Map([
    ['bob', bob.id],
    ['cy.d', cyd.id],
  ]);
  const naming = new Naming((name) => {
    asked.push(name);
    return world.isDown ? Promise.reject(new ParleyError('unavailable')) : Promise.resolve(ids.get(name));
  }, new VirtualClock());
  const sealing = naming.before(plainSealing);
  const mentionsIn = async (wish: Wish): Promise<readonly UserId[] | undefined> => {
    const { command } = await sealing.seal(wish);
    return command.type === 'post' ? command.mentions : undefined;
  };
  return { asked, world, sealing, mentionsIn };
}

describe('a name in a text', () => {
  it('is a mention of whoever has it, be the sender’s program aware of them or not', async () => {
    const { mentionsIn } = stand();
    assert.deepEqual(await mentionsIn(post('ask @Bob. or (@cy.d), not a@bob or `@bob`')), [bob.id, cyd.id]);
    assert.deepEqual(await mentionsIn(post('@bob and @cy.d', [cyd.id])), [cyd.id, bob.id]);
    assert.equal(await mentionsIn(post('@nobody, @all and `@bob`')), undefined);
  });

  it('is looked up once, and not at all where nobody is named or the sender knew everybody', async () => {
    const { asked, sealing, mentionsIn } = stand();
    for (const wish of [post('hello'), post('@bob', [bob.id]), post('@here')]) assert.equal(sealing.seal(wish), wish);
    assert.deepEqual(asked, []);
    await mentionsIn(post('@bob'));
    await mentionsIn(post('@BOB again'));
    assert.deepEqual(asked, ['bob']);
  });

  it('holds back what the same person sends after it, so that the order stays', async () => {
    const { sealing } = stand();
    const order: string[] = [];
    const first = Promise.resolve(sealing.seal(post('@bob first'))).then(() => order.push('first'));
    const second = sealing.seal(post('second'));
    assert.ok(second instanceof Promise);
    await Promise.all([second.then(() => order.push('second')), first]);
    assert.deepEqual(order, ['first', 'second']);
    const third = post('third');
    assert.equal(sealing.seal(third), third, 'nobody waits any more');
  });

  it('keeps no message back where names cannot be looked up', async () => {
    const { world, mentionsIn } = stand();
    world.isDown = true;
    assert.equal(await mentionsIn(post('@bob')), undefined);
    world.isDown = false;
    assert.deepEqual(await mentionsIn(post('@bob')), [bob.id]);
  });
});

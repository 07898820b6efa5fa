import assert from 'node:assert/strict';
import type { Stand } from '../../node/stand.ts';
import type { Actor } from './cast.ts';
import type { Scene } from './scene.ts';

/** Watches at both levels, types, and compares what everybody hears with what they may. */
export async function watchesAndSignals(stand: Stand, scene: Scene, actor: Actor, mayRead: boolean): Promise<void> {
  const { stream, host } = scene;
  const witness = await stand.live(host);
  witness.send({ t: 'watch', id: 1, streams: [{ stream, level: 'full' }] });
  await witness.next('watched');
  const client = await stand.connect();
  if (actor.isSignedOut) {
    client.send({ t: 'watch', id: 1, streams: [{ stream, level: 'full', after: 0 }] });
    assert.equal((await client.next('error')).error.code, 'unauthenticated');
    await client.closed();
    return;
  }
  client.send({ t: 'hello', token: actor.token });
  await client.next('welcome');
  for (const [id, level] of ['head', 'full'].entries()) {
    client.send({ t: 'watch', id, streams: [{ stream, level }] });
    const { streams } = await client.next('watched', (frame) => frame.id === id);
    const told = `${actor.label} watches a ${scene.kind} by ${level}`;
    assert.equal(streams[0]?.error?.code, mayRead ? undefined : 'not-found', told);
    assert.equal(streams[0]?.head !== undefined, mayRead, told);
  }
  client.send({ t: 'signal', stream, signal: { type: 'typing', on: true } });
  // A command from the same person goes the same way after the signal: when it is answered, the signal has been judged.
  client.send({ t: 'send', stream, cid: `after-typing-${actor.id}`, command: { type: 'post', text: 'behind it' } });
  await Promise.race([client.next('ack'), client.next('nack')]);
  const { body } = await stand.command(host, stream, { type: 'post', text: 'the last' });
  const seq = Number(body['seq']);
  await witness.next('events', ({ events }) => events.some((event) => event.seq === seq));
  const isTyping = witness.frames.some((frame) => frame.t === 'signal' && frame.actor === actor.id);
  assert.equal(isTyping, actor.role !== undefined, `${actor.label} types in a ${scene.kind}`);
  if (mayRead) await client.next('events', ({ events }) => events.some((event) => event.seq === seq));
  // The answer to the ping comes after whatever was on its way.
  client.send({ t: 'ping', id: 9 });
  await client.next('pong');
  if (!mayRead) {
    const heard = client.frames.filter(({ t }) => t === 'events' || t === 'heads' || t === 'signal');
    assert.deepEqual(heard, [], `${actor.label} hears of a ${scene.kind}`);
  }
  for (const each of [witness, client]) each.close();
}

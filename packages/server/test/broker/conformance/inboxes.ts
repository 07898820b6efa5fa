import assert from 'node:assert/strict';
import { it } from 'node:test';
import { until } from '../../until.ts';
import { bytes, Installation, type OpenBrokerEngine, text } from './engine.ts';

const numbered = (sender: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${sender} ${index}`);

export function carriesInboxes(open: OpenBrokerEngine): void {
  it('brings each node what is sent to it, in each sender’s order, and nothing else', async () => {
    await using here = await Installation.open(open, 1);
    const [one, two, three] = [await here.node(), await here.node(), await here.node()];
    const got = { one: [] as string[], two: [] as string[] };
    await here.closing(one.openInbox('one', (payload) => got.one.push(text(payload))));
    await here.closing(two.openInbox('two', (payload) => got.two.push(text(payload))));
    const [a, b, c] = [numbered('from two', 300), numbered('from three', 300), numbered('to two', 50)];
    for (const [index, message] of a.entries()) {
      two.send('one', bytes(message));
      three.send('one', bytes(b[index] ?? ''));
      if (index < c.length) one.send('two', bytes(c[index] ?? ''));
    }
    await until(
      'all arrived',
      () => got.one.length >= 600 && got.two.length >= 50,
      () => got,
    );
    assert.deepEqual(
      got.one.filter((message) => message.startsWith('from two')),
      a,
    );
    assert.deepEqual(
      got.one.filter((message) => message.startsWith('from three')),
      b,
    );
    assert.deepEqual(got.two, c);
  });

  it('reaches a node’s own inbox too, with any bytes and pieces as large as a busy room’s news', async () => {
    await using here = await Installation.open(open, 1);
    const node = await here.node();
    const got: Uint8Array[] = [];
    await here.closing(node.openInbox('self', (payload) => got.push(Uint8Array.from(payload))));
    const payloads = [
      Uint8Array.from({ length: 256 }, (_, byte) => byte),
      new Uint8Array(256 * 1024).fill(7),
      Uint8Array.of(0),
    ];
    for (const payload of payloads) node.send('self', payload);
    await until(
      'all arrived',
      () => got.length >= payloads.length,
      () => got.length,
    );
    assert.deepEqual(got, payloads);
  });

  it('drops what is sent to a node that is not there, without a word, and goes on', async () => {
    await using here = await Installation.open(open, 1);
    const [here1, here2] = [await here.node(), await here.node()];
    const got = { gone: [] as string[], alive: [] as string[] };
    const inbox = await here.closing(here1.openInbox('gone', (payload) => got.gone.push(text(payload))));
    await here.closing(here2.openInbox('alive', (payload) => got.alive.push(text(payload))));
    here2.send('gone', bytes('while it lived'));
    await until('it came', () => got.gone.length === 1);
    await here.close(inbox);
    for (let count = 0; count < 100; count++) {
      here2.send('gone', bytes('too late'));
      here2.send('never was', bytes('to nobody'));
    }
    here1.send('alive', bytes('from the one whose inbox closed'));
    here2.send('alive', bytes('from itself'));
    await until(
      'the living got theirs',
      () => got.alive.length === 2,
      () => got,
    );
    assert.deepEqual(got.gone, ['while it lived']);
  });
}

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Member } from '../../../src/broker/port.ts';
import { until } from '../../until.ts';
import { Installation, type OpenBrokerEngine } from './engine.ts';

/** What one node sees, newest last. */
class View {
  readonly seen: string[] = [];
  readonly changed = (members: readonly Member[]): void => {
    this.seen.push(
      members
        .map(({ node, roles }) => `${node}:${roles.join('+')}`)
        .toSorted()
        .join(' '),
    );
  };
  get now(): string | undefined {
    return this.seen.at(-1);
  }
}

export function tellsWhoIsAlive(open: OpenBrokerEngine): void {
  it('tells a watcher who is there before its watch resolves, and every change after', async () => {
    await using here = await Installation.open(open, 1);
    const [one, two] = [await here.node(), await here.node()];
    const early = new View();
    await here.closing(one.watchMembers(early.changed));
    assert.ok(early.seen.length > 0, 'no first call');
    assert.equal(early.now, '');
    await here.closing(one.join({ node: 'a', roles: ['gateway', 'sequencer'] }));
    await until(
      'the first is seen',
      () => early.now === 'a:gateway+sequencer',
      () => early.seen,
    );
    const second = await here.closing(two.join({ node: 'b', roles: ['gateway'] }));
    await until(
      'both are seen',
      () => early.now === 'a:gateway+sequencer b:gateway',
      () => early.seen,
    );

    const late = new View();
    await here.closing(two.watchMembers(late.changed));
    assert.ok(late.seen.length > 0, 'no first call');
    await until(
      'the late one sees both',
      () => late.now === 'a:gateway+sequencer b:gateway',
      () => late.seen,
    );

    await here.close(second);
    for (const view of [early, late])
      await until(
        'one is left',
        () => view.now === 'a:gateway+sequencer',
        () => view.seen,
      );
    await here.closing(two.join({ node: 'b', roles: [] }));
    await until(
      'it is back',
      () => early.now === 'a:gateway+sequencer b:',
      () => early.seen,
    );
  });
}

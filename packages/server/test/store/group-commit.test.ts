import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GroupCommit } from '../../src/store/sqlite/group-commit.ts';
import { VirtualClock } from '../virtual-clock.ts';

describe('when the writer of SQLite commits', () => {
  const start = (): { clock: VirtualClock; commits: GroupCommit } => {
    const clock = new VirtualClock();
    return { clock, commits: new GroupCommit(() => clock.elapsed()) };
  };

  /** Events that come evenly, whoever sent them, each stored with those that came while it waited; the waits, in milliseconds. */
  const come = ({ clock, commits }: ReturnType<typeof start>, perSecond: number, seconds: number): number[] => {
    const waits: number[] = [];
    let due = 0;
    for (let ms = 0; ms < seconds * 1_000; ) {
      const { waitMs } = commits;
      const stepMs = Math.max(1, Math.ceil(waitMs));
      due += (stepMs * perSecond) / 1_000;
      clock.advance(stepMs);
      ms += stepMs;
      const events = Math.floor(due);
      if (events === 0) continue;
      due -= events;
      commits.note(events);
      commits.begins(waitMs > 0);
      waits.push(waitMs);
    }
    return waits;
  };

  it('at once, while that costs next to nothing', () => {
    const stand = start();
    assert.deepEqual([...new Set(come(stand, 40, 5))], [0]);
    assert.deepEqual([...new Set(come(stand, 90, 5))], [0]);
  });

  it('up to 5 ms apart when much comes, so that a commit is shared', () => {
    const busy = come(start(), 2_000, 5).slice(-500);
    assert.ok(
      busy.every((waitMs) => waitMs > 0 && waitMs <= 5),
      String(busy.slice(0, 20)),
    );
    assert.ok(come(start(), 2_000, 5).length < 2_000, 'hardly anything was shared');
  });

  it('at once again when the load has gone', () => {
    const stand = start();
    come(stand, 2_000, 5);
    stand.clock.advance(2_000);
    assert.deepEqual([...new Set(come(stand, 20, 2))], [0]);
  });

  it('nearly always at once for one who waits for each answer before the next, however fast that goes', () => {
    const { clock, commits } = start();
    let waitedMs = 0;
    let stored = 0;
    const begun = clock.elapsed();
    while (clock.elapsed() < begun + 10_000) {
      commits.note(1);
      const { waitMs } = commits;
      waitedMs += waitMs;
      clock.advance(waitMs + 1);
      commits.begins(waitMs > 0);
      stored++;
    }
    assert.ok(waitedMs < 500, `waited ${waitedMs} ms of 10 s`);
    assert.ok(stored > 9_000, `${stored} stored`);
  });
});

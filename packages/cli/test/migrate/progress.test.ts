import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lineOf, progressOn } from '../../src/migrate/progress.ts';

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 90, written, write: (text: string) => written.push(text) };
}

describe('the progress of a move', () => {
  it('is a bar with what is done, of how much', () => {
    assert.equal(
      lineOf({ phase: 'streams', done: 50, total: 200, events: 7 }),
      'Conversations         ███████░░░░░░░░░░░░░░░░░░░░░░░ 25 %  50 of 200, 7 events',
    );
    assert.equal(lineOf({ phase: 'counting', done: 12, total: undefined, events: 0 }), 'Counting              12');
    assert.match(lineOf({ phase: 'verifying', done: 0, total: 0, events: 0 }), /█{30} 100 %/);
  });

  it('is drawn over itself on a terminal, not too often', () => {
    let now = 0;
    const terminal = screen(true);
    const progress = progressOn(terminal, () => now);
    for (let done = 1; done <= 10; done++) {
      progress.show({ phase: 'streams', done, total: 10, events: done });
      now += 30;
    }
    progress.end();
    assert.equal(terminal.written.length, 4);
    assert.ok(terminal.written.every((text) => text.startsWith('\r\u001b[K')));
    assert.match(terminal.written.at(-1) ?? '', /10 of 10, 10 events\n$/);
  });

  it('is a line at the end of each part where nobody watches', () => {
    const file = screen(false);
    const progress = progressOn(file, () => 0);
    for (let done = 1; done <= 3; done++) progress.show({ phase: 'counting', done, total: undefined, events: 0 });
    for (let done = 1; done <= 3; done++) progress.show({ phase: 'streams', done, total: 3, events: done });
    progress.end();
    assert.deepEqual(
      file.written.map((text) => text.replace(/ .*/s, '')),
      ['Counting', 'Conversations'],
    );
  });
});
